/** Rules between records, asked of the plant as the edits would leave it. Pure. */
import type { Text } from '../../platform/i18n/i18n.ts'
import { type Entity, findShiftOverlaps, type PlantSettings, timeOfDayS } from '../model/index.ts'
import { lineTableNames } from '../source/index.ts'
import { definitions } from './definitions.ts'
import type { Fault } from './fields.ts'
import { mostRecords } from './limits.ts'
import type { Operation } from './operations.ts'
import { problem } from './problems.ts'
import { type Stored, shiftOf } from './state.ts'
import { type GivenValues, isSame, type Values } from './values.ts'

export type Draft = Readonly<Record<Entity, Map<number, Stored>>>
export type Touched = { readonly index: number; readonly entity: Entity; readonly id: number; readonly before: Values | null }

const nightOf = (values: Values): Values[string] => [values.start_time ?? null, values.end_time ?? null, values.is_overnight ?? null]

/** Ends before it begins: on the next day. Ends when it begins: 24 h, only when that is said. A customer's own times and flag stay while nobody
 *  changes them, whatever they come to. */
export function withNight(before: Values | null, values: Values, given: GivenValues, refused: (fault: Fault) => void): Values {
  if (before !== null && isSame(nightOf(before), nightOf(values))) return values
  const [startS, endS] = [timeOfDayS(values.start_time), timeOfDayS(values.end_time)]
  if (startS === null || endS === null || endS < startS) return { ...values, is_overnight: endS !== null && startS !== null }
  if (endS === startS) {
    if (values.is_overnight !== true)
      refused({
        rule: 'zero_length',
        message: {
          es: 'El turno no dura nada: si dura 24 horas, marque que termina al día siguiente',
          en: 'The shift has no length: if it lasts 24 hours, say that it ends on the next day',
        },
      })
    return values
  }
  if (given.is_overnight === true)
    refused({
      rule: 'overnight',
      message: {
        es: 'Termina más tarde de lo que empieza: si terminara al día siguiente duraría más de 24 horas',
        en: 'It ends later than it begins: ending on the next day it would last more than 24 hours',
      },
    })
  return { ...values, is_overnight: false }
}

export const hasChildren = (draft: Draft, entity: Entity, id: number): boolean =>
  (entity === 'line' && draft.area.values().some(({ values }) => values.line_id === id)) ||
  (entity === 'failure' && draft.incident.values().some(({ values }) => values.failure_id === id))

/** A new line's tables are named after its code: those of another line, under an earlier code perhaps, are not given away. */
export function tableOwner(values: Values, isOfAnother: (table: string) => boolean): Fault | null {
  const code = String(values.line_code ?? '')
  if (!/[a-z0-9]/i.test(code)) return null
  const { detectionTable, downtimeTable } = lineTableNames(code)
  const name = [detectionTable, downtimeTable].find(isOfAnother)
  return name === undefined
    ? null
    : {
        rule: 'table_taken',
        message: {
          es: 'La tabla "{table}" que le correspondería ya es de otra línea: elija otro código',
          en: 'Table "{table}" that it would get belongs to another line: choose another code',
        },
        parameters: { table: name },
      }
}

const codeOf = (entity: Entity, values: Values): string | null => {
  const parts = definitions[entity].codes.map((name) => String(values[name] ?? '').toLowerCase())
  return parts.length === 0 || parts.includes('') ? null : parts.join('\u0000')
}

/** Codes that an edit gave and that another record has. A customer's own doubles stay as they are. Each kind is counted once: a file brings thousands. */
export function* codeFaults(draft: Draft, touched: readonly Touched[]) {
  const counted = new Map<Entity, ReadonlyMap<string, number>>()
  for (const { index, entity, id, before } of touched) {
    const now = draft[entity].get(id)
    const code = now ? codeOf(entity, now.values) : null
    if (!now || code === null || (before !== null && codeOf(entity, before) === code)) continue
    const holders = counted.get(entity) ?? holdersOf(draft, entity)
    counted.set(entity, holders)
    if ((holders.get(code) ?? 0) < 2) continue
    const name = definitions[entity].codes.at(-1) ?? ''
    yield { index, name, fault: { rule: 'code_taken', message: { es: 'Ya existe otro con este código', en: 'Another one has this code' } } }
  }
}

