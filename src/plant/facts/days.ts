/** A line's history as one request may see it: nothing after its now. */
import type { Span, Zone } from '../../platform/time/index.ts'
import type { Detections, ReadContext } from '../detections/index.ts'
import { type CoarseDay, type DaySummary, dayOfInstant, dayStartS, type FineDay, foldRows, type LineView } from '../history/index.ts'

export type Days = {
  readonly zone: Zone
  readonly nowS: number
  /** In order; the last one is today or before. */
  readonly days: readonly number[]
  /** Null unless the day is stored, whole and over: what was worked out from it stays true while its entry is the same. */
  readonly storedOf: (day: number) => ReturnType<LineView['storedOf']>
  /** Its rows are gone: the summary is all there is. */
  readonly isPurged: LineView['isPurged']
  readonly coarse: (days: readonly number[]) => Promise<readonly CoarseDay[]>
  readonly fine: (day: number) => Promise<FineDay | null>
  /** In order of instant. */
  readonly rows: (spans: readonly Span[]) => Promise<Detections>
  /** Rows after now: a camera whose clock is ahead. */
  readonly futureRows: number
}

/** Days after today are left out; today is cut at now by reading its rows, which is needed only when some of them are ahead of the clock. */
export async function daysUpToNow(context: ReadContext, view: LineView): Promise<Days> {
  const { nowS, zone } = context
  const today = dayOfInstant(zone, nowS)
  const later = view.days.filter((day) => day > today)
  const upToNow = later.length === 0 ? view.days : view.days.filter((day) => day <= today)
  const rows = async (spans: readonly Span[]): Promise<Detections> =>
    view.rows(
      context,
      spans.map(({ fromS, toS }) => ({ fromS, toS: Math.min(toS, nowS + 1) })),
    )
  const storedOf: Days['storedOf'] = (day) => (day < today ? view.storedOf(day) : null)
  const plain = { zone, nowS, days: upToNow, storedOf, isPurged: view.isPurged, coarse: view.coarse, fine: view.fine, rows, futureRows: 0 }
  const futureRows = later.length === 0 ? 0 : (await view.coarse(later)).reduce((sum, { rowCount }) => sum + rowCount, 0)
  const [last] = upToNow.at(-1) === today ? await view.coarse([today]) : []
  const startS = dayStartS(zone, today)
  if (!last || startS + Math.max(...last.pairLastS) <= nowS) return { ...plain, futureRows }

  const seen = await seenOf(view, nowS, async () => foldRows(await rows([{ fromS: startS, toS: nowS + 1 }]), zone).get(today))
  return {
    ...plain,
    days: seen ? upToNow : upToNow.slice(0, -1),
    coarse: async (wanted) => {
      const others = await view.coarse(wanted.filter((day) => day !== today))
      return seen && wanted.includes(today) ? [...others, seen.coarse] : others
    },
    fine: async (day) => (day === today ? (seen?.fine ?? null) : view.fine(day)),
    futureRows: futureRows + last.rowCount - (seen?.coarse.rowCount ?? 0),
  }
}

type Seen = { readonly nowS: number; readonly today: Promise<DaySummary | undefined> }
const seenBy = new WeakMap<LineView, Seen>()

/** Read once for all who ask in the same second: while a camera's clock is ahead, every answer needs it. */
function seenOf(view: LineView, nowS: number, read: () => Promise<DaySummary | undefined>): Seen['today'] {
  const known = seenBy.get(view)
  if (known?.nowS === nowS) return known.today
  const today = read()
  seenBy.set(view, { nowS, today })
  today.catch(() => seenBy.delete(view))
  return today
}
