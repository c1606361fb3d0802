/** The operator of the machine: what `andon seed-admin` and `andon user` do. May use: users, tenants, sessions, links, lockout, audit. */
export { listUsers, promote, resetLink, setActive, unlock } from './people.ts'
export { seedAdmin } from './seed-admin.ts'