/** How many records have each code. */
function holdersOf(draft: Draft, entity: Entity): ReadonlyMap<string, number> {
  const holders = new Map<string, number>()
  for (const { values } of draft[entity].values()) {
    const code = codeOf(entity, values)
    if (code !== null) holders.set(code, (holders.get(code) ?? 0) + 1)
  }
  return holders
}

const scheduleOf = (values: Values | null): Values[string] =>
  values === null
    ? null
    : [values.is_active ?? null, values.days ?? null, values.start_time ?? null, values.end_time ?? null, values.is_overnight ?? null]

/** As many are told of each kind: who made more by mistake made one. */
const toldOverlaps = 20

/** Overlaps that an edit makes: refused when a line works both shifts, told when none does. */
export function shiftFaults(draft: Draft, touched: readonly Touched[], settings: Pick<PlantSettings, 'shiftIdsByLine'>) {
  const faults: { readonly index: number; readonly fault: Fault }[] = []
  const warnings: Text[] = []
  const indexOf = new Map(
    touched
      .filter(
        ({ entity, id, before }) => entity === 'shift' && !isSame(scheduleOf(before), scheduleOf(draft.shift.get(id)?.values ?? null)),
      )
      .map(({ id, index }) => [id, index]),
  )
  if (indexOf.size === 0) return { faults, warnings }
  const shifts = [...draft.shift.values()].flatMap(({ id, values }) => shiftOf(id, values) ?? [])
  const lines = [...draft.line.values()].map(({ id, values }) => ({ lineId: id, isActive: values.is_active === true }))
  for (const { first, second, lineIds } of findShiftOverlaps(shifts, lines, settings.shiftIdsByLine)) {
    const index = indexOf.get(first.shiftId) ?? indexOf.get(second.shiftId)
    if (index === undefined) continue
    const [own, other] = indexOf.has(first.shiftId) ? [first, second] : [second, first]
    if (lineIds.length > 0) {
      const names = lineIds.map((id) => String(draft.line.get(id)?.values.line_name)).join(', ')
      faults.push({
        index,
        fault: {
          rule: 'shift_overlap',
          message: {
            es: 'Se superpone con el turno "{shift}", y hay líneas que trabajan los dos: {lines}',
            en: 'It overlaps shift "{shift}", and there are lines that work both: {lines}',
          },
          parameters: { shift: other.shiftName, lines: names },
        },
      })
      if (faults.length === toldOverlaps) break
    } else if (warnings.length < toldOverlaps)
      warnings.push({
        es: `Los turnos "${own.shiftName}" y "${other.shiftName}" se superponen; ninguna línea trabaja los dos`,
        en: `Shifts "${own.shiftName}" and "${other.shiftName}" overlap; no line works both`,
      })
  }
  return { faults, warnings }
}

/** Throws 409 `record_limit` when the list adds to a kind of which there are too many then. */
export function demandRoom(draft: Draft, operations: readonly Pick<Operation, 'entity' | 'outcome'>[]): void {
  for (const entity of new Set(operations.filter(({ outcome }) => outcome === 'added').map((added) => added.entity)))
    if (draft[entity].size > mostRecords[entity]) throw problem('record_limit', { parameters: { maximum: mostRecords[entity] } })
}

export function demandRoomForLines(draft: Draft, touched: readonly Touched[], maximum: number | null): void {
  if (maximum === null) return
  const isActive = ({ entity, id, before }: Touched): boolean =>
    entity === 'line' && before?.is_active !== true && draft.line.get(id)?.values.is_active === true
  if (!touched.some(isActive)) return
  const active = [...draft.line.values()].filter(({ values }) => values.is_active === true).length
  if (active > maximum) throw problem('line_limit', { parameters: { maximum } })
}
