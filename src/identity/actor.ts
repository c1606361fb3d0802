/** Who asks: re-read from the database on every request, never trusted from a token. */
import type { Language } from '../platform/i18n/i18n.ts'
import type { Permission, Role } from './permissions.ts'

export type ActorTenant = { readonly tenantId: number; readonly uuid: string; readonly slug: string; readonly name: string }

export type Actor = {
  readonly userId: number
  readonly username: string
  readonly isSuperAdmin: boolean
  readonly sessionUuid: string
  readonly sessionKind: 'browser' | 'api'
  readonly language: Language
  /** The company this request works in, from session, token, `X-Company-ID` or the page's `/t/{company}`; null when none is chosen. */
  readonly tenant: ActorTenant | null
  /** Role in `tenant`; null without one. The stored word may be tenant-defined: `roleName` keeps it for layouts. */
  readonly role: Role | null
  readonly roleName: string | null
  readonly permissions: ReadonlySet<Permission>
}

/** An actor inside a company: what tenant routes work with. */
export type TenantActor = Actor & { readonly tenant: ActorTenant; readonly role: Role; readonly roleName: string }
