/** What a chart element carries to the browser in `data-chart`. Types only: the browser imports them too. */
import type { Overlay, ScatterChartData } from '../widgets/data.ts'

/** Null: no figure there, drawn as a gap. */
export type TimeSeries = { readonly name: string; readonly color: string; readonly values: readonly (number | null)[] }
export type StopMark = Overlay & { readonly kind: string }

/** Bars side by side per label. */
export type BarSeries = { readonly key: string; readonly label: string; readonly data: readonly number[]; readonly borderColor: string }

export type ChartPayload =
  | {
      readonly kind: 'time'
      readonly labels: readonly string[]
      readonly series: readonly TimeSeries[]
      readonly stops: readonly StopMark[]
      readonly curve: string
      readonly showStops: boolean
      readonly peaks: boolean
      readonly stopsName: string
      readonly totalName: string
    }
  | {
      readonly kind: 'parts'
      readonly parts: readonly { readonly name: string; readonly color: string; readonly value: number }[]
      readonly totalName: string
    }
  | { readonly kind: 'compare'; readonly labels: readonly string[]; readonly series: readonly BarSeries[] }
  | {
      readonly kind: 'bars'
      readonly labels: readonly string[]
      readonly values: readonly number[]
      readonly colors: readonly string[]
      readonly name: string
    }
  | { readonly kind: 'scatter'; readonly series: ScatterChartData['datasets']; readonly xName: string; readonly yName: string }
  | {
      readonly kind: 'pareto'
      readonly labels: readonly string[]
      readonly values: readonly number[]
      /** Percent. */
      readonly cumulative: readonly number[]
      /** The bar that stands for what nobody explained; -1 = none. */
      readonly marked: number
      readonly name: string
      readonly cumulativeName: string
    }
