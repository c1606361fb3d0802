/** Companies: choosing one, founding, looking after, closing; tax ids. May use: invitations, tenants, users, sessions, login, access, mails. */
export { setCompanyActive } from './manage.ts'
export { registerCompanyPages } from './pages.ts'
export { createTenant } from './platform.ts'
export { type Company, countPeople, findCompany, listCompanies, listOwners } from './queries.ts'
export { type CompanyDeps, registerCompanyRoutes } from './routes.ts'
export { registerTenantRoutes } from './tenant-routes.ts'
