/** The last messages, for the page. A refusal is on disk before it counts as told; what was good is written in bundles, so that showing it costs nothing. */
import type { TenantDb } from '../../platform/db/database.ts'
import type { Clock } from '../../platform/time/index.ts'
import { addCounts, insertMessages, type Noted, pruneMessages } from './queries.ts'

export type Notes = {
  readonly refused: (message: Noted) => Promise<void>
  readonly good: (message: Noted) => void
  readonly end: () => Promise<void>
}

const flushMs = 1_000
const mostShown = 20
/** Refused ones between two prunings. */
const pruneEvery = 100

type Log = { readonly warn: (fields: object, message: string) => void }

export function createNotes(db: TenantDb, clock: Clock, log: Log): Notes {
  let shown: Noted[] = []
  let [received, acceptedRows, refusedSince] = [0, 0, 0]
  let timer: NodeJS.Timeout | null = null
  let writing: Promise<void> = Promise.resolve()

  async function write(): Promise<void> {
    const [messages, counts] = [shown, { received, acceptedRows, refused: 0 }]
    shown = []
    received = 0
    acceptedRows = 0
    try {
      await insertMessages(db, messages, clock.nowMs())
      await addCounts(db, counts)
      await pruneMessages(db)
    } catch (error) {
      // they are for looking at: rows are safe, and so are refusals
      log.warn({ event: 'mqtt_notes_failed', tenantId: db.tenantId, err: error }, 'the last messages could not be noted')
    }
  }
  const flush = (): Promise<void> => {
    if (timer) clearTimeout(timer)
    timer = null
    writing = writing.then(write)
    return writing
  }

  return {
    async refused(message) {
      await insertMessages(db, [message], clock.nowMs())
      await addCounts(db, { received: 1, acceptedRows: message.accepted, refused: 1 })
      refusedSince += 1
      if (refusedSince % pruneEvery === 0) await pruneMessages(db)
    },
    good(message) {
      received += 1
      acceptedRows += message.accepted
      shown = [...shown.slice(1 - mostShown), message]
      timer ??= setTimeout(() => void flush(), flushMs)
    },
    async end() {
      if (received > 0) await flush()
      await writing
    },
  }
}
