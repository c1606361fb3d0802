/** The catalogues of places and industries, changed by whoever may. May use: access, audit, platform/geo. */
export { registerCatalogWrites } from './routes.ts'
