/** The page: the question above, then figures, output over time, products and reasons. A plain GET form: a comparison is its address. */
import type { Language } from '../../platform/i18n/index.ts'
import {
  banner,
  button,
  card,
  emptyState,
  field,
  type Html,
  html,
  icon,
  type NavItem,
  type PageContext,
  pageHead,
  select,
  shell,
  swatch,
  table,
  toggle,
} from '../../platform/ui/index.ts'
import { amount, type ChartPayload, linesText, productColor, productLabels, rangeText } from '../dashboards/index.ts'
import { paretoLabel } from '../downtime-pages/index.ts'
import { type FileKind, fileKinds } from '../exports/index.ts'
import { plantPaths } from '../navigation.ts'
import type { FilterDescription } from '../scope/index.ts'
import { warningsOf } from './answer.ts'
import { reasonsPayload, seriesPayload } from './charts.ts'
import { words } from './messages.ts'
import type { PageAsked } from './page-query.ts'
import { comparisonPresets } from './ranges.ts'
import type { Comparison } from './service.ts'
import { type FigureRow, figureRows, quantityChange, timesText } from './texts.ts'

export type ComparisonPage = {
  readonly page: PageContext
  readonly slug: string
  readonly nav: readonly NavItem[]
  readonly asked: PageAsked
  readonly filters: readonly FilterDescription[]
  readonly mayExport: boolean
  readonly hasLines: boolean
  readonly comparison: Comparison | null
  /** Filters as they hold, by parameter. */
  readonly shown: Readonly<Record<string, unknown>>
  /** Translated. */
  readonly refusal: string | null
}

export function comparisonView(model: ComparisonPage): Html {
  const { page, slug, asked, comparison, refusal } = model
  const t = words(page.language)
  const file = (kind: FileKind): Html =>
    html`<a class="btn btn--secondary" id="comparison-${kind}" href="${page.url(`${plantPaths.comparison(slug)}/${kind}?${asked.query}`)}" data-download data-download-busy="${t('file.busy')}">${icon('download')}<span>${t(kind)}</span></a>`
  const actions = comparison
    ? html`<a class="btn btn--secondary" href="${page.url(`${plantPaths.dashboard(slug)}?${asked.filters}`)}">${icon('dashboard')}<span>${t('dashboard')}</span></a>${
        model.mayExport ? fileKinds.map(file) : ''
      }`
    : html``
  const body = html`
    ${pageHead({ title: t('title'), subtitle: t('subtitle'), actions })}
    <div class="stack">
      ${model.hasLines ? card({ body: question(model) }) : card({ body: emptyState({ title: t('no_lines.title'), detail: t('no_lines.detail'), icon: 'dashboard' }) })}
      ${refusal === null ? '' : banner({ tone: 'danger', title: t('refused'), body: refusal })}
      ${comparison ? answerParts(page.language, comparison) : ''}
    </div>`
  return shell({ page, title: t('title'), nav: model.nav, body })
}

/** Fields of the form; every other filter of the address travels along unseen. */
const shownFields = new Set(['start_date', 'end_date', 'line_id', 'line_ids', 'shift_id'])

function question({ page, slug, asked, shown, filters }: ComparisonPage): Html {
  const t = words(page.language)
  const value = (name: string): string => String(shown[name] ?? '')
  const options = (className: string) =>
    (filters.find(({ class_name }) => class_name === className)?.options ?? []).map((option) => ({
      value: String(option.value),
      label: option.label,
    }))
  const lineIds = value('line_ids')
  // several lines that were ticked elsewhere stay one choice of the list
  const kept = lineIds === '' ? [] : [{ value: `ids:${lineIds}`, label: t('line.kept', { count: lineIds.split(',').length }) }]
  const hidden = Object.entries(asked.raw).filter(([name]) => !shownFields.has(name))
  return html`<form class="form-grid" method="get" action="${page.url(plantPaths.comparison(slug))}">
    ${hidden.map(([name, text]) => html`<input type="hidden" name="${name}" value="${text}">`)}
    ${field({ name: 'start_date', label: t('from'), type: 'date', value: value('start_date'), isRequired: true })}
    ${field({ name: 'end_date', label: t('to'), type: 'date', value: value('end_date'), isRequired: true })}
    ${select({ name: 'line', label: t('line'), options: [...kept, ...options('ProductionLineFilter')], value: kept[0]?.value ?? value('line_id') })}
    ${select({ name: 'shift_id', label: t('shift'), options: [{ value: '', label: t('shift.all') }, ...options('ShiftFilter')], value: value('shift_id') })}
    ${select({
      name: 'against',
      label: t('against'),
      options: [...comparisonPresets, 'custom' as const].map((name) => ({ value: name, label: t(`against.${name}`) })),
      value: asked.against,
    })}
    <div class="custom-only">
      ${field({ name: 'against_from', label: t('against_from'), type: 'date', value: asked.againstFrom })}
      ${field({ name: 'against_to', label: t('against_to'), type: 'date', value: asked.againstTo })}
    </div>
    ${toggle({ name: 'cut', label: t('cut'), isOn: asked.isCut, hint: t('cut.hint') })}
    <div class="cluster">${button({ label: t('show'), look: 'primary' })}</div>
  </form>`
}

