/** Registering a company with its first person and its plant database (spec plant 3.2): nothing of the customer's is written, or even read, here. */
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { createTenantWithAdmin, findRegistration, type TenantConfig, updateTenantConfig } from '../../identity/index.ts'
import { type Db, describeDatabase, openPlantKysely, parseDatabaseUrl, sqliteUrl, transaction } from '../../platform/db/index.ts'
import type { Secrets } from '../../platform/secrets/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import { isTimeZone, type PerformanceUnit, performanceUnits } from '../model/index.ts'
import { createManagedPlant, findAttachment, forgetMappings, saveAttachment, saveMappings, type TableMapping } from '../source/index.ts'
import { forgetStopLines } from '../stop-store/index.ts'
import { problem } from './problems.ts'

export type RegisterDeps = {
  readonly db: Db
  readonly secrets: Secrets
  readonly clock: Clock
  readonly config: { readonly dataDir: string }
}

export type Registration = {
  readonly companyName: string
  readonly username: string
  readonly email: string
  /** Null only for a company that is there already. */
  readonly password: string | null
  readonly role?: string
  /** Null keeps the present one; a new company then gets an empty plant of ours. */
  readonly plantUrl: string | null
  readonly timeZone: string | null
  readonly performanceUnit: string | null
  /** Null keeps what is; a new attachment is not managed. */
  readonly canManage: boolean | null
  /** Keys of `config_tenant` to set; others stay. */
  readonly config: TenantConfig
  /** Tables named by hand. */
  readonly tables: readonly TableMapping[]
}

export type Registered = {
  readonly tenantId: number
  readonly slug: string
  readonly isNewCompany: boolean
  readonly plant: 'attached' | 'made' | 'kept'
  /** Where it is, without the password. */
  readonly plantAddress: string
}

const defaults: TenantConfig = { theme: 'dark', language: 'es' }

/** Run again with the same words it changes only what differs. Throws 422 `validation_failed`, 409 `username_taken`, `email_taken`,
 *  `company_taken`; then nothing is written. Null = `dryRun`. */
export async function registerTenant(
  deps: RegisterDeps,
  input: Registration,
  { dryRun = false }: { readonly dryRun?: boolean } = {},
): Promise<Registered | null> {
  checkInput(input)
  if (dryRun) return null
  const { db, secrets, clock } = deps
  const existing = await findRegistration(db, input.companyName, input.username)
  if (existing && !existing.isMember)
    throw problem('company_taken', { parameters: { company: input.companyName, username: input.username } })
  if (!existing && input.password === null) throw problem('password_missing')
  const config = configOf(input)
  const registered = await transaction(db, async (tx) => {
    const { tenantId, slug } =
      existing?.tenant ?? (await createTenantWithAdmin(tx, deps, { ...person(input), config: { ...defaults, ...config } }))
    if (existing && Object.keys(config).length > 0) await updateTenantConfig(tx, deps, null, tenantId, (known) => ({ ...known, ...config }))
    const tenantDb = { ...tx, tenantId }
    const known = await findAttachment(tenantDb, secrets)
    const url = input.plantUrl ?? known?.url ?? ownPlantUrl(deps.config.dataDir, tenantId)
    const isOwn = input.plantUrl === null && (known === null || known.url === ownPlantUrl(deps.config.dataDir, tenantId))
    const canManage = isOwn || (input.canManage ?? known?.canManage ?? false)
    const nowMs = clock.nowMs()
    if (known && known.url !== url) {
      await forgetMappings(tenantDb)
      await forgetStopLines(tenantDb)
    }
    if (known?.url !== url || known.canManage !== canManage || input.tables.length > 0)
      await saveAttachment(tenantDb, secrets, { url, canManage, nowMs })
    await saveMappings(tenantDb, input.tables, nowMs)
    const plant = input.plantUrl !== null && known?.url !== url ? 'attached' : isOwn ? 'made' : 'kept'
    return { tenantId, slug, url, plant, isNewCompany: existing === null } as const
  })
  if (registered.plant === 'made') await makeOwnPlant(registered.url)
  const { url, ...told } = registered
  return { ...told, plantAddress: describeDatabase(url) }
}

const person = ({ companyName, username, email, password, role }: Registration) => ({
  companyName,
  username,
  email,
  password: password ?? '',
  ...(role === undefined ? {} : { role }),
})

export const ownPlantUrl = (dataDir: string, tenantId: number): string =>
  sqliteUrl(path.join(dataDir, 'plants', `tenant-${tenantId}.sqlite`))

/** After the rows are there: a file without a company would belong to nobody, the other way round it is made at the next run. */
export async function makeOwnPlant(url: string): Promise<void> {
  const address = parseDatabaseUrl(url)
  if (address.engine !== 'sqlite') return
  await mkdir(path.dirname(address.file), { recursive: true })
  const opened = await openPlantKysely(url, { create: true })
  try {
    await createManagedPlant(opened.kysely, opened.engine)
  } finally {
    await opened.close()
  }
}

function configOf({ config, timeZone, performanceUnit }: Registration): TenantConfig {
  return {
    ...config,
    ...(timeZone === null ? {} : { timezone: timeZone }),
    ...(performanceUnit === null ? {} : { performance_unit: performanceUnit }),
  }
}

function checkInput({ plantUrl, timeZone, performanceUnit, tables }: Registration): void {
  const fields: { path: string; rule: string; message: { es: string; en: string } }[] = []
  if (plantUrl !== null) {
    try {
      const address = parseDatabaseUrl(plantUrl)
      if (address.engine === 'sqlite' && address.file === ':memory:') throw new Error('names no file')
      if (address.engine !== 'sqlite' && address.database === '') throw new Error('names no database')
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      fields.push({
        path: 'plant_url',
        rule: 'url',
        message: { es: `La dirección de la planta no es válida (${reason})`, en: `The plant address is not valid: it ${reason}` },
      })
    }
  }
  if (timeZone !== null && !isTimeZone(timeZone))
    fields.push({
      path: 'time_zone',
      rule: 'time_zone',
      message: { es: `No es una zona horaria IANA: ${timeZone}`, en: `Is not an IANA time zone: ${timeZone}` },
    })
  if (performanceUnit !== null && !performanceUnits.includes(performanceUnit as PerformanceUnit))
    fields.push({
      path: 'performance_unit',
      rule: 'enum',
      message: { es: `Debe ser ${performanceUnits.join(', ')}`, en: `Must be one of ${performanceUnits.join(', ')}` },
    })
  for (const { lineId, tableName } of tables)
    if (lineId < 1 || tableName === '' || tableName.length > 64)
      fields.push({
        path: 'table',
        rule: 'table',
        message: { es: 'Use <línea>=<tabla de detecciones>[,<tabla de paradas>]', en: 'Use <line>=<detection table>[,<downtime table>]' },
      })
  if (fields.length > 0) throw problem('validation_failed', { fields })
}
