/** The comparison as a document: the page's rows and charts. Pure. */
import type { PdfBlock, PdfCell, PdfDocument, PdfTable } from '../../platform/documents/index.ts'
import type { Language } from '../../platform/i18n/index.ts'
import { amount, productColor, productLabels, rangeText } from '../dashboards/index.ts'
import { paretoLabel } from '../downtime-pages/index.ts'
import type { Frame } from '../exports/index.ts'
import { warningsOf } from './answer.ts'
import { reasonsPayload, seriesPayload } from './charts.ts'
import { words } from './messages.ts'
import type { Comparison } from './service.ts'
import { aboutOf, type FigureRow, figureRows, quantityChange, timesText } from './texts.ts'

const cards = ['oee', 'availability', 'performance', 'quality', 'total_production', 'downtime_seconds'] as const

export function comparisonPdf({ generated, ...frame }: Frame, comparison: Comparison): PdfDocument {
  const { language } = frame
  const { current, previous, figures } = comparison
  const t = words(language)
  const rows = figureRows(figures, language)
  const series = seriesPayload(comparison, language)
  const blocks: PdfBlock[] = [
    { kind: 'figures', figures: cards.flatMap((key) => cardOf(rows.find((row) => row.key === key))) },
    ...(comparison.isCut ? [{ kind: 'text', text: t('is_cut'), tone: 'neutral' } as const] : []),
    ...(comparison.isUneven ? [{ kind: 'text', text: t('is_uneven'), tone: 'warning' } as const] : []),
    { kind: 'heading', text: t('figures') },
    figuresTable(rows, language),
    ...(series
      ? ([
          { kind: 'heading', text: t('series'), note: t('series.hint') },
          { kind: 'chart', payload: series, heightPt: 190, missingText: '' },
        ] as const)
      : []),
    { kind: 'heading', text: t('products') },
    productsTable(comparison, language),
    { kind: 'heading', text: t('reasons'), note: t('reasons.hint') },
    ...(comparison.reasons.length > 0
      ? [{ kind: 'chart', payload: reasonsPayload(comparison, language), heightPt: 150, missingText: '' } as const]
      : []),
    reasonsTable(comparison, language),
    ...warningsOf(comparison, language).map((text): PdfBlock => ({ kind: 'text', text: `· ${text}`, tone: 'warning' })),
  ]
  return {
    ...frame,
    title: t('title'),
    subtitle: `${rangeText(current, language)} / ${rangeText(previous, language)}`,
    about: aboutOf(comparison, generated, language),
    blocks,
  }
}

const cardOf = (row: FigureRow | undefined) =>
  row ? [{ label: row.name, value: row.current, unit: '', note: [row.delta, row.change].filter(Boolean).join(' · '), tone: row.mood }] : []

function figuresTable(rows: readonly FigureRow[], language: Language): PdfTable {
  const t = words(language)
  return {
    kind: 'table',
    columns: [
      { label: t('column.figure'), share: 30 },
      { label: t('column.current'), share: 18, align: 'end' },
      { label: t('column.previous'), share: 18, align: 'end' },
      { label: t('column.delta'), share: 22, align: 'end' },
      { label: t('column.change'), share: 12, align: 'end' },
    ],
    rows: rows.map((row): PdfCell[] => [
      { text: row.name, isStrong: true },
      { text: row.current, isStrong: true },
      row.previous,
      { text: row.delta, tone: row.mood },
      { text: row.change, tone: row.mood },
    ]),
  }
}

function productsTable({ products }: Comparison, language: Language): PdfTable {
  const t = words(language)
  const labels = productLabels(
    products.map(({ product }) => product),
    language,
  )
  const sum = (of: 'current' | 'previous'): number => products.reduce((total, row) => total + row[of], 0)
  const cells = (current: number, previous: number): PdfCell[] => {
    const { change, mood } = quantityChange(current, previous, 'more', language)
    return [amount(current, language), amount(previous, language), { text: change, tone: mood }]
  }
  return {
    kind: 'table',
    emptyText: t('products.none'),
    columns: [
      { label: t('column.product'), share: 40 },
      { label: t('column.current'), share: 20, align: 'end' },
      { label: t('column.previous'), share: 20, align: 'end' },
      { label: t('column.change'), share: 20, align: 'end' },
    ],
    rows: products.map(({ productId, product, current, previous }): PdfCell[] => [
      { text: labels.get(productId) ?? String(productId), swatch: productColor(product) },
      ...cells(current, previous),
    ]),
    ...(products.length > 1 && { total: [t('total'), ...cells(sum('current'), sum('previous'))] }),
  }
}

function reasonsTable({ reasons }: Comparison, language: Language): PdfTable {
  const t = words(language)
  return {
    kind: 'table',
    emptyText: t('reasons.none'),
    columns: [
      { label: t('column.reason'), share: 40 },
      { label: t('column.current'), share: 24, align: 'end' },
      { label: t('column.previous'), share: 24, align: 'end' },
      { label: t('column.change'), share: 12, align: 'end' },
    ],
    rows: reasons.map((row): PdfCell[] => {
      const { change, mood } = quantityChange(row.current.seconds, row.previous.seconds, 'less', language)
      return [paretoLabel(row, language), timesText(row.current, language), timesText(row.previous, language), { text: change, tone: mood }]
    }),
  }
}
