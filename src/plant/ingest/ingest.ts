/** The one way in for detections that do not come by a camera's own SQL: checked, sorted by line, written once, acknowledged when committed. */
import type { Db } from '../../platform/db/database.ts'
import { QueryTimeoutError } from '../../platform/db/index.ts'
import { Problem } from '../../platform/http/problem.ts'
import type { Log } from '../../platform/log/index.ts'
import { type Clock, zoneOf } from '../../platform/time/index.ts'
import type { OpenPlant, Plants } from '../model/index.ts'
import { createActivityLog } from './activity.ts'
import { type Batch, type Ingest, type IngestReport, maxBatchRows, type RawRow, type Refusal } from './contract.ts'
import { durabilityOf } from './durability.ts'
import { createNews } from './news.ts'
import { type BatchKey, batchKeyOf, type KeptRefusal, type Part, type PartOutcome, refusedAs } from './part.ts'
import { problem } from './problems.ts'
import { refusal } from './refusals.ts'
import { isPerhapsStale, type Sorted, sortRows } from './rows.ts'
import { writeGroup } from './write-group.ts'
import { createWriter } from './writer.ts'

export type IngestDeps = {
  readonly db: Db
  readonly plants: Pick<Plants, 'withPlant' | 'refresh'>
  readonly clock: Clock
  readonly log: Pick<Log, 'warn'>
  /** A process that died in the middle of a batch answers no more: after this long the batch is looked for. No write begins its commit later than half of it. */
  readonly abandonedMs?: number
  readonly mostWaiting?: number
}

/** A plant is read again for a row it does not know, but not for every one. */
const refreshEveryMs = 60_000

export function createIngest({ db, plants, clock, log, abandonedMs = 60_000, mostWaiting }: IngestDeps): Ingest {
  const activity = createActivityLog({ db, clock, log })
  const news = createNews()
  const refreshes = new Map<number, { readonly startedAtMs: number; readonly isDone: boolean; readonly done: Promise<unknown> }>()
  const writer = createWriter<OpenPlant>({
    ...(mostWaiting !== undefined && { mostWaiting, mostWaitingOfTenant: mostWaiting, mostWaitingOfLine: mostWaiting }),
    write: (plant, parts) => {
      const { tenantId } = plant.db
      const onUnsettled = (error: unknown) => log.warn({ tenantId, err: error }, 'a written batch could not be noted as written')
      return writeGroup({ platform: { ...db, tenantId }, plant, clock, abandonedMs, onUnsettled }, parts)
    },
  })

  const sorted = ({ model }: OpenPlant, rows: readonly RawRow[]): Sorted =>
    sortRows(model, zoneOf(model.settings.timeZone), rows, Math.floor(clock.nowMs() / 1000))

  /** Something was perhaps added to the plant since it was read: it is read again, at most once a minute, and everybody waits for that. */
  const refreshed = (tenantId: number): Promise<unknown> => {
    const last = refreshes.get(tenantId)
    if (last && clock.nowMs() - last.startedAtMs < refreshEveryMs) return last.done
    const started = { startedAtMs: clock.nowMs(), isDone: false }
    const done = plants
      .refresh(tenantId)
      .catch((error: unknown) => log.warn({ tenantId, err: error }, 'plant not read again for an unknown row'))
      .finally(() => {
        started.isDone = true
      })
    refreshes.set(tenantId, Object.assign(started, { done }))
    return done
  }
  /** Until the next refresh may begin there is nothing to learn. */
  const isJustRead = (tenantId: number): boolean => {
    const last = refreshes.get(tenantId)
    return last?.isDone === true && clock.nowMs() - last.startedAtMs < refreshEveryMs
  }

  const write = async (
    plant: OpenPlant,
    { lines, refused }: Sorted,
    key: BatchKey | null,
    rows: readonly RawRow[],
  ): Promise<IngestReport> => {
    const { tenantId } = plant.db
    const full = lines.filter((line) => line.rows.length > 0)
    const parts = full.map((line): Part => ({ ...line, key }))
    const outcomes = writer.add(tenantId, plant, parts)
    if (outcomes === null) throw problem('ingest_busy', { parameters: { seconds: 2 }, headers: { 'retry-after': '2' } })
    const settled = outcomes.map((outcome) => outcome.catch((error: unknown): PartOutcome => ({ kind: 'failed', error })))
    const written = outcomesOf(parts, await Promise.all(settled), key)
    const kept = [
      ...lines.filter((line) => line.rows.length === 0).flatMap((line) => line.refused),
      ...written.flatMap((one) => one.refused),
    ]
    const isRepeated = written.length > 0 && written.every(({ kind }) => kind === 'repeated')
    const accepted = written.reduce((sum, one) => sum + one.accepted, 0)
    if (accepted === 0 && kept.length > 0 && kept.every(({ code }) => code === 'no_write_right')) throw problem('ingest_not_writable')
    const changed = parts.filter((_, at) => written[at]?.kind === 'written' && (written[at]?.accepted ?? 0) > 0)
    news.tell(
      tenantId,
      changed.map(({ line }) => line.lineId),
    )
    return { accepted, refused: toldRefusals(refused, kept, rows), isRepeated, isSynced: (await durabilityOf(plant.db)).isSynced }
  }

  const accept = async (tenantId: number, { batchKey, rows, source }: Batch): Promise<IngestReport> => {
    if (rows.length < 1 || rows.length > maxBatchRows) throw problem('batch_size_invalid', { parameters: { maximum: maxBatchRows } })
    if (batchKey !== null && !/^[\x21-\x7e]{1,128}$/.test(batchKey)) throw problem('idempotency_key_invalid')
    const key = batchKey === null ? null : batchKeyOf(tenantId, source, batchKey, rows)
    const attempt = (mayRefresh: boolean): Promise<IngestReport | null> =>
      plants.withPlant(tenantId, async (plant) => {
        if (plant.db.engine === 'sqlite' && plant.writableFile === null) throw problem('ingest_not_writable')
        const byLine = sorted(plant, rows)
        const isStale = byLine.refused.some(isPerhapsStale) || byLine.lines.some(({ refused }) => refused.some(isPerhapsStale))
        return isStale && mayRefresh ? null : write(plant, byLine, key, rows)
      })
    const first = await attempt(!isJustRead(tenantId))
    if (first) return first
    await refreshed(tenantId)
    return (await attempt(false)) as IngestReport
  }

  return {
    async accept(tenantId, batch) {
      try {
        const report = await accept(tenantId, batch)
        activity.record(tenantId, batch, report)
        return report
      } catch (error) {
        if (error instanceof Problem && error.code !== 'plant_not_attached')
          activity.record(tenantId, batch, { fault: { es: error.detail('es'), en: error.detail('en') }, rows: batch.rows.length })
        throw error
      }
    },
    waitingRows: writer.waitingRows,
    onWritten: news.listen,
    async close() {
      await writer.drain()
      await activity.drain()
    },
  }
}

