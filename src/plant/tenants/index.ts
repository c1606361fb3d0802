/** Companies as the platform's operator sees them, plant included: pages, attaching, rotating, detaching. May use: system, history, model, source, identity. */
export { registerTenantPages } from './pages.ts'
export { attachPlant, detachPlant, giveOwnPlant, type PlantState, plantState, rotatePlant } from './plant.ts'
export { registerTenantPlantRoutes } from './routes.ts'
