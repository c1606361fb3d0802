/** Companies as the platform's operator sees them, plant included: pages, attaching, rotating, detaching. May use: system, tables, stop-store, history, model, source, identity. */
export { registerTenantPages } from './pages.ts'
export { attachPlant, type By, demandAttachable, detachPlant, giveOwnPlant, type PlantState, plantState, rotatePlant } from './plant.ts'
export { registerTenantPlantRoutes } from './routes.ts'
export { unreachable } from './try-plant.ts'
