/** A widget: one file, a declaration and a pure function from facts to data. Adding one = this folder's table + a catalogue row. */
import type { Language, Text } from '../../../platform/i18n/index.ts'
import type { Facts } from '../../facts/index.ts'
import type { PlantModel } from '../../model/index.ts'
import type { Scope } from '../../scope/index.ts'

export type RenderKind = 'kpi' | 'kpi_oee' | 'chart' | 'table' | 'ranking' | 'indicator' | 'summary' | 'feed' | 'clock' | 'external'
export type ChartKind = 'line_chart' | 'pie_chart' | 'bar_chart' | 'comparison_bar' | 'scatter_chart'
export type Tab = 'produccion' | 'oee'
/** Parts of the facts that cost a read of their own and that only some widgets show: `previous` is the preceding range, for trends; `recent` the newest
 *  rows themselves; `clocks` what they tell about the cameras' clocks. */
export type FactNeed = 'previous' | 'recent' | 'clocks'

export type WidgetInput = {
  readonly facts: Facts
  readonly scope: Scope
  readonly model: PlantModel
  readonly language: Language
  readonly config: Readonly<Record<string, unknown>>
}

export type Widget<Data = unknown> = {
  readonly className: string
  readonly displayName: Text
  /** "How is this computed?": formula, exclusions, units. */
  readonly explanation: Text
  readonly render: RenderKind
  readonly chart?: ChartKind
  readonly heightPx?: number
  readonly tab: Tab
  readonly columnSpan: 1 | 2 | 3 | 4
  readonly rowSpan: 1 | 2
  readonly order: number
  /** Shows a notice instead of data when several lines are chosen. */
  readonly downtimeOnly: boolean
  readonly needs?: readonly FactNeed[]
  /** Null = empty (charts and lists only). */
  readonly compute: (input: WidgetInput) => Data | null
}

/** One entry of the response's `widgets`, keyed by widget id (spec plant 5.1). */
export type WidgetResult = {
  readonly widget_id: number
  readonly widget_name: string
  readonly widget_type: string
  readonly data: unknown
  readonly metadata: Readonly<Record<string, unknown>>
}
