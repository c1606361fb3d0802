/** Giving a company its plant database, changing the account, taking it away. What is tried and refused changes nothing. */
import { findTenant, recordAudit, type Tenant, updateTenantConfig } from '../../identity/index.ts'
import { type Db, describeDatabase, openPlantKysely, transaction } from '../../platform/db/index.ts'
import { SealBrokenError, type Secrets } from '../../platform/secrets/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import { forgetHistory } from '../history/index.ts'
import { forgetOverlays, guardedAddress, isTimeZone, type PerformanceUnit, type PlantOptions, performanceUnits } from '../model/index.ts'
import {
  type Attachment,
  createManagedPlant,
  deleteAttachment,
  findAttachment,
  forgetMappings,
  listAttachedTenants,
  listMappings,
  saveAttachment,
} from '../source/index.ts'
import { forgetStopLines, forgetStops } from '../stop-store/index.ts'
import { makeOwnPlant, ownPlantUrl } from '../system/index.ts'
import { forgetCare } from '../tables/index.ts'
import { addressFault, databaseKey, withAccount } from './address.ts'
import { problem } from './problems.ts'
import { tryPlant } from './try-plant.ts'

export type PlantDeps = {
  readonly db: Db
  readonly secrets: Secrets
  readonly clock: Clock
  readonly config: { readonly dataDir: string; readonly plant: PlantOptions; readonly database: { readonly url: string } }
}

export type Operator = Parameters<typeof recordAudit>[2]
type Origin = NonNullable<NonNullable<Parameters<typeof recordAudit>[4]>['origin']>
/** `mayBeFile`: who works on the machine itself may name its files. */
export type By = { readonly actor: Operator; readonly origin?: Origin; readonly mayBeFile: boolean }

export type PlantState =
  | { readonly kind: 'none' }
  /** Stored under another SECRET_KEY. */
  | { readonly kind: 'sealed' }
  | {
      readonly kind: 'attached'
      /** Where, which database, as whom; never the password. */
      readonly address: string
      readonly canManage: boolean
      /** Made by Andon on this machine. */
      readonly isOwn: boolean
      readonly hasAccount: boolean
    }

/** Throws 404 `tenant_not_found`. */
export async function mustFindTenant(db: Db, ref: string | number): Promise<Tenant> {
  const tenant = await findTenant(db, ref)
  if (!tenant) throw problem('tenant_not_found')
  return tenant
}

export async function plantState(deps: Pick<PlantDeps, 'db' | 'secrets' | 'config'>, tenantId: number): Promise<PlantState> {
  const found = await openAttachment(deps, tenantId)
  if (found === null || found === 'sealed') return { kind: found === null ? 'none' : 'sealed' }
  const isOwn = found.url === ownPlantUrl(deps.config.dataDir, tenantId)
  return {
    kind: 'attached',
    address: describeDatabase(found.url),
    canManage: found.canManage,
    isOwn,
    hasAccount: withAccount(found.url, 'x', 'x') !== null,
  }
}

async function openAttachment({ db, secrets }: Pick<PlantDeps, 'db' | 'secrets'>, tenantId: number): Promise<Attachment | 'sealed' | null> {
  try {
    return await findAttachment({ ...db, tenantId }, secrets)
  } catch (error) {
    if (error instanceof SealBrokenError) return 'sealed'
    throw error
  }
}

export type AttachInput = {
  readonly url: string
  readonly canManage: boolean
  /** Null keeps what the company has. */
  readonly timeZone: string | null
  readonly performanceUnit: string | null
}

/** Throws 404, 409 `plant_attached`, `plant_in_use`, 422 `validation_failed` and what `tryPlant` throws. An empty database that may be managed
 *  gets the tables of a plant. */
export async function attachPlant(
  deps: PlantDeps,
  by: By,
  ref: string | number,
  input: AttachInput,
  more: Partial<AttachGuard> & { readonly also?: (tx: Db) => Promise<void> } = {},
): Promise<PlantState> {
  const tenant = await mustFindTenant(deps.db, ref)
  demandValid(input, by)
  const { replacesOwn = false, resolve, also } = more
  const { isEmpty, hostAddress } = await demandAttachable(deps, tenant.tenantId, input, { mayBeFile: by.mayBeFile, replacesOwn, resolve })
  if (isEmpty) await makeTables(input.url, hostAddress)
  await keep(deps, by, tenant, { ...input, isGuarded: resolve !== undefined }, async (tx) => {
    // somebody else may have attached one, or this one, while it was tried
    await demandPlace(deps, tx, tenant.tenantId, replacesOwn)
    await demandFree({ ...deps, db: tx }, tenant.tenantId, input.url)
    await also?.(tx)
  })
  return plantState(deps, tenant.tenantId)
}

