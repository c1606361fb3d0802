/** Signing in, renewing, signing out. May use: access, sessions, tokens, tenants, users, passwords, audit. */
export { Company, companiesAnswer } from './answers.ts'
export { markAlias } from './bodies.ts'
export { type BrowserLoggedIn, completeBrowserSession, endBrowserSession, preSessionToken, startBrowserSession } from './browser.ts'
export { codeRate, loginRate } from './rates.ts'
export { registerLoginRoutes } from './routes.ts'
