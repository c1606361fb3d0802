/** A person's own account. May use: login, access, sessions, tenants, users, passwords, audit. */
export { changePassword, type PasswordChange, setPassword } from './password.ts'
export { changePasswordRate, registerAccountRoutes } from './routes.ts'
