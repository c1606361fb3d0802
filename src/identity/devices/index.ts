/** What signs in without being a person: administration of API keys, screens and the PINs on them. May use: access, login, keys, displays, mfa, tenants, audit. */
import type { FastifyInstance } from 'fastify'
import { type DisplayDeps, registerDisplayPages } from './display-pages.ts'
import { registerKeyPages } from './key-pages.ts'
import { registerKeyRoutes } from './key-routes.ts'
import { registerPinRoutes } from './pin-routes.ts'

export type { DisplayDeps }

export function registerDeviceRoutes(app: FastifyInstance, deps: DisplayDeps): void {
  registerKeyRoutes(app, deps)
  registerKeyPages(app, deps)
  registerDisplayPages(app, deps)
  registerPinRoutes(app, deps)
}
