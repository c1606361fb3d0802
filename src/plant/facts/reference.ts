/** The reference stream around a range, as far out as its stops can reach: they do not depend on the range (compare.md C4). */
import { hourS, type Span } from '../../platform/time/index.ts'
import { type Detections, firstFrom, indexAt, lastBefore, type ReadContext, readDetections } from '../detections/index.ts'
import type { ReferenceRows } from '../downtime/index.ts'
import type { DetectionTable } from '../model/model.ts'
import type { LineRules } from './line-rules.ts'

export type ReferenceInput = {
  readonly context: ReadContext
  readonly table: DetectionTable
  readonly rules: LineRules
  /** The reference stream as read already, and over what span. */
  readonly known: Float64Array
  readonly read: Span
  /** Stops that touch this are wanted. */
  readonly range: Span
  /** Connected pieces of planned time that touch the range: nothing beyond their ends matters. */
  readonly pieces: readonly Span[]
}

/** Rows around the range to read at first: nearly always enough to see where a stop at its edge begins or ends. */
export const marginS = (thresholdS: number): number => Math.max(hourS, 2 * thresholdS)

export async function referenceRows(input: ReferenceInput): Promise<ReferenceRows> {
  const { context, known, range, pieces } = input
  const firstPiece = pieces.find((piece) => piece.fromS <= range.fromS && range.fromS < piece.toS)
  const before = await lookBack(input, firstPiece?.fromS ?? range.fromS)
  const endS = Math.min(range.toS, context.nowS)
  const lastPiece = pieces.find((piece) => piece.fromS < endS && endS <= piece.toS)
  const near = known.length > 0 ? known.subarray(Math.max(0, indexAt(known, endS) - 1)) : before.epochS.slice(-1)
  const after = await lookAhead(input, near, lastPiece?.toS ?? endS)
  return { epochS: joined([before.epochS, known, after.epochS]), startsAtEdge: before.isEdge, endsAtEdge: after.isEdge }
}

/** One after the other. */
export function joined(parts: readonly ArrayLike<number>[]): Float64Array {
  const all = new Float64Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** Instants of the rows that count as pieces of the line. */
export function referenceOf(rows: Detections, { referenceAreas }: LineRules): Float64Array {
  if (!referenceAreas) return rows.epochS
  const epochS = new Float64Array(rows.length)
  let count = 0
  for (let i = 0; i < rows.length; i++) if (referenceAreas.has(rows.areaId[i] as number)) epochS[count++] = rows.epochS[i] as number
  return epochS.subarray(0, count)
}

type Extension = { readonly epochS: number[]; readonly isEdge: boolean }

/** Back until a gap that is no stop, the start of the planned piece (`boundS`), or the first row ever. Each step crosses one silence and reads a
 *  growing block. When the bound is inside a silence that is already a stop, where that began does not matter: it is taken to begin where reading did. */
async function lookBack({ context, table, rules, range, known, read }: ReferenceInput, boundS: number): Promise<Extension> {
  let found: number[] = []
  let blockS = marginS(rules.thresholdS)
  let fromS = read.fromS
  const isSettled = (epochS: readonly number[]): boolean => {
    const first = epochS[0]
    if (first === undefined || first >= range.fromS) return false
    if (first <= boundS) return true
    for (let i = 1; i < epochS.length; i++) {
      if ((epochS[i] as number) - (epochS[i - 1] as number) <= rules.thresholdS) return true
      if ((epochS[i] as number) >= range.fromS) return false
    }
    return false
  }
  let inReach = [...known.subarray(0, indexAt(known, range.fromS) + 1)]
  while (!isSettled(inReach)) {
    const silentS = (inReach[0] ?? read.toS) - fromS
    if (fromS <= boundS && silentS > rules.thresholdS) return { epochS: [fromS, ...found], isEdge: false }
    const lastS = await lastBefore(context, table, rules.referenceAreas, fromS)
    if (lastS === null) return { epochS: found, isEdge: true }
    const { rows } = await readDetections(context, table, { fromS: lastS - blockS, toS: fromS })
    const block = [...referenceOf(rows, rules)]
    found = [...block, ...found]
    inReach = [...block, ...inReach]
    fromS = lastS - blockS
    blockS *= 4
  }
  return { epochS: found, isEdge: false }
}

/** Ahead until a gap that is no stop, the end of the planned piece (`boundS`), or now; the mirror of looking back. */
async function lookAhead(
  { context, table, rules, range, read }: ReferenceInput,
  near: ArrayLike<number>,
  boundS: number,
): Promise<Extension> {
  const { nowS } = context
  const endS = Math.min(range.toS, nowS)
  let found: number[] = []
  let blockS = marginS(rules.thresholdS)
  let toS = read.toS
  const isSettled = (epochS: readonly number[]): boolean => {
    const last = epochS.at(-1)
    if (last === undefined || last < endS) return false
    if (last >= boundS) return true
    for (let i = epochS.length - 1; i > 0 && (epochS[i] as number) > endS; i--) {
      if ((epochS[i] as number) - (epochS[i - 1] as number) <= rules.thresholdS) return true
    }
    return false
  }
  let inReach = Array.from(near)
  while (toS <= nowS && !isSettled(inReach)) {
    const silentS = toS - (inReach.at(-1) ?? read.fromS)
    if (toS >= boundS && silentS > rules.thresholdS) return { epochS: [...found, toS], isEdge: false }
    const nextS = await firstFrom(context, table, rules.referenceAreas, toS)
    if (nextS === null) return { epochS: found, isEdge: true }
    const { rows } = await readDetections(context, table, { fromS: toS, toS: nextS + blockS })
    const block = [...referenceOf(rows, rules)]
    found = [...found, ...block]
    inReach = [...inReach, ...block]
    toS = nextS + blockS
    blockS *= 4
  }
  return { epochS: found, isEdge: toS > nowS }
}
