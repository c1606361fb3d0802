/** Geography and industries: catalogues that everybody may read. */
export { foldedNames } from './folded.ts'
export { resolvePlace } from './place.ts'
export { listCities, listCountries, listProvinces, listRegions } from './queries.ts'
export { registerCatalogRoutes } from './routes.ts'
export { type SeededCountry, seedCatalogs, seededCountries } from './seed.ts'
export { type Catalog, deleteEntry, findEntry, insertEntry, isNamed, updateEntry } from './write.ts'
