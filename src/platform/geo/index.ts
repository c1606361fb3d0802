/** Geography and industries: catalogues that everybody may read. */
export { folded, foldedNames } from './folded.ts'
export { type AskedPlace, type Place, resolvePlace } from './place.ts'
export { listCities, listCountries, listIndustries, listProvinces, listRegions } from './queries.ts'
export { City, Country, Industry, Province, Region, registerCatalogRoutes, shownCity } from './routes.ts'
export { type SeededCountry, seedCatalogs, seededCountries } from './seed.ts'
export { type Catalog, deleteEntry, findEntry, insertEntry, updateEntry } from './write.ts'
