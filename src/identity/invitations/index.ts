/** Invitations into companies. May use: tenants, users, links, login, mails, access. */
export { acceptAsExisting, claimInvitation, findInvitation, type Joined, type OpenInvitation } from './accept.ts'
export { type InviteDeps, type Invited, type InvitingActor, invite } from './invite.ts'
export { registerInvitationPages } from './pages.ts'
export { registerInvitationRoutes } from './routes.ts'
