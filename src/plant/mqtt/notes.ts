/** The last messages, for the page. A refusal is on disk before it counts as told; what was good is written in bundles, so that showing it costs nothing. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { TenantDb } from '../../platform/db/database.ts'
import { transaction } from '../../platform/db/index.ts'
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
/** Between two bundles of refused ones. */
const bundleMs = 100

type Log = { readonly warn: (fields: object, message: string) => void }

type Waiting = { readonly message: Noted; readonly noted: PromiseWithResolvers<void> }

export function createNotes(db: TenantDb, clock: Clock, log: Log): Notes {
  let shown: Noted[] = []
  let [received, acceptedRows, refusedSince] = [0, 0, 0]
  let timer: NodeJS.Timeout | null = null
  let writing: Promise<void> = Promise.resolve()
  let waiting: Waiting[] = []
  let refusing: Promise<void> | null = null

  async function write(): Promise<void> {
    const [messages, counts] = [shown, { received, acceptedRows, refused: 0 }]
    shown = []
    received = 0
    acceptedRows = 0
    try {
      await keep(messages, counts)
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

  /** Shown and counted, or neither. */
  const keep = (messages: readonly Noted[], counts: Parameters<typeof addCounts>[1]): Promise<void> =>
    transaction(db, async (tx) => {
      await insertMessages(tx, messages, clock.nowMs())
      await addCounts(tx, counts)
    })

  /** All that came meanwhile, in one transaction; of very many only the last are shown. */
  async function writeRefused(): Promise<void> {
    while (waiting.length > 0) {
      const bundle = waiting
      waiting = []
      const messages = bundle.map(({ message }) => message)
      const accepted = messages.reduce((sum, message) => sum + message.accepted, 0)
      try {
        await keep(messages.slice(-mostShown), { received: messages.length, acceptedRows: accepted, refused: messages.length })
        for (const { noted } of bundle) noted.resolve()
        refusedSince += messages.length
        if (refusedSince >= pruneEvery) {
          refusedSince = 0
          await pruneMessages(db).catch(() => {})
        }
      } catch (error) {
        for (const { noted } of bundle) noted.reject(error)
      }
      await sleep(bundleMs)
    }
    refusing = null
  }

  return {
    refused(message) {
      const noted = Promise.withResolvers<void>()
      waiting.push({ message, noted })
      refusing ??= writeRefused()
      return noted.promise
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
      await refusing
    },
  }
}
