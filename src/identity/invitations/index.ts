/** Invitations into companies. May use: tenants, users, links, login, mails, access. */
export { claimInvitation, findInvitation, type OpenInvitation } from './accept.ts'
export { type InviteDeps, type Invited, invite } from './invite.ts'
export { registerInvitationPages } from './pages.ts'
export { registerInvitationRoutes } from './routes.ts'
