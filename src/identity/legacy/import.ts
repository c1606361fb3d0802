/** Takes people and companies of an earlier installation in. Runs in the caller's transaction; done again, it adds what is new. */
import type { Db } from '../../platform/db/database.ts'
import { insertUnlessExists } from '../../platform/db/index.ts'
import { newUuid } from '../../platform/ids/index.ts'
import type { Clock } from '../../platform/time/clock.ts'
import { recordAudit } from '../audit/index.ts'
import { findTenantIdByNameKey, insertCompany, insertMembership, isRecord, nameKey, type TenantConfig } from '../tenants/index.ts'
import { findUser, insertUser, normaliseUsername } from '../users/index.ts'
import { type LegacyTenant, type LegacyUser, type Mapped, mapConfig, mapUser, type NewLegacyUser } from './mapping.ts'

export type LegacyKind = 'tenant' | 'user' | 'template' | 'query'
export type ImportDeps = { readonly clock: Clock; readonly source: string }

export type ImportLine = {
  readonly kind: LegacyKind
  readonly name: string
  readonly outcome: 'imported' | 'known' | 'refused'
  readonly notes: readonly string[]
}

/** Ours by theirs; null = looked at and left out. */
export async function findImported({ kysely }: Db, { source }: ImportDeps, kind: LegacyKind): Promise<Map<number, number | null>> {
  const rows = await kysely
    .selectFrom('legacy_imports')
    .select(['legacy_id', 'own_id'])
    .where('source', '=', source)
    .where('kind', '=', kind)
    .execute()
  return new Map(rows.map((row) => [row.legacy_id, row.own_id]))
}

export const markImported = (tx: Db, { source, clock }: ImportDeps, kind: LegacyKind, legacyId: number, ownId: number | null) =>
  insertUnlessExists(tx, 'legacy_imports', { source, kind, legacy_id: legacyId, own_id: ownId, created_at: clock.nowMs() })

export type ImportedCompany = { readonly tenantId: number; readonly slug: string; readonly config: TenantConfig }

/** Answers ours by theirs, those of earlier runs too. A company whose name is taken gets a number behind it. */
export async function importTenants(
  tx: Db,
  deps: ImportDeps,
  tenants: readonly LegacyTenant[],
): Promise<{ companies: ReadonlyMap<number, ImportedCompany>; lines: ImportLine[] }> {
  const known = await findImported(tx, deps, 'tenant')
  const companies = new Map<number, ImportedCompany>()
  const lines: ImportLine[] = []
  for (const tenant of tenants) {
    const { value: config, warnings } = mapConfig(tenant.config)
    const knownId = known.get(tenant.tenantId)
    if (knownId !== undefined && knownId !== null) {
      const row = await tx.kysely.selectFrom('tenants').select(['id', 'slug']).where('id', '=', knownId).executeTakeFirst()
      if (row) companies.set(tenant.tenantId, { tenantId: row.id, slug: row.slug, config })
      lines.push({ kind: 'tenant', name: tenant.companyName, outcome: 'known', notes: [] })
      continue
    }
    const name = await freeName(tx, tenant)
    const made = await insertCompany(tx, deps, null, { name, config })
    if (!tenant.isActive) await tx.kysely.updateTable('tenants').set({ is_active: 0 }).where('id', '=', made.tenantId).execute()
    await markImported(tx, deps, 'tenant', tenant.tenantId, made.tenantId)
    companies.set(tenant.tenantId, { tenantId: made.tenantId, slug: made.slug, config })
    const plant =
      isRecord(config) && typeof config.db_name === 'string'
        ? [`its plant was ${config.db_name}: \`andon tenant attach ${made.slug}\``]
        : []
    const renamed = name === tenant.companyName.trim() ? [] : [`is called ${JSON.stringify(name)} here`]
    lines.push({ kind: 'tenant', name: tenant.companyName, outcome: 'imported', notes: [...renamed, ...warnings, ...plant] })
  }
  return { companies, lines }
}

async function freeName(tx: Db, { companyName, tenantId }: LegacyTenant): Promise<string> {
  const name = [...companyName.trim().normalize('NFC')].slice(0, 90).join('') || `Empresa ${tenantId}`
  for (let n = 1; ; n += 1) {
    const candidate = n === 1 ? name : `${name} (${n})`
    if (!(await findTenantIdByNameKey(tx, nameKey(candidate)))) return candidate
  }
}