function answerParts(language: Language, comparison: Comparison): Html {
  const { current, previous, isCut, isUneven } = comparison
  const t = words(language)
  const warnings = warningsOf(comparison, language)
  return html`
    <p class="board__scope"><strong>${linesText(current, language)}</strong><span>${rangeText(current, language)}</span><span>${t('range.previous')}: ${rangeText(previous, language)}</span></p>
    ${isCut ? banner({ tone: 'info', body: t('is_cut') }) : ''}
    ${isUneven ? banner({ tone: 'warning', body: t('is_uneven') }) : ''}
    ${warnings.length > 0 ? html`<details class="warnings"><summary class="warnings__summary">${icon('warning', 16)}<span>${t('warnings')} (${warnings.length})</span>${icon('expand_more', 16)}</summary><ul class="warnings__list">${warnings.map((warning) => html`<li>${warning}</li>`)}</ul></details>` : ''}
    ${card({ id: 'figures', title: t('figures'), body: figuresTable(comparison, language) })}
    ${series(comparison, language)}
    ${card({ id: 'products', title: t('products'), body: products(comparison, language) })}
    ${card({ id: 'reasons', title: t('reasons'), subtitle: t('reasons.hint'), body: reasons(comparison, language) })}`
}

const arrows = { up: 'arrow_upward', down: 'arrow_downward', flat: 'trending_flat' } as const

/** Colour only repeats the arrow and the word beside it. */
function changed({ direction, mood }: Pick<FigureRow, 'direction' | 'mood'>, text: string, language: Language): Html {
  if (text === '') return html`<span class="muted">—</span>`
  const t = words(language)
  const word = mood === 'neutral' ? '' : t(mood)
  return html`<span class="trend trend--${mood} trend--cell">${direction ? icon(arrows[direction], 16) : ''}<span class="trend__text">${text}</span>${word ? html`<span class="sr-only"> (${word})</span>` : ''}</span>`
}

function figuresTable({ figures }: Comparison, language: Language): Html {
  const t = words(language)
  const end = (key: 'current' | 'previous' | 'delta' | 'change') => ({
    key,
    label: t(`column.${key}`),
    align: 'end' as const,
    isNowrap: true,
    isSortable: false,
  })
  return table({
    id: 'comparison-figures',
    caption: t('figures'),
    language,
    isStacked: true,
    columns: [
      { key: 'figure', label: t('column.figure'), isSortable: false },
      end('current'),
      end('previous'),
      end('delta'),
      end('change'),
    ],
    rows: figureRows(figures, language).map((row) => ({
      key: row.key,
      cells: [
        { content: row.name },
        { content: html`<strong>${row.current}</strong>` },
        { content: row.previous },
        { content: changed(row, row.delta, language) },
        { content: changed(row, row.change, language) },
      ],
    })),
  })
}

const chart = (id: string, payload: ChartPayload, label: string): Html =>
  html`<div class="chart chart--280" id="${id}" role="img" aria-label="${label}" data-chart="${JSON.stringify(payload)}"></div>`

function series(comparison: Comparison, language: Language): Html {
  const payload = seriesPayload(comparison, language)
  if (!payload) return html``
  const t = words(language)
  const { current, previous } = comparison.figures
  const label = t('series.aria', {
    current: amount(current.total_production ?? 0, language),
    previous: amount(previous.total_production ?? 0, language),
  })
  return card({ id: 'series', title: t('series'), subtitle: t('series.hint'), body: chart('comparison-series', payload, label) })
}

function products({ products: rows }: Comparison, language: Language): Html {
  const t = words(language)
  if (rows.length === 0) return emptyState({ title: t('products.none'), icon: 'inbox' })
  const labels = productLabels(
    rows.map(({ product }) => product),
    language,
  )
  const sum = (of: 'current' | 'previous'): number => rows.reduce((total, row) => total + row[of], 0)
  const cells = (current: number, previous: number) => {
    const change = quantityChange(current, previous, 'more', language)
    return [
      { content: html`<strong>${amount(current, language)}</strong>`, sort: current },
      { content: amount(previous, language), sort: previous },
      { content: changed(change, change.change, language), sort: current - previous },
    ]
  }
  const own = rows.map(({ productId, product, current, previous }) => ({
    key: String(productId),
    cells: [
      {
        content: html`<span class="cell-main">${swatch(productColor(product))}<span>${labels.get(productId) ?? productId}</span></span>`,
        sort: (labels.get(productId) ?? '').toLowerCase(),
      },
      ...cells(current, previous),
    ],
  }))
  const total = {
    key: 'total',
    cells: [{ content: html`<strong>${t('total')}</strong>`, sort: '\uffff' }, ...cells(sum('current'), sum('previous'))],
  }
  return table({
    id: 'comparison-products',
    caption: t('products'),
    language,
    columns: [{ key: 'product', label: t('column.product') }, ...quantityColumns(language)],
    rows: rows.length > 1 ? [...own, total] : own,
  })
}

function reasons(comparison: Comparison, language: Language): Html {
  const t = words(language)
  const { reasons: rows } = comparison
  if (rows.length === 0) return emptyState({ title: t('reasons.none'), icon: 'check_circle' })
  return html`${chart('comparison-reasons', reasonsPayload(comparison, language), t('reasons'))}${table({
    id: 'comparison-reasons-table',
    caption: t('reasons'),
    language,
    columns: [{ key: 'reason', label: t('column.reason') }, ...quantityColumns(language)],
    rows: rows.map((row) => {
      const change = quantityChange(row.current.seconds, row.previous.seconds, 'less', language)
      return {
        key: row.key.replace(/\W+/g, '-'),
        cells: [
          { content: paretoLabel(row, language), sort: paretoLabel(row, language).toLowerCase() },
          { content: html`<strong>${timesText(row.current, language)}</strong>`, sort: row.current.seconds },
          { content: timesText(row.previous, language), sort: row.previous.seconds },
          { content: changed(change, change.change, language), sort: row.current.seconds - row.previous.seconds },
        ],
      }
    }),
  })}`
}

const quantityColumns = (language: Language) =>
  (['current', 'previous', 'change'] as const).map((key) => ({
    key,
    label: words(language)(`column.${key}`),
    align: 'end' as const,
    isNowrap: true,
  }))
