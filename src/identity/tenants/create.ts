/** New companies and the people in them. */
import type { Db, TenantDb } from '../../platform/db/database.ts'
import { isUniqueViolation, lockRow, transaction } from '../../platform/db/index.ts'
import type { ProblemField } from '../../platform/http/problem.ts'
import { newUuid } from '../../platform/ids/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import { type AuditActor, type Origin, recordAudit } from '../audit/index.ts'
import { hashPassword, passwordFaults } from '../passwords/index.ts'
import { problem } from '../problems.ts'
import { emailFaults, findUser, insertUser, normaliseEmail, normaliseUsername, type ProfileChange, usernameFaults } from '../users/index.ts'
import * as q from './queries.ts'
import { companyNameFaults, freeSlug, isSlug, maxUsers, nameKey, slugFrom, slugMessage, storedRole, type TenantConfig } from './tenant.ts'

export type CreateDeps = { readonly clock: Clock }

export type NewPerson = {
  readonly username: string
  readonly email: string
  readonly password: string
  readonly fullName?: string
}

/** Throws 422 `validation_failed` with every fault of every field at once, and 409 `username_taken`, `email_taken`,
 *  `company_name_taken`, `slug_taken`, `tenant_user_limit`; nothing is written then. The founder is OWNER when no `role` is given. */
export async function createTenantWithAdmin(
  db: Db,
  deps: CreateDeps,
  input: NewPerson & { readonly companyName: string; readonly slug?: string; readonly role?: string; readonly config?: TenantConfig },
): Promise<{ tenantId: number; tenantUuid: string; slug: string; userId: number; userUuid: string }> {
  const config = input.config ?? {}
  const companyName = input.companyName.trim().normalize('NFC')
  const person = checkedPerson(input, {
    role: input.role ?? 'OWNER',
    config,
    faults: [...companyNameFaults(companyName), ...slugFaults(input.slug)],
  })
  const passwordHash = await hashPassword(input.password)
  const create = async (tx: Db) => {
    await refuseTaken(tx, person)
    const company = await insertCompany(tx, deps, null, { name: companyName, slug: input.slug, config })
    const user = await addPerson({ ...tx, tenantId: company.tenantId }, deps, null, { ...person, passwordHash, grants: [] }, config)
    return { ...company, ...user }
  }
  return unlessTaken(db, person, () => transaction(db, create))
}

/** The row of a company, in the caller's transaction; `name` is checked and NFC. Throws 409 `company_name_taken`, `slug_taken`. */
export async function insertCompany(
  tx: Db,
  deps: CreateDeps,
  actor: AuditActor,
  { name, slug: asked, config }: { readonly name: string; readonly slug?: string | undefined; readonly config: TenantConfig },
): Promise<{ tenantId: number; tenantUuid: string; slug: string }> {
  const key = nameKey(name)
  if (await q.findTenantIdByNameKey(tx, key)) throw problem('company_name_taken', { parameters: { name } })
  const slug = await chooseSlug(tx, asked, name)
  const tenantUuid = newUuid()
  const tenantId = await q.insertTenant(tx, { uuid: tenantUuid, name, nameKey: key, slug, config }, deps.clock.nowMs())
  await recordAudit(tx, deps, actor, 'COMPANY_CREATED', { tenantId, entityType: 'tenant', entityId: tenantId, data: { name } })
  return { tenantId, tenantUuid, slug }
}

/** A person who works for one company so far. Same problems as above; 404 `company_not_found`. */
export async function createUser(
  db: Db,
  deps: CreateDeps,
  actor: AuditActor,
  input: NewPerson & {
    readonly tenantId: number
    readonly role: string
    readonly permissions?: readonly string[]
    readonly modules?: readonly string[] | null
    /** What the caller found wrong with other fields: told together with the rest. */
    readonly faults?: readonly ProblemField[]
    readonly profile?: ProfileChange
    /** Somebody else chose the password. */
    readonly mustChangePassword?: boolean
    readonly origin?: Origin
  },
): Promise<{ userId: number; userUuid: string }> {
  const tenant = await q.findTenant(db, input.tenantId)
  if (!tenant) throw problem('company_not_found')
  const person = checkedPerson(input, { role: input.role, config: tenant.config, faults: input.faults ?? [] })
  const passwordHash = await hashPassword(input.password)
  const create = async (tx: Db) => {
    await refuseTaken(tx, person)
    const { permissions = [], modules = null, profile = {}, mustChangePassword = false, origin } = input
    const account = { ...person, passwordHash, grants: permissions, modules, profile, mustChangePassword, ...(origin && { origin }) }
    return addPerson({ ...tx, tenantId: tenant.tenantId }, deps, actor, account, tenant.config)
  }
  return unlessTaken(db, person, () => transaction(db, create))
}

type Person = { readonly username: string; readonly email: string; readonly fullName: string | null; readonly role: string }
type Account = Person & {
  readonly passwordHash: string
  readonly grants: readonly string[]
  readonly modules?: readonly string[] | null
  readonly profile?: ProfileChange
  readonly mustChangePassword?: boolean
  readonly origin?: Origin
}

