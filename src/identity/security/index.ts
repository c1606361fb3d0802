/** How a person guards their account: second factor, sessions, PIN. May use: access, login, mfa, sessions, displays, lockout, passwords, tenants, users. */
import type { FastifyInstance } from 'fastify'
import type { AccessDeps } from '../access/index.ts'
import { registerFactorRoutes } from './factor-routes.ts'
import { registerSessionRoutes } from './session-routes.ts'

export { loadSecurity, registerSecurityPages } from './pages.ts'
export { type Security, securityCards } from './views.ts'

export function registerSecurityRoutes(app: FastifyInstance, deps: AccessDeps): void {
  registerFactorRoutes(app, deps)
  registerSessionRoutes(app, deps)
}
