/** `andon_ingest_batches` in the plant's own database: which batches were written, in the transaction of their rows, so that both are there or neither. */
import { sql } from 'kysely'
import { type Engine, isUniqueViolation } from '../../platform/db/index.ts'
import { insertStatement, type PlantDb, quoteName } from '../source/index.ts'
import { decodeRefused, encodeRefused, type KnownPart, type Part, WrittenMeanwhile } from './part.ts'

export const ledgerTable = 'andon_ingest_batches'

/** Also for a customer's administrator to run, whose account for Andon may not create tables. */
export function ledgerStatement(engine: Engine): string {
  const name = (column: string): string => quoteName(engine, column)
  const [code, integer] = engine === 'sqlite' ? ['TEXT', 'INTEGER'] : ['varchar(64)', 'int']
  const columns = [
    `${name('batch_key')} ${code} NOT NULL`,
    `${name('line_id')} ${integer} NOT NULL`,
    `${name('fingerprint')} ${code} NOT NULL`,
    `${name('accepted')} ${integer} NOT NULL`,
    `${name('refused')} ${engine === 'mysql' ? 'longtext' : 'text'} NOT NULL`,
    `${name('created_at')} ${engine === 'sqlite' ? 'INTEGER' : 'bigint'} NOT NULL`,
    `PRIMARY KEY (${name('batch_key')}, ${name('line_id')})`,
  ]
  const tail = engine === 'mysql' ? ' ENGINE=InnoDB DEFAULT CHARSET=ascii COLLATE=ascii_bin' : ''
  return `CREATE TABLE IF NOT EXISTS ${name(ledgerTable)} (${columns.join(', ')})${tail}`
}

const found = new WeakMap<object, Promise<boolean>>()

/** Made where the plant is ours to shape; used where its administrator made it. Asked once per opened plant. */
export function hasLedger(db: PlantDb, canManage: boolean): Promise<boolean> {
  const known = found.get(db.kysely) ?? findOrMake(db, canManage)
  found.set(db.kysely, known)
  known.catch(() => found.delete(db.kysely))
  return known
}

async function findOrMake(db: PlantDb, canManage: boolean): Promise<boolean> {
  if (await isUsable(db)) return true
  if (!canManage) return false
  try {
    await sql.raw(ledgerStatement(db.engine)).execute(db.kysely)
  } catch {
    // Another process made it at the same moment, or the account may not: the next question tells which.
  }
  return isUsable(db)
}

async function isUsable({ kysely }: PlantDb): Promise<boolean> {
  try {
    await sql`select batch_key, line_id, fingerprint, accepted, refused, created_at from ${sql.id(ledgerTable)} where 1 = 0`.execute(kysely)
    await sql`delete from ${sql.id(ledgerTable)} where 1 = 0`.execute(kysely)
    return true
  } catch (error) {
    if (isNoTableOfOurs(error)) return false
    throw error
  }
}

/** Not there, not ours to read or write, or of another shape. */
function isNoTableOfOurs(error: unknown): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth++) {
    const { code, errno, errcode } = cause as { code?: string; errno?: number; errcode?: number }
    if ([1146, 1054, 1142, 1143, 1290, 1792, 1836].includes(errno ?? 0) || ['42P01', '42703', '42501', '25006'].includes(code ?? ''))
      return true
    if (errcode !== undefined && (errcode === 1 || (errcode & 0xff) === 8)) return true
  }
  return false
}

/** Of these batches, in whatever line. */
export async function findInLedger(tx: PlantDb, hashes: readonly string[]): Promise<KnownPart[]> {
  if (hashes.length === 0) return []
  const rows = await tx.kysely
    .selectFrom(ledgerTable)
    .select(['batch_key', 'line_id', 'fingerprint', 'accepted', 'refused'])
    .where('batch_key', 'in', [...new Set(hashes)])
    .execute()
  return rows.map((row) => ({
    hash: String(row.batch_key),
    lineId: Number(row.line_id),
    fingerprint: String(row.fingerprint),
    accepted: Number(row.accepted),
    refused: decodeRefused(String(row.refused)),
  }))
}

const batchesPerStatement = 1_000

const ledgerColumns = {
  batch_key: 'text',
  line_id: 'bigint',
  fingerprint: 'text',
  accepted: 'bigint',
  refused: 'text',
  created_at: 'bigint',
} as const

/** Throws `WrittenMeanwhile`. */
export async function insertIntoLedger(tx: PlantDb, parts: readonly Part[], nowMs: number): Promise<void> {
  const keyed = parts.flatMap(({ key, line, rows, refused }) => (key === null ? [] : [{ key, line, rows, refused }]))
  for (let from = 0; from < keyed.length; from += batchesPerStatement) {
    const batches = keyed.slice(from, from + batchesPerStatement)
    const statement = insertStatement(tx.engine, ledgerTable, ledgerColumns, batches, ({ key, line, rows, refused }) => [
      key.hash,
      line.lineId,
      key.fingerprint,
      rows.length,
      encodeRefused(refused),
      nowMs,
    ])
    await tx.kysely.executeQuery(statement).catch((error: unknown) => {
      throw isUniqueViolation(error) ? new WrittenMeanwhile() : error
    })
  }
}
