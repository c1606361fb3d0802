/** Forgotten passwords, and another e-mail address. May use: account, access, login, links, lockout, mails, passwords, sessions, users, audit. */
export { requestEmailChange } from './email-change.ts'
export { sendReset } from './forgot.ts'
export { registerRecoveryPages } from './pages.ts'
export { registerRecoveryRoutes } from './routes.ts'