export type AttachGuard = {
  /** A plant of our own making gives way. */
  readonly replacesOwn: boolean
  /** Of who may not send this machine anywhere: the address to connect to, or a refusal. */
  readonly resolve: ((url: string) => Promise<string>) | undefined
}

/** Tries what would be attached; nothing is kept. Throws as `attachPlant`. */
export async function demandAttachable(
  deps: PlantDeps,
  tenantId: number,
  { url, canManage }: Pick<AttachInput, 'url' | 'canManage'>,
  { mayBeFile, replacesOwn, resolve }: AttachGuard & Pick<By, 'mayBeFile'>,
): Promise<{ readonly isEmpty: boolean; readonly hostAddress: string | undefined }> {
  demandValid({ url, canManage, timeZone: null, performanceUnit: null }, { mayBeFile })
  await demandPlace(deps, deps.db, tenantId, replacesOwn)
  await demandFree(deps, tenantId, url)
  const hostAddress = await resolve?.(url)
  const { isEmpty } = await tryPlant(url, { ...deps.config.plant, hostAddress }, { mayBeEmpty: canManage })
  return { isEmpty, hostAddress }
}

async function demandPlace(deps: PlantDeps, db: Db, tenantId: number, replacesOwn: boolean): Promise<void> {
  const known = await openAttachment({ ...deps, db }, tenantId)
  // an address that nobody can open is written again: to detach first would throw stops and edits away
  if (known === null || known === 'sealed') return
  if (replacesOwn && known.url === ownPlantUrl(deps.config.dataDir, tenantId)) return
  throw problem('plant_attached')
}

/** A plant of our own making, for a company without cameras of its own yet. Safe to repeat. */
export async function giveOwnPlant(deps: PlantDeps, by: By, ref: string | number): Promise<PlantState> {
  const tenant = await mustFindTenant(deps.db, ref)
  await demandPlace(deps, deps.db, tenant.tenantId, false)
  const url = ownPlantUrl(deps.config.dataDir, tenant.tenantId)
  await makeOwnPlant(url)
  await keep(deps, by, tenant, { url, canManage: true, timeZone: null, performanceUnit: null }, (tx) =>
    demandPlace(deps, tx, tenant.tenantId, false),
  )
  return plantState(deps, tenant.tenantId)
}

function demandValid({ url, timeZone, performanceUnit }: AttachInput, { mayBeFile }: Pick<By, 'mayBeFile'>): void {
  const fault = addressFault(url, { mayBeFile })
  const fields = [
    ...(fault ? [{ path: 'url', rule: 'url', message: fault }] : []),
    ...(timeZone !== null && !isTimeZone(timeZone)
      ? [{ path: 'timezone', rule: 'time_zone', message: { es: 'No es una zona horaria IANA', en: 'Is not an IANA time zone' } }]
      : []),
    ...(performanceUnit !== null && !performanceUnits.includes(performanceUnit as PerformanceUnit)
      ? [
          {
            path: 'performance_unit',
            rule: 'enum',
            message: { es: `Debe ser ${performanceUnits.join(', ')}`, en: `Must be one of ${performanceUnits.join(', ')}` },
          },
        ]
      : []),
  ]
  if (fields.length > 0) throw problem('validation_failed', { fields })
}

/** One database, one company: two would read each other's rows. */
async function demandFree(deps: PlantDeps, tenantId: number, url: string): Promise<void> {
  const key = databaseKey(url)
  if (key === databaseKey(deps.config.database.url)) throw problem('plant_in_use')
  for (const other of await listAttachedTenants(deps.db)) {
    if (other === tenantId) continue
    const known = await openAttachment(deps, other)
    if (known !== null && known !== 'sealed' && databaseKey(known.url) === key) throw problem('plant_in_use')
  }
}

async function makeTables(url: string, hostAddress: string | undefined): Promise<void> {
  const opened = await openPlantKysely(url, { poolSize: 1, hostAddress })
  try {
    await createManagedPlant(opened.kysely, opened.engine)
  } finally {
    await opened.close()
  }
}

