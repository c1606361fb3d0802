/** Draws the charts that are on the page. The library is a chunk of its own: pages without a chart never load it. */
import { onHtmx } from './htmx.ts'

type Drawing = typeof import('./charts/draw.ts')
let drawing: Promise<Drawing> | null = null

const load = (): Promise<Drawing> => {
  drawing ??= import('./charts/draw.ts')
  return drawing
}

const charts = () => document.querySelectorAll<HTMLElement>('[data-chart]')

/** Draws new charts, updates those whose data changed, forgets those that left the page. */
export async function redrawCharts(): Promise<void> {
  if (charts().length === 0 && !drawing) return
  const { drawAll } = await load()
  drawAll([...charts()])
}

export function startCharts(): void {
  void redrawCharts()
  onHtmx('htmx:after:swap', () => void redrawCharts())
  document.addEventListener('andon:theme', () => void redrawCharts())
  // paper is white: charts are drawn in the light theme for it, and back
  let shownTheme: string | undefined
  addEventListener('beforeprint', () => {
    shownTheme = document.documentElement.dataset.theme
    document.documentElement.dataset.theme = 'light'
    void redrawCharts()
  })
  addEventListener('afterprint', () => {
    document.documentElement.dataset.theme = shownTheme
    void redrawCharts()
  })
}
