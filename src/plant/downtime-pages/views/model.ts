/** What the downtime page draws. */
import type { NavItem, PageContext } from '../../../platform/ui/index.ts'
import type { FilterPanel, Refusal } from '../../dashboards/index.ts'
import type { ParetoRow } from '../../downtime/index.ts'
import type { PlantModel } from '../../model/index.ts'
import type { Scope } from '../../scope/index.ts'
import type { DowntimeFigures } from '../figures.ts'
import type { ListPage } from '../list.ts'
import type { PageAsked } from '../page-query.ts'
import type { TimelinePage } from '../timeline.ts'

/** What the person in front of the page may do with a stop. */
export type Rights = { readonly mayExplain: boolean; readonly mayChange: boolean; readonly mayDelete: boolean }

/** What was said of a stop that still goes on. */
export type PendingReason = { readonly code: number | null; readonly text: string | null; readonly by: string }

export type DowntimeBoard = {
  readonly scope: Scope
  readonly model: PlantModel
  readonly shiftName: string | null
  readonly figures: DowntimeFigures
  readonly timeline: TimelinePage
  readonly pareto: readonly ParetoRow[]
  readonly list: ListPage
  /** The first stop to explain, as the walk through them begins. */
  readonly firstWaiting: { readonly lineId: number; readonly ref: string } | null
  /** Names of lines whose stops are kept in the platform database. */
  readonly platformLines: readonly string[]
  /** Reasons of stops that still go on, by line. */
  readonly pending: ReadonlyMap<number, PendingReason>
  readonly warnings: readonly string[]
  readonly dataAgeS: number | null
}

export type DowntimePage = {
  readonly page: PageContext
  readonly slug: string
  readonly nav: readonly NavItem[]
  readonly rights: Rights
  readonly asked: PageAsked
  readonly panel: FilterPanel
  readonly board: DowntimeBoard | Refusal | 'no_lines'
}

export const isRefusal = (board: DowntimePage['board']): board is Refusal => typeof board === 'object' && 'fields' in board
