/** Founding, changing and closing companies. */
import type { Updateable } from 'kysely'
import type { Db } from '../../platform/db/database.ts'
import { isUniqueViolation, lockRow, transaction } from '../../platform/db/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import { type AuditActor, type Origin, recordAudit } from '../audit/index.ts'
import { endSessionsIn } from '../sessions/index.ts'
import {
  companyNameFaults,
  findTenant,
  findTenantIdByNameKey,
  insertCompany,
  insertMembership,
  isRecord,
  nameKey,
  type TenantConfig,
} from '../tenants/index.ts'
import type { TenantRow } from '../tenants/tables.ts'
import { findUser } from '../users/index.ts'
import { problem } from './problems.ts'
import { type CompanyChange, type CompanyInput, parseCompany } from './profile.ts'
import * as q from './queries.ts'

type Deps = { readonly clock: Clock }
type Person = NonNullable<AuditActor> & { readonly sessionUuid?: string | null }

/** What a company that people found themselves starts with. */
export const firstConfig: TenantConfig = { language: 'es', theme: 'dark', limits: { max_users: 50, max_lines: 10 } }

/** The founder owns the company. Throws 422 with every fault, 409 `company_name_taken`, `slug_taken`, `tax_id_taken`. */
export async function foundCompany(
  db: Db,
  deps: Deps,
  founder: Person,
  input: CompanyInput,
  { config = firstConfig, origin }: { readonly config?: TenantConfig; readonly origin?: Origin } = {},
): Promise<{ readonly tenantId: number; readonly slug: string }> {
  const made = await createCompany(db, deps, founder, input, config, async (tx, tenantId) => {
    const nowMs = deps.clock.nowMs()
    await insertMembership({ ...tx, tenantId }, { userId: founder.userId, role: 'OWNER', grants: [] }, nowMs)
    await q.adoptCompany(tx, founder.userId, tenantId, nowMs)
    await recordAudit(tx, deps, founder, 'ROLE_CHANGED', {
      tenantId,
      entityType: 'user',
      entityId: founder.userId,
      ...(origin && { origin }),
      data: { old: null, new: 'OWNER' },
    })
  })
  return made
}

/** A company as the platform makes it; `people` puts somebody into it, in the same transaction. Problems as above. */
export async function createCompany(
  db: Db,
  deps: Deps,
  actor: AuditActor,
  input: CompanyInput,
  config: TenantConfig,
  people: (tx: Db, tenantId: number) => Promise<void> = async () => {},
): Promise<{ readonly tenantId: number; readonly slug: string }> {
  const { change, faults } = parseCompany(input, { taxIdType: null, countryCode: null })
  const { name } = change
  const missing = name === undefined ? companyNameFaults('') : []
  if (name === undefined || faults.length > 0) throw problem('validation_failed', { fields: [...missing, ...faults] })
  return onceMore(db, () =>
    transaction(db, async (tx) => {
      const { tenantId, slug } = await insertCompany(tx, deps, actor, { name, slug: change.slug, config: { ...config, ...change.config } })
      const columns = await columnsOf(tx, { ...change, config: {} }, null)
      if (Object.keys(columns).length > 0) await q.updateCompanyRow(tx, tenantId, columns, deps.clock.nowMs())
      await people(tx, tenantId)
      return { tenantId, slug }
    }),
  )
}

/** Two at once pass the checks and one fails on a unique index: asked again, the checks answer. */
export async function onceMore<T>(db: Db, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isUniqueViolation(error) || db.kysely.isTransaction) throw error
    return work()
  }
}

/** `config`: keys of `config_tenant` to set, beside the fields of the profile. Throws 404, 422, and 409 as above and `tax_id_immutable`. */
export async function changeCompany(
  db: Db,
  deps: Deps,
  actor: AuditActor,
  tenantId: number,
  input: CompanyInput,
  { config = {}, origin }: { readonly config?: TenantConfig; readonly origin?: Origin } = {},
): Promise<void> {
  const known = await q.findCompany(db, tenantId)
  if (!known) throw problem('company_not_found')
  const { change, faults } = parseCompany(input, { taxIdType: known.taxIdType, countryCode: known.texts.country_code })
  if (faults.length > 0) throw problem('validation_failed', { fields: faults })
  await onceMore(db, () =>
    transaction(db, async (tx) => {
      await lockRow(tx, 'tenants', { id: tenantId })
      const current = await q.findCompany(tx, tenantId)
      if (!current) throw problem('company_not_found')
      await demandOwnDomains(tx, actor, change.signupDomains ?? [], current.signupDomains)
      const columns = await columnsOf(tx, change, current)
      const merged = mergedConfig(current.config, { ...config, ...change.config })
      const changed = [...changedColumns(columns, current), ...changedKeys(current.config, merged)]
      if (changed.length === 0) return
      const nowMs = deps.clock.nowMs()
      await q.updateCompanyRow(tx, tenantId, { ...columns, config: JSON.stringify(merged) }, nowMs)
      await recordAudit(tx, deps, actor, 'COMPANY_UPDATED', {
        tenantId,
        entityType: 'tenant',
        entityId: tenantId,
        ...(origin && { origin }),
        data: { fields: changed },
      })
    }),
  )
}

