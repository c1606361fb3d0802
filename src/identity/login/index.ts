/** Signing in, renewing, signing out. May use: access, sessions, tokens, tenants, users, passwords, audit. */
export { Company, companiesAnswer } from './answers.ts'
export { markAlias } from './bodies.ts'
export { endBrowserSession, preSessionToken, startBrowserSession } from './browser.ts'
export { loginRate } from './rates.ts'
export { registerLoginRoutes } from './routes.ts'
