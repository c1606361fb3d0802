/** Bars from the heaviest down and the line that adds them up. */
import type { ChartPayload } from '../../plant/dashboards/views/chart-payload.ts'
import { numberText } from '../dom.ts'
import type { ChartOption } from './echarts.ts'
import { axisLabel, font, shadowPointer, type Theme } from './theme.ts'
import type { TipSource } from './tip.ts'

type Pareto = Extract<ChartPayload, { kind: 'pareto' }>

export function paretoOption(payload: Pareto, theme: Theme): ChartOption {
  const valueAxis = { type: 'value', axisLine: { show: false }, axisTick: { show: false }, splitNumber: 4 }
  return {
    animation: false,
    textStyle: { fontFamily: font },
    grid: { left: 8, right: 8, top: 16, bottom: 8, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    xAxis: {
      type: 'category',
      axisPointer: shadowPointer,
      data: [...payload.labels],
      axisLine: { lineStyle: { color: theme.line } },
      axisTick: { show: false },
      axisLabel: { ...axisLabel(theme), interval: 0, width: 60, overflow: 'break', lineHeight: 13, margin: 10, hideOverlap: true },
    },
    yAxis: [
      {
        ...valueAxis,
        axisLabel: { ...axisLabel(theme), formatter: (value: number) => numberText(value) },
        splitLine: { lineStyle: { color: theme.line } },
      },
      {
        ...valueAxis,
        min: 0,
        max: 100,
        interval: 25,
        axisLabel: { ...axisLabel(theme), formatter: '{value} %' },
        splitLine: { show: false },
      },
    ],
    series: [
      {
        id: 'bars',
        type: 'bar',
        name: payload.name,
        barMaxWidth: 44,
        data: payload.values.map((value, index) => ({
          value,
          itemStyle: {
            color: index === payload.marked ? theme.stops.calculated : theme.accent,
            borderRadius: [3, 3, 0, 0],
            // told apart without colour too
            ...(index === payload.marked && {
              decal: { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [3, 4], rotation: Math.PI / 4, color: 'rgba(0,0,0,0.25)' },
            }),
          },
        })),
      },
      {
        id: 'cumulative',
        type: 'line',
        name: payload.cumulativeName,
        yAxisIndex: 1,
        data: [...payload.cumulative],
        symbol: 'circle',
        symbolSize: 6,
        lineStyle: { color: theme.text2, width: 2 },
        itemStyle: { color: theme.text2 },
      },
    ],
  }
}

export const paretoTip = (payload: Pareto, theme: Theme): TipSource => ({
  trigger: 'axis',
  tip: (bucket) => {
    const head = payload.labels[bucket]
    if (head === undefined) return null
    return {
      head,
      rows: [
        { name: payload.name, color: theme.accent, value: numberText(payload.values[bucket] ?? 0) },
        {
          name: payload.cumulativeName,
          color: theme.text2,
          value: `${numberText(Math.round((payload.cumulative[bucket] ?? 0) * 10) / 10)} %`,
        },
      ],
    }
  },
})
