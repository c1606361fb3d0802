/** Lines, areas, products, shifts, filters, failures and incidents as people of the company change them. May use: configuration, scope, model, source, identity. */

export { filterWithIds } from './filter-ids.ts'
export { mostRecords } from './limits.ts'
export { fieldName, fieldValue } from './pages/field-words.ts'
export { registerEditingPages } from './pages/routes.ts'
export { registerEditingRoutes } from './routes.ts'
export { applyEdits, readAllRecords } from './service.ts'
export type { Edit, JsonValue, PlantRecord, Values } from './values.ts'
