/** Signing in, renewing, signing out. May use: access, sessions, tokens, tenants, users, passwords, audit. */
export { Company, companiesAnswer, standingOf, TokenAnswer, tokenAnswer } from './answers.ts'
export { markAlias } from './bodies.ts'
export {
  type BrowserLoggedIn,
  completeBrowserSession,
  demandSignInForm,
  endBrowserSession,
  preSessionToken,
  startBrowserSession,
  withCookie,
} from './browser.ts'
export { begin, chooseCompany, gate, type LoggedIn, type LoginDeps } from './login.ts'
export { codeRate, loginRate } from './rates.ts'
export { registerLoginRoutes } from './routes.ts'
