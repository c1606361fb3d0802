/** What a stop may say, and how two of its states are told apart. Pure. */
import { createHash } from 'node:crypto'
import type { ProblemField } from '../../platform/http/problem.ts'
import type { Span } from '../../platform/time/index.ts'
import type { Stop, StoredEvent } from '../downtime/index.ts'
import type { PlantModel } from '../model/index.ts'
import { problem } from './problems.ts'
import type { Reason } from './stored-stop.ts'

/** Spec plant 7.4. */
const longestStopS = 7 * 86_400
const longestText = 500

type Versioned = Pick<StoredEvent, 'eventId' | 'startLocalS' | 'endLocalS' | 'reasonCode' | 'reasonText' | 'isManual'>

/** Of what the row says, so that an edit in the customer's own database is another version too. */
export const versionOfEvent = ({ eventId, startLocalS, endLocalS, reasonCode, reasonText, isManual }: Versioned): string =>
  createHash('sha256')
    .update(JSON.stringify([eventId, startLocalS, endLocalS, reasonCode, reasonText, isManual]))
    .digest('base64url')
    .slice(0, 16)

/** Of a stop of the facts; null when it is not stored. Goes back with the edit. */
export const versionOf = ({ eventId, source, recorded }: Pick<Stop, 'eventId' | 'source' | 'recorded'>): string | null =>
  eventId === null || recorded === null ? null : versionOfEvent({ ...recorded, eventId, isManual: source === 'manual' })

const field = (path: string, rule: string, es: string, en: string): ProblemField => ({ path, rule, message: { es, en } })
const refuse = (fields: readonly ProblemField[]): void => {
  if (fields.length > 0) throw problem('invalid_stop', { fields })
}

/** Text trimmed. Throws `invalid_stop`. `mayBeEmpty`: neither code nor text, which takes an explanation back. */
export function checkedReason(model: PlantModel, { code, text }: Reason, mayBeEmpty = false): Reason {
  const trimmed = text?.trim() ?? null
  const length = [...(trimmed ?? '')].length
  const fields: ProblemField[] = []
  if (trimmed === '')
    fields.push(field('reason', 'minLength', 'Escriba el motivo, o deje el texto fuera', 'Write the reason, or leave the text out'))
  if (length > longestText) fields.push(field('reason', 'maxLength', 'Hasta 500 caracteres', 'At most 500 characters'))
  if (code !== null && !isReasonCode(model, code))
    fields.push(field('reason_code', 'unknown', 'La empresa no tiene ese motivo', 'The company has no such reason'))
  if (code === null && trimmed === null && !mayBeEmpty)
    fields.push(field('reason_code', 'required', 'Elija un motivo o escríbalo', 'Choose a reason or write one'))
  refuse(fields)
  return { code, text: trimmed }
}

/** Known where the company's codes point to, or named by it as a planned stop. */
const isReasonCode = ({ settings, incidents, failures }: PlantModel, code: number): boolean =>
  (settings.reasonTarget === 'incident' ? incidents.has(code) : failures.has(code)) || settings.plannedStopCodes.has(code)

/** Throws `invalid_stop`. */
export function checkedSpan(span: Span, nowS: number): Span {
  const fields: ProblemField[] = []
  if (span.fromS >= span.toS)
    fields.push(field('end_time', 'order', 'El fin debe ser posterior al inicio', 'The end must be after the start'))
  if (span.fromS < 0) fields.push(field('start_time', 'minimum', 'Fecha demasiado antigua', 'The date is too old'))
  if (span.toS > nowS) fields.push(field('end_time', 'future', 'No puede terminar en el futuro', 'It cannot end in the future'))
  if (span.toS - span.fromS > longestStopS)
    fields.push(field('end_time', 'maxDuration', 'Una parada dura hasta 7 días', 'A stop lasts at most 7 days'))
  refuse(fields)
  return span
}

/** Throws `invalid_stop` when the instant is not strictly inside. */
export function checkedSplit({ fromS, toS }: Span, atS: number): void {
  if (atS <= fromS || atS >= toS)
    refuse([field('at', 'inside', 'El corte debe estar dentro de la parada', 'The cut must lie inside the stop')])
}

/** From the first to the last. Throws `invalid_stop` when they are less than two, or farther apart than `nearS`. */
export function mergedSpan(spans: readonly Span[], nearS: number): Span {
  const sorted = [...spans].sort((a, b) => a.fromS - b.fromS)
  if (sorted.length < 2) refuse([field('stops', 'minItems', 'Elija al menos dos paradas', 'Choose at least two stops')])
  let toS = sorted[0]?.toS ?? 0
  for (const span of sorted.slice(1)) {
    if (span.fromS - toS > nearS)
      refuse([field('stops', 'adjacent', 'Las paradas deben seguirse una a otra', 'The stops must follow each other')])
    toS = Math.max(toS, span.toS)
  }
  return { fromS: sorted[0]?.fromS ?? 0, toS }
}

/** The reason of all of them, or the one that is given. Throws `invalid_stop` when theirs differ and none is given. */
export function mergedReason(reasons: readonly Reason[], given: Reason | null): Reason {
  if (given) return given
  const distinct = new Map(
    reasons.filter(({ code, text }) => code !== null || text !== null).map((one) => [JSON.stringify([one.code, one.text]), one]),
  )
  if (distinct.size > 1)
    refuse([
      field('reason_code', 'required', 'Las paradas tienen motivos distintos: elija uno', 'The stops have different reasons: choose one'),
    ])
  return [...distinct.values()][0] ?? { code: null, text: null }
}
