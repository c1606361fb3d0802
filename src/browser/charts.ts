/** Draws the charts that are on the page. The library is a chunk of its own: pages without a chart never load it. */
import { make } from './dom.ts'
import { onHtmx } from './htmx.ts'

type Drawing = typeof import('./charts/draw.ts')
let drawing: Drawing | null = null
let loading: Promise<Drawing | null> | null = null
let failures = 0
/** A page without live data asks for nothing by itself. */
const againMs = 5_000

/** Null: it did not come. The next call asks again. */
const load = (): Promise<Drawing | null> => {
  loading ??= import('./charts/draw.ts').then(
    (loaded) => {
      drawing = loaded
      return loaded
    },
    () => {
      loading = null
      failures += 1
      return null
    },
  )
  return loading
}

const charts = () => document.querySelectorAll<HTMLElement>('[data-chart]')

/** Draws new charts, updates those whose data changed, forgets those that left the page. Without a wait once the library is there: a browser
 *  prints as soon as `beforeprint` returns. */
export async function redrawCharts(): Promise<void> {
  if (charts().length === 0 && !drawing) return
  const found = drawing ?? (await load())
  for (const told of document.querySelectorAll('[data-chart-failed]')) told.remove()
  if (found) found.drawAll([...charts()])
  // a browser may keep a failure for as long as the page lasts: then only loading it anew helps
  else if (failures > 1) for (const chart of charts()) chart.before(failureText())
  else setTimeout(() => void redrawCharts(), againMs)
}

function failureText(): HTMLElement {
  const { failedText = '', reloadText = '' } = document.body.dataset
  const text = make('p', 'muted', `${failedText} `)
  const link = make('a', '', reloadText)
  link.href = location.pathname + location.search
  text.dataset.chartFailed = ''
  text.append(link)
  return text
}

export function startCharts(): void {
  void redrawCharts()
  onHtmx('htmx:after:swap', () => void redrawCharts())
  addEventListener('online', () => void redrawCharts())
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
