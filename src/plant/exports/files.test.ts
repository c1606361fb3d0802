import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type DashboardReport, reportOf } from '../dashboards/index.ts'
import { at, madeInput, madeProducts, madeStop } from '../dashboards/widgets/made-facts.ts'
import { dashboardPdf } from './dashboard-pdf.ts'
import { dashboardXlsx } from './dashboard-xlsx.ts'
import type { Frame } from './deliver.ts'

const frame: Frame = {
  language: 'es',
  company: 'Planta A',
  logo: null,
  author: 'ana',
  createdAtMs: 0,
  pageText: 'Página {page} de {pages}',
  generated: ['Generado', 'hoy'],
}
const headings = (report: DashboardReport): (readonly [string, string])[] =>
  dashboardPdf(frame, report, [], []).blocks.flatMap((block) => (block.kind === 'heading' ? [[block.text, block.note ?? ''] as const] : []))

test('PL-73 a list of stops that is cut says of how many, in the PDF', () => {
  const shown = [madeStop(1, '07:30', '07:44')]
  const asked = madeInput({ facts: { latestStops: shown, stopTotals: { count: 5_365, durationS: 7_200, countedS: 7_000 } } })
  const [, note] = headings(reportOf(asked, 'es')).find(([text]) => text === 'Paradas') ?? []
  assert.equal(note, 'Las 1 más nuevas de 5.365 paradas (2 h 00 min 00 s en total). Para ver las demás, elija un período más corto.')
})

test('PL-73 products beyond what a sheet holds are added up: the total of every interval stays', () => {
  const productIds = Array.from({ length: 60 }, (_, index) => index + 1)
  const starts = Array.from({ length: 5_000 }, (_, index) => at('06:00') + index * 60)
  const asked = madeInput({
    facts: {
      products: productIds.map((productId) => ({
        ...(madeProducts[0] as (typeof madeProducts)[number]),
        productId,
        productName: `P${productId}`,
        count: 5_000,
      })),
      series: {
        ...madeInput().facts.series,
        bucketStartsLocalS: starts,
        outputByProduct: new Map(productIds.map((id) => [id, starts.map(() => 1)])),
      },
    },
  })
  const series = dashboardXlsx(frame, { asked, report: reportOf(asked, 'es'), pareto: [], language: 'es' }).sheets[2]
  const columns = series?.columns.map(({ label }) => label) ?? []
  assert.ok((series?.rows.length ?? 0) * columns.length <= 100_000)
  assert.match(columns.at(-2) ?? '', /^Otros \d+ productos$/)
  for (const row of series?.rows ?? []) {
    const counts = row.slice(1).map(Number)
    assert.deepEqual([counts.at(-1), counts.slice(0, -1).reduce((sum, count) => sum + count, 0)], [60, 60])
  }
  assert.match(series?.notes?.join(' ') ?? '', /los demás están sumados en la última/)
})

test('PL-73 without output, and without a figure, the file says why', () => {
  const empty = madeInput({ facts: { products: [], summary: { ...madeInput().facts.summary, totalDetections: 0, outputCount: 0 } } })
  const report = reportOf(empty, 'en')
  const texts = dashboardPdf({ ...frame, language: 'en' }, report, [], []).blocks.flatMap((block) =>
    block.kind === 'text' ? [block.text] : [],
  )
  assert.ok(texts.includes('The chosen lines have no detections in this period with these filters.'))
  assert.ok(texts.includes('No stop cost planned time.'))
  for (const { text, value, reason } of report.kpis) if (value === null) assert.ok(text === '—' && reason !== '', text)
})
