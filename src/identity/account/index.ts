/** A person's own account. May use: login, access, sessions, tenants, users, passwords, audit. */
export { changePassword, mailPasswordChanged, mismatchFault, setPassword } from './password.ts'
export { changePasswordRate, registerAccountRoutes } from './routes.ts'