type Written = Extract<PartOutcome, { kind: 'written' | 'repeated' }>

/** Under a key a failed part fails the batch: sent again, only what is missing is written. Without one, the sender must know which rows are there. */
function outcomesOf(parts: readonly Part[], outcomes: readonly PartOutcome[], key: BatchKey | null): Written[] {
  const failed = outcomes.find(({ kind }) => kind === 'failed')
  if (failed?.kind === 'failed' && (key !== null || outcomes.every(({ kind }) => kind === 'failed'))) throw toldAs(failed.error)
  return outcomes.map((outcome, at) => {
    const part = parts[at] as Part
    switch (outcome.kind) {
      case 'failed':
        return { kind: 'written', accepted: 0, refused: [...part.refused, ...refusedAs(part.rows, 'not_confirmed')] }
      case 'reused':
        throw problem('idempotency_key_reused')
      case 'running':
        throw problem('request_running', { headers: { 'retry-after': '2' } })
      default:
        return outcome
    }
  })
}

/** A write that waits too long for its table says nothing of the plant: whoever reads it goes on. */
function toldAs(error: unknown): unknown {
  const isSlow = error instanceof QueryTimeoutError || (error as { readonly reason?: unknown } | null)?.reason === 'busy'
  return isSlow ? problem('ingest_held_up', { cause: error, parameters: { seconds: 5 }, headers: { 'retry-after': '5' } }) : error
}

const toldRefusals = (refused: readonly Refusal[], kept: readonly KeptRefusal[], rows: readonly RawRow[]): Refusal[] =>
  [...refused, ...kept.map(({ index, code, field }) => refusal(index, code, field, rows[index]))].sort(
    (one, other) => one.index - other.index,
  )