function checkedPerson(input: NewPerson, company: { role: string; config: TenantConfig; faults: readonly ProblemField[] }): Person {
  const username = normaliseUsername(input.username)
  const email = normaliseEmail(input.email)
  const role = storedRole(company.role, company.config)
  const unknownRole: ProblemField = { path: 'role', rule: 'role', message: { es: 'No es un rol conocido', en: 'Is not a known role' } }
  const faults = [
    ...company.faults,
    ...usernameFaults(username, 'username'),
    ...emailFaults(email, 'email'),
    ...passwordFaults(input.password, { username, email }, 'password'),
    ...(role === null ? [unknownRole] : []),
  ]
  if (faults.length > 0 || role === null) throw problem('validation_failed', { fields: faults })
  return { username, email, role, fullName: input.fullName?.trim() || null }
}

const slugFaults = (slug: string | undefined): ProblemField[] =>
  slug === undefined || isSlug(slug) ? [] : [{ path: 'slug', rule: 'slug', message: slugMessage }]

async function chooseSlug(db: Db, asked: string | undefined, companyName: string): Promise<string> {
  const slug = asked ?? slugFrom(companyName)
  const taken = await q.listSlugsLike(db, slug)
  if (asked !== undefined && taken.has(asked)) throw problem('slug_taken', { parameters: { slug: asked } })
  return freeSlug(slug, taken)
}

/** Holds the company's row while counting, so that two additions cannot both take the last place. */
async function addPerson(tx: TenantDb, deps: CreateDeps, actor: AuditActor, account: Account, config: TenantConfig) {
  await demandRoom(tx, config)
  const nowMs = deps.clock.nowMs()
  const userUuid = newUuid()
  const userId = await insertUser(tx, { ...account, uuid: userUuid, homeTenantId: tx.tenantId }, nowMs)
  await q.insertMembership(tx, { userId, role: account.role, grants: account.grants, modules: account.modules ?? null }, nowMs)
  await recordAudit(tx, deps, actor, 'USER_CREATED', {
    tenantId: tx.tenantId,
    entityType: 'user',
    entityId: userId,
    ...(account.origin && { origin: account.origin }),
    data: { username: account.username, role: account.role },
  })
  return { userId, userUuid }
}

/** Room for `more` people under `limits.max_users`. Holds the company's row until the transaction ends, so that people who come at once
 *  never take the last place twice. Throws 409 `tenant_user_limit`. */
export async function demandRoom(tx: TenantDb, config: TenantConfig, more = 1): Promise<void> {
  if (!(await hasRoom(tx, config, more))) throw problem('tenant_user_limit', { parameters: { limit: maxUsers(config) ?? 0 } })
}

/** The same as an answer. */
export async function hasRoom(tx: TenantDb, config: TenantConfig, more = 1): Promise<boolean> {
  await lockRow(tx, 'tenants', { id: tx.tenantId })
  const limit = maxUsers(config)
  return limit === null || (await q.countMembers(tx)) + more <= limit
}

async function refuseTaken(db: Db, { username, email }: Person): Promise<void> {
  if (await findUser(db, { username })) throw problem('username_taken', { parameters: { username } })
  if (await findUser(db, { email })) throw problem('email_taken', { parameters: { email } })
}

/** Two at once pass the check above and one fails on the unique index: it gets the same answer. */
async function unlessTaken<T>(db: Db, person: Person, create: () => Promise<T>): Promise<T> {
  try {
    return await create()
  } catch (error) {
    if (!isUniqueViolation(error) || db.kysely.isTransaction) throw error // a broken transaction is its owner's to repeat
    await refuseTaken(db, person)
    return create() // the company's name or slug was taken meanwhile: the checks answer now
  }
}

/** Read, change, write under the row's lock, so that two houses never lose each other's keys. */
export const updateTenantConfig = (
  db: Db,
  deps: CreateDeps,
  actor: AuditActor,
  tenantId: number,
  change: (config: TenantConfig) => TenantConfig,
  origin?: Origin,
): Promise<TenantConfig> =>
  transaction(db, async (tx) => {
    await lockRow(tx, 'tenants', { id: tenantId })
    const tenant = await q.findTenant(tx, tenantId)
    if (!tenant) throw problem('company_not_found')
    const config = change(tenant.config)
    await q.updateConfig({ ...tx, tenantId }, config, deps.clock.nowMs())
    const changed = [...new Set([...Object.keys(tenant.config), ...Object.keys(config)])].filter(
      (key) => JSON.stringify(tenant.config[key]) !== JSON.stringify(config[key]),
    )
    await recordAudit(tx, deps, actor, 'COMPANY_UPDATED', {
      tenantId,
      entityType: 'tenant',
      entityId: tenantId,
      ...(origin && { origin }),
      data: { config: changed },
    })
    return config
  })
