/** What is done with one message: read, written, noted. It may be acknowledged when this resolves true: its rows are on disk, or its refusal is noted. */
import type { TenantDb } from '../../platform/db/database.ts'
import { isDatabaseUnavailable } from '../../platform/db/index.ts'
import { Problem } from '../../platform/http/problem.ts'
import type { Text } from '../../platform/i18n/i18n.ts'
import type { Clock } from '../../platform/time/index.ts'
import type { Ingest } from '../ingest/index.ts'
import { type ReadMessage, readMessage } from './message.ts'
import type { Noted, Outcome } from './queries.ts'
import { acceptAgain, isOfPlant, isPerhapsStale, isUntried, type Refusal } from './rest.ts'
import type { TopicRule } from './rule.ts'

export type Arrived = { readonly topic: string; readonly payload: Uint8Array }

export type TakeDeps = {
  readonly db: TenantDb
  readonly ingest: Pick<Ingest, 'accept'>
  readonly clock: Clock
  readonly log: { readonly error: (fields: object, message: string) => void }
  readonly rules: readonly TopicRule[]
  /** Of the broker, for who reads where rows came from. */
  readonly sender: string
  /** Resolves when the refusal is on disk. */
  readonly noteRefused: (message: Noted) => Promise<void>
  readonly noteGood: (message: Noted) => void
  /** Told while the message waits for something that is not its fault; null = no more. */
  readonly blocked: (why: Text | null) => void
  /** How long to wait until these may pass, since the plant is read anew then (`patience.ts`); 0 = they will not. */
  readonly waitForPlant: (refused: readonly Refusal[], nowMs: number) => number
  /** False when the process is about to end, or the connection broke meanwhile. */
  readonly pause: (ms: number) => Promise<boolean>
}

/** 1, 2, 4… 30 s. */
const retryMs = (attempt: number): number => Math.min(30_000, 1_000 * 2 ** Math.min(attempt, 5))
/** Something that we did not foresee is tried this often before the message is given up, so that it does not hold up the others for ever. */
const mostSurprises = 5
const longest = { topic: 300, key: 200, payload: 4_000, details: 20 } as const

export async function takeMessage(deps: TakeDeps, { topic, payload }: Arrived): Promise<boolean> {
  const read = readMessage(deps.rules, topic, payload)
  const base = {
    receivedAtMs: deps.clock.nowMs(),
    topic: cut(topic, longest.topic),
    key: cut(read.key, longest.key),
    payload: cut(Buffer.from(payload.subarray(0, 4 * longest.payload)).toString('utf8'), longest.payload),
  }
  const refuse = (detail: readonly Text[]) => keepTrying(deps, () => deps.noteRefused({ ...base, outcome: 'refused', accepted: 0, detail }))
  if (read.kind === 'refused') return refuse([read.detail])
  if (read.rows.length === 0) {
    deps.noteGood({ ...base, outcome: 'accepted', accepted: 0, detail: [] })
    return true
  }
  const written = await write(deps, read)
  if (written === null) return false
  if ('fault' in written) return refuse([written.fault])
  const { accepted, refused, isRepeated } = written
  const outcome: Outcome = refused.length === 0 ? (isRepeated ? 'repeated' : 'accepted') : accepted === 0 ? 'refused' : 'partly'
  const noted: Noted = {
    ...base,
    outcome,
    accepted: isRepeated ? 0 : accepted,
    detail: refused.slice(0, longest.details).map(({ detail }) => detail),
  }
  // what was told the first time is not told again
  if (refused.length > 0 && !isRepeated) return keepTrying(deps, () => deps.noteRefused(noted))
  deps.noteGood(isRepeated ? { ...noted, outcome: 'repeated' } : noted)
  return true
}

type Written = Awaited<ReturnType<Ingest['accept']>> | { readonly fault: Text }

/** Null: neither written nor refused, and not to be acknowledged. */
async function write(deps: TakeDeps, { batchKey, rows }: Extract<ReadMessage, { kind: 'rows' }>): Promise<Written | null> {
  const { ingest, db } = deps
  const batch = { batchKey, rows, source: 'mqtt', sender: deps.sender } as const
  let [surprises, isRepeated, hasWaited] = [0, false, false]
  for (let attempt = 0; ; attempt += 1) {
    let pauseMs = retryMs(attempt)
    try {
      const report = await (attempt === 0 ? ingest.accept(db.tenantId, batch) : acceptAgain(ingest, db.tenantId, batch))
      // what an attempt of our own wrote is no repetition
      if (attempt === 0) isRepeated = report.isRepeated
      const ofPlant = report.refused.find(isOfPlant)
      const staleMs = deps.waitForPlant(report.refused.filter(isPerhapsStale), deps.clock.nowMs())
      const mayPass = staleMs > 0 && !hasWaited
      deps.blocked(ofPlant?.detail ?? null)
      if (!ofPlant && !mayPass && !report.refused.some(isUntried)) return { ...report, isRepeated }
      if (!ofPlant && mayPass) {
        hasWaited = true
        pauseMs = staleMs
      }
    } catch (error) {
      if (error instanceof Problem && isOfMessage(error)) {
        deps.blocked(null)
        return { fault: textOf(error) }
      }
      const isForeseen = error instanceof Problem || isDatabaseUnavailable(error)
      if (!isForeseen) {
        surprises += 1
        deps.log.error({ event: 'mqtt_message_failed', tenantId: db.tenantId, err: error }, 'a message could not be taken')
        if (surprises >= mostSurprises) {
          deps.blocked(null)
          return { fault: surprise }
        }
      }
      // a busy writer is no news: the message waits a little
      if (!(error instanceof Problem && passing.has(error.code)))
        deps.blocked(error instanceof Problem ? textOf(error) : isForeseen ? databaseAway : surprise)
    }
    if (!(await deps.pause(pauseMs))) return null
  }
}

const textOf = (error: Problem): Text => ({ es: error.detail('es'), en: error.detail('en') })

/** Andon's own or the plant's. */
export const databaseAway: Text = { es: 'La base de datos no responde; se reintenta', en: 'The database does not answer; trying again' }
const surprise: Text = {
  es: 'Error interno al guardar; se anotó en el registro del servidor',
  en: 'Internal error while keeping it; it is in the log of the server',
}

/** What passes by itself. */
const passing: ReadonlySet<string> = new Set(['ingest_busy', 'request_running'])
/** The plant's matter, not the message's: it waits until somebody sets that right. */
const problemsOfPlant: ReadonlySet<string> = new Set(['plant_unavailable', 'plant_not_attached', 'ingest_not_writable', ...passing])
const isOfMessage = ({ status, code }: Problem): boolean => status < 500 && !problemsOfPlant.has(code)

/** Until it is done; false when the process is about to end before. */
async function keepTrying(deps: TakeDeps, work: () => Promise<void>): Promise<boolean> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await work()
      return true
    } catch (error) {
      deps.log.error({ event: 'mqtt_note_failed', tenantId: deps.db.tenantId, err: error }, 'a refused message could not be noted')
      if (!(await deps.pause(retryMs(attempt)))) return false
    }
  }
}

/** Whole characters; no zero, which PostgreSQL refuses in text. */
const cut = (text: string, most: number): string =>
  [...text.replaceAll('\u0000', '\ufffd').slice(0, 2 * most)].slice(0, most).join('').toWellFormed()
