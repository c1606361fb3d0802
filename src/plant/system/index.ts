/** Looking after a company's plant: registering, verifying, managing its tables, the metadata copy. May use: scope, model, source, identity. */
export { type Check, exitCode, worst } from './checks/check.ts'
export { impliedPerformance } from './checks/sample.ts'
export { describePlan, initLineTables, loadTestData, seedFilters } from './manage.ts'
export { makeOwnPlant, ownPlantUrl, type Registered, type Registration, registerTenant } from './register.ts'
export { registerSystemRoutes, verifyTenant } from './routes.ts'
export { readSample, verifyPlant } from './verify.ts'
export { checksTable } from './views.ts'
