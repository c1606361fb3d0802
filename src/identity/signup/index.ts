/** Signing up and proving an address. May use: access, login, links, mails, mfa, passwords, sessions, tenants, users, audit. */
export { RegisterAnswer, registerAnswer } from './answers.ts'
export { registerSignupPages } from './pages.ts'
export { registerRate } from './rates.ts'
export type { SignupDeps } from './register.ts'
export { registerSignupRoutes } from './routes.ts'
