/** Access: who asks, and whether they may. May use: sessions, tokens, tenants, users. */
export { type AccessDeps, accessPolicy, demandFactor } from './policy.ts'
export { localPath, originOf, pageOf, requireActor, requirePerson, requireSignedIn, requireTenant, timeZoneOf } from './request.ts'
export { takeSlot } from './slots.ts'
