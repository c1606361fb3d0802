/** What people did: the audit log, sign-ins and questions asked, as lists, pages and CSV. May use: access, audit, tenants. */
export { registerActivityPages } from './pages.ts'
export { registerActivityRoutes } from './routes.ts'
