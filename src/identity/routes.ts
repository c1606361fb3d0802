/** Everything identity answers to; one line of app.ts. */
import type { FastifyInstance } from 'fastify'
import { registerAccountRoutes } from './account/index.ts'
import { registerActivityPages, registerActivityRoutes } from './activity/index.ts'
import { registerCatalogWrites } from './catalogs/index.ts'
import { type CompanyDeps, registerCompanyPages, registerCompanyRoutes, registerTenantRoutes } from './companies/index.ts'
import { type DisplayDeps, registerDeviceRoutes } from './devices/index.ts'
import { registerInvitationPages, registerInvitationRoutes } from './invitations/index.ts'
import { registerLoginRoutes } from './login/index.ts'
import { type AuditDeps, registerOperationRoutes } from './operations/index.ts'
import { type PageDeps, registerIdentityPages } from './pages/index.ts'
import { registerPeoplePages, registerPeopleRoutes } from './people/index.ts'
import { type PictureDeps, registerPictureRoutes } from './pictures/index.ts'
import { registerRecoveryPages, registerRecoveryRoutes } from './recovery/index.ts'
import { registerSecurityRoutes } from './security/index.ts'
import { registerSignupPages, registerSignupRoutes, type SignupDeps } from './signup/index.ts'

type Deps = CompanyDeps & PictureDeps & SignupDeps & AuditDeps & DisplayDeps & PageDeps

export function registerIdentityRoutes(app: FastifyInstance, deps: Deps): void {
  app.decorateRequest('actor', null)
  app.decorateRequest('signedIn', null)
  app.decorateRequest('screenCsrf', null)
  registerLoginRoutes(app, deps)
  registerSignupRoutes(app, deps)
  registerSignupPages(app, deps)
  registerRecoveryRoutes(app, deps)
  registerRecoveryPages(app, deps)
  registerAccountRoutes(app, deps)
  registerActivityRoutes(app, deps)
  registerActivityPages(app, deps)
  registerPeopleRoutes(app, deps)
  registerPeoplePages(app, deps)
  registerCompanyRoutes(app, deps)
  registerCompanyPages(app, deps)
  registerTenantRoutes(app, deps)
  registerInvitationRoutes(app, deps)
  registerInvitationPages(app, deps)
  registerPictureRoutes(app, deps)
  registerCatalogWrites(app, deps)
  registerOperationRoutes(app, deps)
  registerSecurityRoutes(app, deps)
  registerDeviceRoutes(app, deps)
  registerIdentityPages(app, deps)
}
