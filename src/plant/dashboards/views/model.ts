/** What the dashboard page draws. Made by the routes from the same answer that the API gives. */
import type { Language } from '../../../platform/i18n/index.ts'
import { translator } from '../../../platform/i18n/index.ts'
import type { NavItem, PageContext } from '../../../platform/ui/index.ts'
import type { FilterDescription, Scope } from '../../scope/index.ts'
import type { LayoutTab } from '../layout.ts'
import type { Refusal } from '../refusal.ts'
import type { WidgetResult } from '../widgets/widget.ts'
import { viewMessages } from './messages.ts'

export type Preset = 'today' | 'yesterday' | 'last_7_days' | 'this_month' | 'last_month'

/** The panel: what can be chosen, what is, and what was refused. */
export type FilterPanel = {
  readonly filters: readonly FilterDescription[]
  /** As in the query string; lists are CSV. */
  readonly values: Readonly<Record<string, unknown>>
  readonly preset: Preset | null
  /** Parameter to message, translated. */
  readonly errors: ReadonlyMap<string, string>
}

export type Board = {
  /** Key of the one that is shown. */
  readonly tab: string
  readonly tabs: readonly LayoutTab[]
  readonly widgets: readonly WidgetResult[]
  readonly scope: Scope
  /** Name of the chosen shift. */
  readonly shiftName: string | null
  readonly totalDetections: number
  readonly elapsedMs: number
  readonly warnings: readonly string[]
  /** Age of the newest row of the chosen lines; null without any. */
  readonly dataAgeS: number | null
}

/** Nothing can be asked of a company without plant, or of a plant without lines: that is no fault of who looks. */
export type NoLines = {
  readonly kind: 'no_lines' | 'no_plant'
  readonly mayCheck: boolean
  /** May give the company its plant. */
  readonly mayAttach: boolean
}

/** The first attach of some of the chosen lines is not over. */
export type HistoryLoading = {
  /** 0…1, of all chosen lines together. */
  readonly loadedFraction: number
  /** Those that are not complete. */
  readonly lineNames: readonly string[]
}

export type DashboardPage = {
  readonly page: PageContext
  readonly companySlug: string
  readonly panel: FilterPanel
  readonly board: Board | Refusal | NoLines
  /** Null = complete. */
  readonly loading: HistoryLoading | null
  /** May take files away. */
  readonly mayExport: boolean
  /** Parameters of this view, without tab. */
  readonly query: URLSearchParams
  readonly nav: readonly NavItem[]
}

export const isRefusal = (board: DashboardPage['board']): board is Refusal => 'fields' in board
export const isNoLines = (board: DashboardPage['board']): board is NoLines => 'kind' in board

/** What every widget view is given besides its data. */
export type WidgetView = {
  readonly page: PageContext
  readonly language: Language
  readonly board: Board
  /** Where the rows behind the figures are; null = not for this person. */
  readonly rowsHref?: string | null
}

export const words = (language: Language) => translator(viewMessages, language)
