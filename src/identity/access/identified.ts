/** Who asks: session, user, company and membership, read anew on every request in one indexed query. */
import type { Db } from '../../platform/db/database.ts'
import { prepared } from '../../platform/db/index.ts'
import { isLive, type LiveSession } from '../sessions/index.ts'
import { type Tenant, type TenantRef, toMember, toTenant } from '../tenants/index.ts'
import { toUser, type User } from '../users/index.ts'

export type Membership = ReturnType<typeof toMember>

export type Identified = {
  readonly session: LiveSession & { readonly isLive: boolean; readonly isOpen: boolean }
  readonly user: User
  /** The company asked for, even when the person has no part in it; null when there is none. */
  readonly tenant: Tenant | null
  readonly membership: Membership | null
  readonly look: Look
}

/** What the frame of a page shows of them. */
export type Look = { readonly avatarFileId: number | null; readonly logoFileId: number | null; readonly primaryColor: string | null }

/** How the request names its session. */
export type SessionKey = { readonly uuid: string } | { readonly cookieHash: string }
/** `of_session`: the one chosen at sign-in. Null: none. */
export type WantedTenant = TenantRef | 'of_session' | null

const sessionKeyColumns = { uuid: 's.uuid', cookieHash: 's.cookie_hash' } as const
const tenantKeyColumns = { tenantId: 't.id', uuid: 't.uuid', slug: 't.slug' } as const
type CompanyBy = keyof typeof tenantKeyColumns | 'of_session' | 'none'

/** One statement per way of naming the session and the company; `company` is not used by `of_session` and `none`. */
const statementOf = (sessionBy: keyof typeof sessionKeyColumns, companyBy: CompanyBy) =>
  prepared(({ kysely }, session: string, company: string | number) =>
    kysely
      .selectFrom('sessions as s')
      .innerJoin('users as u', 'u.id', 's.user_id')
      .leftJoin('tenants as t', (join) => {
        if (companyBy === 'of_session') return join.onRef('t.id', '=', 's.tenant_id')
        if (companyBy === 'none') return join.on('t.id', '=', 0) // no company has that id
        return join.on(tenantKeyColumns[companyBy], '=', company)
      })
      .leftJoin('memberships as m', (join) => join.onRef('m.user_id', '=', 'u.id').onRef('m.tenant_id', '=', 't.id'))
      .select(['s.id as session_id', 's.uuid as session_uuid', 's.kind', 's.tenant_id as session_tenant_id', 's.last_seen_at'])
      .select(['s.idle_expires_at', 's.absolute_expires_at', 's.ended_at'])
      .select(['u.id as user_id', 'u.uuid as user_uuid', 'u.username', 'u.email', 'u.is_super_admin', 'u.is_active', 'u.approval_status'])
      .select([
        'u.token_version',
        'u.default_tenant_id',
        'u.email_verified_at',
        'u.must_change_password',
        'u.preferred_lang',
        'u.preferred_theme',
        'u.deleted_at',
        'u.avatar_file_id',
      ])
      .select([
        't.id as tenant_id',
        't.uuid as tenant_uuid',
        't.name',
        't.slug',
        't.is_active as tenant_is_active',
        't.config',
        't.logo_file_id',
        't.primary_color',
      ])
      .select(['m.role', 'm.permissions', 'm.modules', 'm.status'])
      .where(sessionKeyColumns[sessionBy], '=', session),
  )

const statements = new Map<string, ReturnType<typeof statementOf>>()

function statementFor(sessionBy: keyof typeof sessionKeyColumns, companyBy: CompanyBy): ReturnType<typeof statementOf> {
  const name = `${sessionBy} ${companyBy}`
  const statement = statements.get(name) ?? statementOf(sessionBy, companyBy)
  statements.set(name, statement)
  return statement
}

function companyKey(wanted: WantedTenant): { readonly companyBy: CompanyBy; readonly company: string | number } {
  if (wanted === 'of_session') return { companyBy: 'of_session', company: 0 }
  if (wanted === null) return { companyBy: 'none', company: 0 }
  if ('tenantId' in wanted) return { companyBy: 'tenantId', company: wanted.tenantId }
  return 'uuid' in wanted ? { companyBy: 'uuid', company: wanted.uuid } : { companyBy: 'slug', company: wanted.slug }
}

/** Null when there is no such session. Indexes: sessions.uuid or sessions.cookie_hash, primary keys, tenants.slug or uuid, memberships (user_id, tenant_id). */
export async function findIdentified(db: Db, key: SessionKey, wanted: WantedTenant, nowMs: number): Promise<Identified | null> {
  const [sessionBy, session] = 'uuid' in key ? (['uuid', key.uuid] as const) : (['cookieHash', key.cookieHash] as const)
  const { companyBy, company } = companyKey(wanted)
  const [row] = await statementFor(sessionBy, companyBy)(db, session, company)
  if (!row) return null
  const ends = { idleExpiresAtMs: row.idle_expires_at, absoluteExpiresAtMs: row.absolute_expires_at, endedAtMs: row.ended_at }
  return {
    session: {
      id: row.session_id,
      uuid: row.session_uuid,
      userId: row.user_id,
      kind: row.kind,
      tenantId: row.session_tenant_id,
      lastSeenAtMs: row.last_seen_at,
      ...ends,
      isLive: isLive(ends, nowMs),
      isOpen: row.ended_at === null,
    },
    user: toUser({ ...row, id: row.user_id, uuid: row.user_uuid }),
    tenant: joinedTenant(row),
    look: { avatarFileId: row.avatar_file_id, logoFileId: row.logo_file_id, primaryColor: row.primary_color },
    membership:
      row.role === null || row.status === null
        ? null
        : toMember({ ...row, role: row.role, status: row.status, permissions: row.permissions ?? '[]' }),
  }
}

type Joined = {
  readonly tenant_id: number | null
  readonly tenant_uuid: string | null
  readonly name: string | null
  readonly slug: string | null
  readonly tenant_is_active: number | null
  readonly config: string | null
}

const joinedTenant = ({ tenant_id: id, tenant_uuid: uuid, name, slug, tenant_is_active: isActive, config }: Joined): Tenant | null =>
  id === null || uuid === null || name === null || slug === null || isActive === null || config === null
    ? null
    : toTenant({ id, uuid, name, slug, is_active: isActive, config })
