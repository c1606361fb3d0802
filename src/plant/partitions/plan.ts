/** Which partitions to make, split or drop. Pure: months in, changes out. */
import {
  type Month,
  monthBegin,
  monthOfYearMonth,
  type PartitionScheme,
  type PartitionState,
  partitionName,
  yearMonthOf,
} from '../source/index.ts'

/** One partition: months `[from, below)`. */
export type Slot = {
  readonly name: string
  /** Null = whatever is older, too. */
  readonly from: Month | null
  /** Null = whatever is later, too. */
  readonly below: Month | null
  /** Takes what fits nowhere else (pmax, DEFAULT): never dropped. */
  readonly isRest: boolean
}

export type Monthly = Extract<PartitionState, { kind: 'monthly' }>

/** In order of time, the rest last. */
export function slotsOf({ scheme, partitions }: Monthly): Slot[] {
  let from: Month | null = null
  return partitions.map(({ name, belowYearMonth, fromYearMonth }): Slot => {
    const below = belowYearMonth === null ? null : monthOfYearMonth(belowYearMonth)
    const own = scheme === 'declarative' ? (fromYearMonth === undefined ? null : monthOfYearMonth(fromYearMonth)) : from
    from = below
    return { name, from: own, below, isRest: below === null }
  })
}

/** Where rows of the month go. PostgreSQL's default holds what no other one does. */
const slotOf = (slots: readonly Slot[], month: Month): Slot | undefined =>
  slots.find(({ from, below, isRest }) => !isRest && (from === null || month >= from) && (below === null || month < below)) ??
  slots.find(({ isRest }) => isRest)

/** A partition of its own. The oldest one, which holds all older rows too, counts for its last month. */
const isAlone = ({ from, below }: Slot, month: Month, isExact: boolean): boolean =>
  below === month + 1 && (from === month || (from === null && !isExact))

export type Piece = { readonly name: string; readonly below: Month | null }
export type Change =
  /** Beyond the last one, where no rest takes what is later. */
  | { readonly kind: 'add'; readonly pieces: readonly Piece[] }
  /** One becomes these; rows of it move. */
  | { readonly kind: 'split'; readonly name: string; readonly pieces: readonly Piece[] }
  /** PostgreSQL: a month by itself; its rows move out of `rest`, if there is one. */
  | { readonly kind: 'create'; readonly month: Month; readonly rest: string | null }
  /** PostgreSQL: the month sits in a partition of several months. */
  | { readonly kind: 'stuck'; readonly month: Month; readonly name: string }

/** Longer stretches are not cut into single months for the sake of one of them. */
const mostPieces = 60

/** What it takes that each wanted month has its partition. `isExact`: also the oldest one, alone. */
export function planMonths(state: Monthly, wanted: readonly Month[], isExact = false): Change[] {
  const slots = slotsOf(state)
  const isMissing = (month: Month): boolean => {
    const slot = slotOf(slots, month)
    return !slot || !isAlone(slot, month, isExact)
  }
  const months = [...new Set(wanted)].sort((a, b) => a - b)
  if (state.scheme === 'declarative')
    return months.filter(isMissing).map((month): Change => {
      const slot = slotOf(slots, month)
      return slot && !slot.isRest ? { kind: 'stuck', month, name: slot.name } : { kind: 'create', month, rest: slot?.name ?? null }
    })
  const taken = new Set(slots.map(({ name }) => name.toLowerCase()))
  // one that is split loses its older end: all wanted months in it count
  const touched = [...Map.groupBy(months, (month) => slotOf(slots, month))].filter(([, own]) => own.some(isMissing))
  return touched.map(([slot, own]): Change => {
    const last = slots.at(-1)?.below ?? null
    if (!slot) return { kind: 'add', pieces: piecesOf({ from: last, below: Math.max(...own) + 1, restName: null }, own, taken) }
    const others = new Set([...taken].filter((name) => name !== slot.name.toLowerCase()))
    return {
      kind: 'split',
      name: slot.name,
      pieces: piecesOf({ from: slot.from, below: slot.below, restName: slot.below === null ? slot.name : null }, own, others),
    }
  })
}

type Stretch = { readonly from: Month | null; readonly below: Month | null; readonly restName: string | null }

function piecesOf({ from, below, restName }: Stretch, months: readonly Month[], taken: ReadonlySet<string>): Piece[] {
  const end = below ?? Math.max(...months) + 1
  const cuts = new Set<Month>()
  if (from !== null && end - from <= mostPieces) for (let month = from + 1; month <= end; month++) cuts.add(month)
  else for (const month of months) for (const cut of [month, month + 1]) if (from === null || cut > from) cuts.add(cut)
  const pieces = [...cuts]
    .sort((a, b) => a - b)
    .filter((cut) => below === null || cut < below)
    .map((cut): Piece => ({ name: freeName(partitionName(cut - 1), taken), below: cut }))
  return [
    ...pieces,
    below === null ? { name: restName ?? 'pmax', below: null } : { name: freeName(partitionName(below - 1), taken), below },
  ]
}

const freeName = (name: string, taken: ReadonlySet<string>): string => (taken.has(name) ? freeName(`${name}_2`, taken) : name)

/** The bound of a piece as the scheme writes it. */
export const boundOf = (scheme: PartitionScheme, { below }: Piece): string =>
  below === null ? 'MAXVALUE' : scheme === 'year_month' ? String(yearMonthOf(below)) : `'${monthBegin(below)}'`

/** Partitions that hold nothing but months before `keepFrom`: never the rest, never a part of one. */
export const slotsBefore = (slots: readonly Slot[], keepFrom: Month): Slot[] =>
  slots.filter(({ below, isRest }) => !isRest && below !== null && below <= keepFrom)

/** With 24 months kept, in March 2026 all from March 2024 on stays. */
export const keptFrom = (currentMonth: Month, retentionMonths: number): Month => currentMonth - retentionMonths

/** Those of these months that have no partition of their own. */
export const missingMonths = (state: Monthly, months: readonly Month[]): Month[] => {
  const slots = slotsOf(state)
  return months.filter((month) => {
    const slot = slotOf(slots, month)
    return !slot || !isAlone(slot, month, false)
  })
}

/** What a change makes, for people: `p202612 p202701`. */
export const namesOf = (change: Change): string[] =>
  change.kind === 'create'
    ? [partitionName(change.month)]
    : change.kind === 'stuck'
      ? []
      : change.pieces.filter(({ name }) => change.kind === 'add' || name !== change.name).map(({ name }) => name)
