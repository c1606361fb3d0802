/** The installation as its operator sees it. May use: platform. */
export { type AuditDeps, runEnvAudit } from './observe.ts'
export { registerOperationRoutes } from './routes.ts'