/** Whoever claims a mail domain must read mails there: people of another company would be led astray otherwise. That the address is good by the
 *  company's own word, as those of people whom it made or invited, is not enough. */
async function demandOwnDomains(tx: Db, actor: AuditActor, domains: readonly string[], known: readonly string[]): Promise<void> {
  const claimed = domains.filter((domain) => !known.includes(domain))
  if (claimed.length === 0 || actor === null) return
  if ((await findUser(tx, { userId: actor.userId }))?.user.isSuperAdmin) return
  const own = await q.provenEmail(tx, actor.userId)
  const foreign = claimed.filter((domain) => !own?.endsWith(`@${domain}`))
  const message = {
    es: 'Su propio correo debe ser de {domain}, confirmado con un enlace que recibió en él (restablecer la contraseña también lo confirma)',
    en: 'Your own e-mail must be of {domain}, proven by a link that you received there (resetting the password proves it, too)',
  }
  const fields = foreign.map((domain) => ({ path: 'signup_domains', rule: 'own_domain', message, parameters: { domain } }))
  if (fields.length > 0) throw problem('validation_failed', { fields })
}

type Columns = Updateable<TenantRow>

/** Refuses what another company has. A tax id may be given once, and repeated as it is. */
async function columnsOf(tx: Db, change: CompanyChange, known: q.Company | null): Promise<Columns> {
  const { name, slug, taxId, signupDomains, texts } = change
  const isOther = (found: { readonly id: number } | undefined): boolean => found !== undefined && found.id !== known?.tenantId
  if (known && name !== undefined && isOther(await findTenantIdByNameKey(tx, nameKey(name))))
    throw problem('company_name_taken', { parameters: { name } })
  if (known && slug !== undefined && slug !== known.slug && (await findTenant(tx, slug)))
    throw problem('slug_taken', { parameters: { slug } })
  if (known?.taxId && taxId && taxId.taxId !== known.taxId) throw problem('tax_id_immutable')
  if (taxId && isOther(await q.findTenantIdByTaxKey(tx, taxId.key))) throw problem('tax_id_taken')
  return {
    ...texts,
    ...(known && name !== undefined && { name, name_key: nameKey(name) }),
    ...(known && slug !== undefined && { slug }),
    ...(taxId && !known?.taxId && { tax_id: taxId.taxId, tax_id_type: taxId.type, tax_id_key: taxId.key }),
    ...(signupDomains && { signup_domains: JSON.stringify(signupDomains) }),
  }
}

const changedColumns = (columns: Columns, current: q.Company): string[] => {
  const before: Record<string, unknown> = {
    ...current.texts,
    name: current.name,
    slug: current.slug,
    tax_id: current.taxId,
    tax_id_type: current.taxIdType,
    signup_domains: JSON.stringify(current.signupDomains),
  }
  return Object.entries(columns)
    .filter(([column, value]) => column in before && before[column] !== value)
    .map(([column]) => column)
}

/** Objects such as `limits` are merged, so that one figure can be changed without naming the others; null takes a key away. */
function mergedConfig(current: TenantConfig, changes: TenantConfig): TenantConfig {
  const merged: Record<string, unknown> = { ...current }
  for (const [key, value] of Object.entries(changes)) {
    const known = merged[key]
    if (value === null) delete merged[key]
    else merged[key] = isRecord(known) && isRecord(value) ? { ...known, ...value } : value
  }
  return merged
}

const changedKeys = (current: TenantConfig, merged: TenantConfig): string[] =>
  [...new Set([...Object.keys(current), ...Object.keys(merged)])]
    .filter((key) => JSON.stringify(current[key]) !== JSON.stringify(merged[key]))
    .map((key) => `config.${key}`)

/** Closes or opens a company; every session that works in it ends at once. `isDeleted` hides it from its own people and the platform's list,
 *  until it is opened again. True when something changed. Throws 404. */
export async function setCompanyActive(
  db: Db,
  deps: Deps,
  actor: Person | null,
  tenantId: number,
  { isActive, isDeleted = false, origin }: { readonly isActive: boolean; readonly isDeleted?: boolean; readonly origin?: Origin },
): Promise<boolean> {
  return transaction(db, async (tx) => {
    await lockRow(tx, 'tenants', { id: tenantId })
    const current = await q.findCompany(tx, tenantId)
    if (!current) throw problem('company_not_found')
    if (current.isActive === isActive && (isActive || current.isDeleted || !isDeleted)) return false
    const nowMs = deps.clock.nowMs()
    const deleted = isActive ? { deleted_at: null } : isDeleted ? { deleted_at: nowMs } : {}
    await q.updateCompanyRow(tx, tenantId, { is_active: isActive ? 1 : 0, ...deleted }, nowMs)
    const ended = isActive
      ? 0
      : await endSessionsIn(tx, deps, actor, tenantId, { keepUuid: actor?.sessionUuid ?? null, ...(origin && { origin }) })
    await recordAudit(tx, deps, actor, isActive ? 'COMPANY_UPDATED' : 'COMPANY_DEACTIVATED', {
      tenantId,
      entityType: 'tenant',
      entityId: tenantId,
      ...(origin && { origin }),
      data: isActive ? { fields: ['is_active'] } : { sessions: ended, deleted: isDeleted },
    })
    return true
  })
}
