/** Everything identity answers to; one line of app.ts. */
import type { FastifyInstance } from 'fastify'
import type { AccessDeps } from './access/index.ts'
import { registerAccountRoutes } from './account/index.ts'
import { registerActivityPages, registerActivityRoutes } from './activity/index.ts'
import { registerLoginRoutes } from './login/index.ts'
import { registerIdentityPages } from './pages/index.ts'

export function registerIdentityRoutes(app: FastifyInstance, deps: AccessDeps): void {
  app.decorateRequest('actor', null)
  app.decorateRequest('signedIn', null)
  registerLoginRoutes(app, deps)
  registerAccountRoutes(app, deps)
  registerActivityRoutes(app, deps)
  registerActivityPages(app, deps)
  registerIdentityPages(app, deps)
}
