/** Files with a row each: kept when the caller's transaction names them, removed when it lets go of them, swept by the worker. */
import { createHash } from 'node:crypto'
import type { Db } from '../db/database.ts'
import type { FileType } from '../http/index.ts'
import { newUuid } from '../ids/index.ts'
import type { Clock } from '../time/clock.ts'
import * as q from './queries.ts'
import type { FileSource, FileStore } from './store.ts'

export type FileDeps = { readonly clock: Clock; readonly files: FileStore }

/** `tenantId` null: a person's own, whatever their companies. */
export type FileOwner = { readonly tenantId: number | null; readonly userId: number | null }

export type FileContent = FileSource & { readonly mime: FileType }

/** Stores the bytes, outside of any transaction. The file counts once `keepFile` ran; otherwise it is swept after an hour. */
export async function saveFile(
  db: Db,
  { clock, files }: FileDeps,
  owner: FileOwner,
  kind: string,
  content: FileContent & { readonly sha256?: string },
): Promise<number> {
  const uuid = newUuid()
  const sizeBytes = 'bytes' in content ? content.bytes.length : content.sizeBytes
  const sha256 = 'bytes' in content ? createHash('sha256').update(content.bytes).digest('hex') : (content.sha256 ?? '')
  const key = `${kind}/${uuid.slice(-2)}/${uuid}`
  const { tenantId, userId } = owner
  const file = { uuid, key, kind, tenantId, createdBy: userId, sha256, sizeBytes, mime: content.mime }
  const fileId = await q.insertFile(db, file, clock.nowMs())
  await files.put(key, content, content.mime)
  return fileId
}

/** Runs in the transaction that names the file. */
export async function keepFile(tx: Db, { clock }: Pick<FileDeps, 'clock'>, tenantId: number | null, fileId: number): Promise<void> {
  if (!(await q.moveState(tx, tenantId, fileId, 'pending', 'stored', clock.nowMs())))
    throw new Error('the file was swept before it was named')
}

/** Runs in the transaction that no longer names the file. */
export async function dropFile(tx: Db, { clock }: Pick<FileDeps, 'clock'>, tenantId: number | null, fileId: number | null): Promise<void> {
  if (fileId !== null) await q.moveState(tx, tenantId, fileId, 'stored', 'removed', clock.nowMs())
}

const abandonedMs = 3_600_000
const batch = 100
/** A store that does not answer is not asked for each of a thousand files. */
const mostFailures = 5

/** Takes removed and abandoned files out of the store. Several workers may do so at once. A file that the store does not let go keeps no other;
 *  the first such failure is thrown at the end. */
export async function sweepFiles(db: Db, { clock, files }: FileDeps): Promise<{ readonly deleted: number }> {
  const nowMs = clock.nowMs()
  await q.removeAbandoned(db, nowMs - abandonedMs, nowMs)
  const failures: unknown[] = []
  let deleted = 0
  let lastId = 0
  for (;;) {
    const removed = await q.listRemoved(db, lastId, batch)
    for (const { fileId, key } of removed) {
      lastId = fileId
      try {
        await files.remove(key)
      } catch (error) {
        if (failures.push(error) >= mostFailures) throw failures[0]
        continue
      }
      await q.deleteFileRow(db, fileId)
      deleted += 1
    }
    if (removed.length < batch) break
  }
  if (failures.length > 0) throw failures[0]
  return { deleted }
}

/** Lets go of stored files of a kind whose owner is gone. `namedOf` answers which of these ids some row names. */
export async function dropUnnamed(
  db: Db,
  deps: Pick<FileDeps, 'clock'>,
  kind: string,
  namedOf: (fileIds: readonly number[]) => Promise<ReadonlySet<number>>,
): Promise<number> {
  let dropped = 0
  let lastId = 0
  for (;;) {
    const stored = await q.listStored(db, kind, lastId, batch)
    const named = await namedOf(stored.map(({ fileId }) => fileId))
    for (const { fileId, tenantId } of stored) {
      lastId = fileId
      if (named.has(fileId)) continue
      await dropFile(db, deps, tenantId, fileId)
      dropped += 1
    }
    if (stored.length < batch) return dropped
  }
}