const keep = (
  deps: PlantDeps,
  { actor, origin }: By,
  { tenantId }: Tenant,
  { url, canManage, timeZone, performanceUnit, isGuarded = false }: AttachInput & { readonly isGuarded?: boolean },
  also: (tx: Db) => Promise<void> = async () => {},
) =>
  transaction(deps.db, async (tx) => {
    const nowMs = deps.clock.nowMs()
    // what was known of a plant that gives way means nothing in this one
    await forgetMappings({ ...tx, tenantId })
    await forgetHistory({ ...tx, tenantId }, nowMs)
    await forgetStopLines({ ...tx, tenantId })
    await forgetCare({ ...tx, tenantId })
    await also(tx)
    await saveAttachment({ ...tx, tenantId }, deps.secrets, { url, canManage, isGuarded, nowMs })
    const settings = {
      ...(timeZone !== null && { timezone: timeZone }),
      ...(performanceUnit !== null && { performance_unit: performanceUnit }),
    }
    if (Object.keys(settings).length > 0) await updateTenantConfig(tx, deps, actor, tenantId, (config) => ({ ...config, ...settings }))
    await recordAudit(tx, deps, actor, 'COMPANY_UPDATED', {
      tenantId,
      entityType: 'plant',
      entityId: tenantId,
      ...(origin && { origin }),
      data: { plant: 'attached', address: describeDatabase(url), managed: canManage },
    })
  })

export type Account = { readonly user: string; readonly password: string }

/** The new account is tried on the same database before it is kept; until then everybody reads with the former one, and whoever is reading
 *  goes on with it: there is no moment without a working account. Throws 404, 409 `plant_without_account`, 422 as `tryPlant`. */
export async function rotatePlant(deps: PlantDeps, { actor, origin }: By, ref: string | number, account: Account): Promise<PlantState> {
  const { tenantId } = await mustFindTenant(deps.db, ref)
  const known = await openAttachment(deps, tenantId)
  if (known === null || known === 'sealed') throw problem('plant_not_attached')
  const fields = account.user.trim() === '' ? [{ path: 'user', rule: 'required', message: { es: 'Falta', en: 'Required' } }] : []
  if (fields.length > 0) throw problem('validation_failed', { fields })
  const url = withAccount(known.url, account.user.trim(), account.password)
  if (url === null) throw problem('plant_without_account')
  if (databaseKey(url) !== databaseKey(known.url)) throw problem('plant_other_database')
  const hostAddress = known.isGuarded ? await guardedAddress(url, deps.config.plant.openNetworks ?? []) : undefined
  const tables = (await listMappings({ ...deps.db, tenantId })).filter(({ kind }) => kind === 'detection').map(({ tableName }) => tableName)
  await tryPlant(url, { ...deps.config.plant, hostAddress }, { mayBeEmpty: false, tables })
  await transaction(deps.db, async (tx) => {
    // Read again: it may have been detached while the new account was tried.
    const current = await findAttachment({ ...tx, tenantId }, deps.secrets)
    if (!current || databaseKey(current.url) !== databaseKey(url)) throw problem('plant_not_attached')
    const { canManage, isGuarded } = current
    await saveAttachment({ ...tx, tenantId }, deps.secrets, { url, canManage, isGuarded, nowMs: deps.clock.nowMs() })
    await recordAudit(tx, deps, actor, 'COMPANY_UPDATED', {
      tenantId,
      entityType: 'plant',
      entityId: tenantId,
      ...(origin && { origin }),
      data: { plant: 'rotated', address: describeDatabase(url) },
    })
  })
  return plantState(deps, tenantId)
}

/** `confirmation`: the company's name as it is written. What Andon knew of the plant goes; the customer's database is not touched. */
export async function detachPlant(deps: PlantDeps, { actor, origin }: By, ref: string | number, confirmation: string): Promise<void> {
  const { tenantId, name } = await mustFindTenant(deps.db, ref)
  if (confirmation.trim().normalize('NFC') !== name) throw problem('confirmation_mismatch')
  await transaction(deps.db, async (tx) => {
    const db = { ...tx, tenantId }
    if (!(await deleteAttachment(db))) throw problem('plant_not_attached')
    await forgetMappings(db)
    await forgetOverlays(db)
    await forgetHistory(db, deps.clock.nowMs())
    await forgetStops(db)
    await forgetCare(db)
    await recordAudit(tx, deps, actor, 'COMPANY_UPDATED', {
      tenantId,
      entityType: 'plant',
      entityId: tenantId,
      ...(origin && { origin }),
      data: { plant: 'detached' },
    })
  })
}
