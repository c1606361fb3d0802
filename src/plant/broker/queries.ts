/** SQL of external sources. */
import type { Selectable } from 'kysely'
import type { TenantDb } from '../../platform/db/database.ts'
import { insertUnlessExists } from '../../platform/db/index.ts'
import { SealBrokenError, type Secrets } from '../../platform/secrets/index.ts'
import type { Hidden, Source } from './source.ts'
import type { HttpSourceRow } from './tables.ts'

export const mostSources = 50

export type StoredSource = Source & {
  /** SECRET_KEY changed since: what was hidden is lost, and to be written again. */
  readonly isSealBroken: boolean
  readonly sourceId: number
  readonly version: number
  readonly answersVersion: number
}

const columns = [
  'id',
  'source_key',
  'name',
  'base_url',
  'method',
  'timeout_s',
  'auth_type',
  'auth_variable',
  'sealed',
  'response_key',
  'cache_ttl_s',
  'is_enabled',
  'version',
  'answers_version',
] as const

type Opener = Pick<Secrets, 'openSecret'>
type Sealer = Pick<Secrets, 'sealSecret'>

/** Null: sealed under another key. */
function opened(sealed: string, secrets: Opener): Hidden | null {
  try {
    return JSON.parse(secrets.openSecret('source', sealed)) as Hidden
  } catch (error) {
    if (error instanceof SealBrokenError) return null
    throw error
  }
}

const nothing: Hidden = { headers: {}, params: {}, body: null, secret: null }

const fromRow = (row: Pick<Selectable<HttpSourceRow>, (typeof columns)[number]>, secrets: Opener): StoredSource => ({
  sourceId: row.id,
  key: row.source_key,
  name: row.name,
  baseUrl: row.base_url,
  method: row.method as Source['method'],
  timeoutS: row.timeout_s,
  authType: row.auth_type as Source['authType'],
  authVariable: row.auth_variable,
  hidden: opened(row.sealed, secrets) ?? nothing,
  isSealBroken: opened(row.sealed, secrets) === null,
  responseKey: row.response_key,
  cacheTtlS: row.cache_ttl_s,
  isEnabled: row.is_enabled === 1,
  version: row.version,
  answersVersion: row.answers_version,
})

/** By id, which people chose. `keys`: only these. */
export async function listSources({ kysely, tenantId }: TenantDb, secrets: Opener, keys?: readonly string[]): Promise<StoredSource[]> {
  if (keys?.length === 0) return []
  const rows = await kysely
    .selectFrom('http_sources')
    .select(columns)
    .where('tenant_id', '=', tenantId)
    .$if(keys !== undefined, (query) => query.where('source_key', 'in', [...(keys ?? [])]))
    .orderBy('source_key')
    .limit(mostSources)
    .execute()
  return rows.map((row) => fromRow(row, secrets))
}

export const findSource = async (db: TenantDb, secrets: Opener, key: string): Promise<StoredSource | null> =>
  (await listSources(db, secrets, [key]))[0] ?? null

const values = (source: Source, secrets: Sealer) => ({
  name: source.name,
  base_url: source.baseUrl,
  method: source.method,
  timeout_s: source.timeoutS,
  auth_type: source.authType,
  auth_variable: source.authVariable,
  sealed: secrets.sealSecret('source', JSON.stringify(source.hidden)),
  response_key: source.responseKey,
  cache_ttl_s: source.cacheTtlS,
  is_enabled: source.isEnabled ? 1 : 0,
})

/** False when the key is taken. */
export const insertSource = (db: TenantDb, secrets: Sealer, source: Source, nowMs: number): Promise<boolean> =>
  insertUnlessExists(db, 'http_sources', {
    tenant_id: db.tenantId,
    source_key: source.key,
    ...values(source, secrets),
    version: 1,
    answers_version: 1,
    created_at: nowMs,
    updated_at: nowMs,
  })

/** False when it is not the version that was seen. */
export async function updateSource(
  { kysely, tenantId }: TenantDb,
  secrets: Sealer,
  source: Source,
  seenVersion: number,
  nowMs: number,
): Promise<boolean> {
  const { numUpdatedRows } = await kysely
    .updateTable('http_sources')
    .set({ ...values(source, secrets), version: seenVersion + 1, updated_at: nowMs })
    .where('tenant_id', '=', tenantId)
    .where('source_key', '=', source.key)
    .where('version', '=', seenVersion)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

export async function deleteSource({ kysely, tenantId }: TenantDb, key: string): Promise<boolean> {
  const { numDeletedRows } = await kysely
    .deleteFrom('http_sources')
    .where('tenant_id', '=', tenantId)
    .where('source_key', '=', key)
    .executeTakeFirst()
  return numDeletedRows === 1n
}

/** Every process forgets what was answered. Null = of all sources. Answers how many there are. */
export async function forgetAnswers({ kysely, tenantId }: TenantDb, key: string | null): Promise<number> {
  const { numUpdatedRows } = await kysely
    .updateTable('http_sources')
    .set((eb) => ({ answers_version: eb('answers_version', '+', 1) }))
    .where('tenant_id', '=', tenantId)
    .$if(key !== null, (query) => query.where('source_key', '=', key ?? ''))
    .executeTakeFirst()
  return Number(numUpdatedRows)
}
