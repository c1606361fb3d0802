/** Whether the plant's server has a transaction on its disk when it says "committed". */
import { sql } from 'kysely'
import type { PlantDb } from '../source/index.ts'

export type Durability = {
  /** As it writes what we write: what a transaction can ask for by itself counts as given. */
  readonly isSynced: boolean
  /** PostgreSQL: the server would not wait for the disk, and is told to in each transaction. */
  readonly isAskedFor: boolean
  /** The server's settings that decide, as `name = value`. */
  readonly settings: readonly string[]
}

const known = new WeakMap<object, Promise<Durability>>()

/** Asked once per opened plant. */
export function durabilityOf(db: PlantDb): Promise<Durability> {
  const asked = known.get(db.kysely) ?? readDurability(db)
  known.set(db.kysely, asked)
  asked.catch(() => known.delete(db.kysely))
  return asked
}

async function readDurability({ engine, kysely }: PlantDb): Promise<Durability> {
  // Our handle that writes says `synchronous = full`: each commit waits for the disk.
  if (engine === 'sqlite') return { isSynced: true, isAskedFor: false, settings: ['synchronous = FULL'] }
  if (engine === 'mysql') {
    const { rows } = await sql<{ flush: unknown }>`select @@innodb_flush_log_at_trx_commit as flush`.execute(kysely)
    const flush = Number(rows[0]?.flush)
    return { isSynced: flush === 1, isAskedFor: false, settings: [`innodb_flush_log_at_trx_commit = ${flush}`] }
  }
  const { rows } = await sql<{ fsync: string; waits: string }>`
    select current_setting('fsync') as fsync, current_setting('synchronous_commit') as waits`.execute(kysely)
  const { fsync = 'on', waits = 'on' } = rows[0] ?? {}
  return { isSynced: fsync === 'on', isAskedFor: waits === 'off', settings: [`fsync = ${fsync}`, `synchronous_commit = ${waits}`] }
}

export const askForSync = async (tx: PlantDb, { isAskedFor }: Durability): Promise<void> => {
  if (isAskedFor) await sql`set local synchronous_commit = on`.execute(tx.kysely)
}
