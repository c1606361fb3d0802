/** The comparison as sheets: the numbers themselves, for those who go on reckoning. Pure. */
import type { Sheet, Workbook } from '../../platform/documents/index.ts'
import type { Language } from '../../platform/i18n/index.ts'
import type { XlsxCell } from '../../platform/xlsx/index.ts'
import { productLabels } from '../dashboards/index.ts'
import { paretoLabel } from '../downtime-pages/index.ts'
import type { Frame } from '../exports/index.ts'
import { warningsOf } from './answer.ts'
import { changeOf, comparedFigures, type FigureKind, figureKeys } from './compare.ts'
import { words } from './messages.ts'
import type { Comparison } from './service.ts'
import { aboutOf } from './texts.ts'

export function comparisonXlsx({ language, generated }: Pick<Frame, 'language' | 'generated'>, comparison: Comparison): Workbook {
  return {
    sheets: [
      about(comparison, generated, language),
      figures(comparison, language),
      products(comparison, language),
      reasons(comparison, language),
    ],
  }
}

function about(comparison: Comparison, generated: Frame['generated'], language: Language): Sheet {
  const t = words(language)
  return {
    name: t('sheet.about'),
    columns: [
      { label: t('column.what'), width: 26 },
      { label: t('column.value'), width: 80 },
    ],
    rows: aboutOf(comparison, generated, language),
    notes: [
      ...(comparison.isCut ? [t('is_cut')] : []),
      ...(comparison.isUneven ? [t('is_uneven')] : []),
      ...warningsOf(comparison, language),
    ],
  }
}

/** Those that are means or weights have decimals. */
const formats = { percent: 'decimal', pieces: 'whole', kg: 'decimal', stops: 'whole', seconds: 'decimal', rate: 'decimal' } as const
const units: Readonly<Record<FigureKind, (t: ReturnType<typeof words>) => string>> = {
  percent: () => '%',
  pieces: (t) => t('unit.pieces'),
  kg: () => 'kg',
  stops: () => '',
  seconds: () => 's',
  rate: (t) => t('unit.rate'),
}

function figures({ figures: { current, previous, deltas, changes } }: Comparison, language: Language): Sheet {
  const t = words(language)
  return {
    name: t('figures'),
    columns: [{ label: t('column.figure'), width: 36 }, { label: t('column.unit'), width: 10 }, ...quantityColumns(language, 'decimal')],
    rows: figureKeys.map((key): XlsxCell[] => {
      const { kind } = comparedFigures[key]
      const cell = (value: number | null): XlsxCell => (value === null ? null : { value, format: formats[kind] })
      return [t(`figure.${key}`), units[kind](t), cell(current[key]), cell(previous[key]), cell(deltas[key]), changes[key]]
    }),
  }
}

function products({ products: rows }: Comparison, language: Language): Sheet {
  const t = words(language)
  const labels = productLabels(
    rows.map(({ product }) => product),
    language,
  )
  return {
    name: t('products'),
    columns: [{ label: t('column.product'), width: 36 }, ...quantityColumns(language, 'whole')],
    rows: rows.map(({ productId, current, previous }): XlsxCell[] => [
      labels.get(productId) ?? String(productId),
      ...quantityCells(current, previous),
    ]),
    notes: rows.length === 0 ? [t('products.none')] : [],
  }
}

function reasons({ reasons: rows }: Comparison, language: Language): Sheet {
  const t = words(language)
  const count = (column: string) => ({ label: t('column.stops_of', { column }), width: 24, format: 'whole' as const })
  return {
    name: t('reasons'),
    columns: [
      { label: t('column.reason'), width: 36 },
      ...quantityColumns(language, 'whole', t('column.seconds')),
      count(t('column.current')),
      count(t('column.previous')),
    ],
    rows: rows.map((row): XlsxCell[] => [
      paretoLabel(row, language),
      ...quantityCells(row.current.seconds, row.previous.seconds),
      row.current.count,
      row.previous.count,
    ]),
    notes: [rows.length === 0 ? t('reasons.none') : t('reasons.hint')],
  }
}

const quantityCells = (current: number, previous: number): XlsxCell[] => [
  current,
  previous,
  current - previous,
  changeOf(current, previous),
]

function quantityColumns(language: Language, format: 'whole' | 'decimal', unit = ''): Sheet['columns'] {
  const t = words(language)
  const label = (key: 'current' | 'previous' | 'delta'): string => (unit === '' ? t(`column.${key}`) : `${t(`column.${key}`)} (${unit})`)
  return [
    ...(['current', 'previous', 'delta'] as const).map((key) => ({ label: label(key), width: 20, format })),
    { label: t('column.change'), width: 12, format: 'ratio' },
  ]
}
