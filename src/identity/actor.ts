/** Who asks: re-read from the database on every request, never trusted from a token. */
import type { Language } from '../platform/i18n/i18n.ts'
import type { Permission, Role } from './permissions.ts'

export type ActorTenant = { readonly tenantId: number; readonly uuid: string; readonly slug: string; readonly name: string }

type Asker = {
  /** The person; of a key or a screen, whoever made it. */
  readonly userId: number
  /** The person's; of a key or a screen, its own name. */
  readonly username: string
  readonly isSuperAdmin: boolean
  readonly language: Language
  /** The company this request works in, from session, token, `X-Company-ID` or the page's `/t/{company}`; null when none is chosen. */
  readonly tenant: ActorTenant | null
  /** Role in `tenant`; null without one. The stored word may be tenant-defined: `roleName` keeps it for layouts. */
  readonly role: Role | null
  readonly roleName: string | null
  readonly permissions: ReadonlySet<Permission>
  /** Null = all lines of the company. Only a screen is ever bound to some. */
  readonly lineIds: readonly number[] | null
}

/** Somebody with a session. */
export type PersonActor = Asker & { readonly kind: 'person'; readonly sessionUuid: string; readonly sessionKind: 'browser' | 'api' }
/** A program with a key of the company. */
export type KeyActor = Asker & {
  readonly kind: 'api_key'
  readonly keyId: number
  readonly sessionUuid: null
  readonly sessionKind: null
  readonly perMinute: number
}
/** A television or tablet of the company: it looks, and nothing else. */
export type DisplayActor = Asker & {
  readonly kind: 'display'
  readonly displayId: number
  readonly sessionUuid: null
  readonly sessionKind: null
}

export type Actor = PersonActor | KeyActor | DisplayActor

type InTenant = { readonly tenant: ActorTenant; readonly role: Role; readonly roleName: string }
/** An actor inside a company: what tenant routes work with. */
export type TenantActor = Actor & InTenant