/** Answers ours by theirs. The first administrator of each company owns it, as every company needs an owner. Somebody whose name or
 *  address has an account here is refused: the person must be asked (an invitation does that). */
export async function importUsers(
  tx: Db,
  deps: ImportDeps,
  companies: ReadonlyMap<number, ImportedCompany>,
  users: readonly LegacyUser[],
): Promise<{ userIds: ReadonlyMap<number, number>; lines: ImportLine[] }> {
  const known = await findImported(tx, deps, 'user')
  const userIds = new Map<number, number>()
  const lines: ImportLine[] = []
  const owned = await ownedCompanies(tx, companies)
  for (const user of users.toSorted((a, b) => a.userId - b.userId)) {
    const line = (outcome: ImportLine['outcome'], notes: readonly string[]) =>
      lines.push({ kind: 'user', name: user.username, outcome, notes })
    const company = companies.get(user.tenantId)
    const knownId = known.get(user.userId)
    if (knownId !== undefined && knownId !== null) {
      userIds.set(user.userId, knownId)
      line('known', [])
      continue
    }
    if (!company) {
      line('refused', [`its company ${user.tenantId} does not exist`])
      continue
    }
    const { value, warnings } = await withFreeName(tx, user, mapUser(user, company.config))
    const taken = await takenBy(tx, value)
    if (taken) {
      line('refused', [`${taken} has an account here: invite the person to ${company.slug}`])
      continue
    }
    const isFirstAdmin = value.role === 'ADMIN' && !owned.has(user.tenantId)
    const role = isFirstAdmin ? 'OWNER' : value.role
    if (role === 'OWNER') owned.add(user.tenantId)
    const userId = await addPerson(tx, deps, company, { ...value, role })
    await markImported(tx, deps, 'user', user.userId, userId)
    userIds.set(user.userId, userId)
    line('imported', [...warnings, ...(isFirstAdmin ? ['owns the company (its first administrator)'] : [])])
  }
  for (const [legacyId, { slug }] of companies)
    if (!owned.has(legacyId))
      lines.push({ kind: 'tenant', name: slug, outcome: 'known', notes: ['has no administrator, hence no owner: `andon user promote`'] })
  return { userIds, lines }
}

/** A name that we made gives way to one with the person's number when somebody has it; one that the person chose does not. */
async function withFreeName(tx: Db, { userId, username }: LegacyUser, mapped: Mapped<NewLegacyUser>): Promise<Mapped<NewLegacyUser>> {
  const { value, warnings } = mapped
  if (value.username === normaliseUsername(username) || !(await findUser(tx, { username: value.username }))) return mapped
  const other = `user-${userId}`
  return { value: { ...value, username: other }, warnings: [...warnings, `that name is taken, too: it is ${other}`] }
}

/** Theirs that somebody of an earlier run, or since, owns. */
async function ownedCompanies(tx: Db, companies: ReadonlyMap<number, ImportedCompany>): Promise<Set<number>> {
  const owned = new Set<number>()
  for (const [legacyId, { tenantId }] of companies) {
    const owners = tx.kysely.selectFrom('memberships').select('id').where('tenant_id', '=', tenantId).where('role', '=', 'OWNER')
    if (await owners.where('status', '=', 'active').executeTakeFirst()) owned.add(legacyId)
  }
  return owned
}

async function takenBy(tx: Db, { username, email }: { readonly username: string; readonly email: string }): Promise<string | null> {
  if (await findUser(tx, { username })) return `the username ${username}`
  return (await findUser(tx, { email })) ? 'the e-mail address' : null
}

async function addPerson(tx: Db, deps: ImportDeps, company: ImportedCompany, person: ReturnType<typeof mapUser>['value']): Promise<number> {
  const nowMs = deps.clock.nowMs()
  const { tenantId } = company
  const userId = await insertUser(tx, { ...person, uuid: newUuid(), fullName: null, homeTenantId: tenantId }, nowMs)
  await insertMembership({ ...tx, tenantId }, { userId, role: person.role, grants: person.grants }, nowMs)
  await recordAudit(tx, deps, null, 'USER_CREATED', {
    tenantId,
    entityType: 'user',
    entityId: userId,
    data: { username: person.username, role: person.role, source: deps.source },
  })
  return userId
}
