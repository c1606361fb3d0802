/** The lists: lines, products, shifts with their week, filters; found by text and state, page by page. */
import { formatNumber } from '../../../platform/i18n/index.ts'
import {
  banner,
  button,
  card,
  csrf,
  emptyState,
  field,
  filterFold,
  type Html,
  html,
  linkButton,
  type PageContext,
  pager,
  select,
  swatch,
  table,
} from '../../../platform/ui/index.ts'
import { configurationPage } from '../../configuration/index.ts'
import { type Entity, findShiftOverlaps, type PlantModel } from '../../model/index.ts'
import { shiftOf } from '../state.ts'
import type { PlantRecord } from '../values.ts'
import { maybeWord, type Word, type Words, wordsOf } from './messages.ts'
import { editingPaths, placeOf } from './paths.ts'
import { type Asker, originBadge, stateBadge, titleOf, written } from './record-page.ts'
import { weekChart } from './week.ts'

export type ListedEntity = 'line' | 'product' | 'shift' | 'filter'

export type Found = { readonly page: number; readonly pages: number; readonly total: number }
export type AskedFor = { readonly q: string; readonly state: string }

export type Idle = { readonly entity: Entity; readonly id: number }

export type ListView = {
  readonly entity: ListedEntity
  /** Of this page. */
  readonly rows: readonly PlantRecord[]
  /** All of them, for what is drawn of all. */
  readonly all: readonly PlantRecord[]
  readonly removed: readonly PlantRecord[]
  readonly idle: readonly Idle[]
  readonly at: Found
  readonly asked: AskedFor
  readonly model: PlantModel
  readonly canManage: boolean
  readonly done: Html | null
}

export function listPage(page: PageContext, actor: Asker, view: ListView): Html {
  const { entity, rows, all, removed, idle, at, asked, model, canManage, done } = view
  const t = wordsOf(page)
  const { slug } = actor.tenant
  const { section } = placeOf[entity]
  const add = linkButton({ label: t(`${entity}.new`), href: page.url(editingPaths.create(entity, slug)), icon: 'add', look: 'primary' })
  const href = (to: number): string => `${page.url(editingPaths.list(entity, slug))}?${new URLSearchParams({ ...asked, page: String(to) })}`
  const body =
    rows.length === 0
      ? emptyState({
          title: t(all.length === 0 ? `none.${entity}` : 'none.found'),
          icon: all.length === 0 ? 'factory' : 'search',
          ...(all.length === 0 && { action: add }),
        })
      : table({
          id: placeOf[entity].folder,
          caption: t(`${section}.subtitle` as Word),
          language: page.language,
          isStacked: true,
          columns: columns[entity].map((name) => ({
            key: name,
            label: headOf(entity, name, t),
            ...(numeric.has(name) && { align: 'end' as const }),
          })),
          rows: rows.map((record) => ({
            key: String(record.id),
            cells: columns[entity].map((name) => cellOf(page, slug, view, record, name, t)),
          })),
        })
  return configurationPage({
    page,
    actor,
    current: section,
    subtitle: t(`${section}.subtitle` as Word),
    actions: add,
    body: html`
      ${done ?? ''}
      ${canManage ? '' : banner({ tone: 'info', body: t('beside') })}
      ${entity === 'shift' ? weekOf(view, t) : ''}
      ${all.length > 8 || asked.q !== '' || asked.state !== '' ? searchOf(page, entity, slug, asked, t) : ''}
      ${card({ body: html`${body}${pager({ ...at, href, language: page.language })}` })}
      ${removedCard(page, slug, model, removed, t)}
      ${idleCard(page, slug, idle, t)}`,
  })
}

export function searchOf(page: PageContext, entity: Entity, slug: string, asked: AskedFor, t: Words): Html {
  const path = page.url(editingPaths.list(entity, slug))
  return filterFold({
    action: path,
    clear: path,
    inUse: [asked.q, asked.state].filter(Boolean).length,
    language: page.language,
    fields: html`
      ${field({ name: 'q', label: t('search'), type: 'search', value: asked.q, maxLength: 100, autocomplete: 'off' })}
      ${select({
        name: 'state',
        label: t('state'),
        value: asked.state,
        options: (['', 'active', 'inactive'] as const).map((value) => ({ value, label: t(`state.${value || 'all'}`) })),
      })}`,
  })
}

const columns: Readonly<Record<ListedEntity, readonly string[]>> = {
  line: ['line_name', 'is_active', 'areas', 'downtime_threshold', 'performance', 'tables'],
  product: ['product_name', 'product_weight', 'production_std', 'is_active'],
  shift: ['shift_name', 'hours', 'days', 'is_active'],
  filter: ['display_order', 'filter_name', 'description', 'is_active'],
}
const numeric: ReadonlySet<string> = new Set([
  'areas',
  'downtime_threshold',
  'performance',
  'product_weight',
  'production_std',
  'display_order',
])

function headOf(entity: ListedEntity, name: string, t: Words): string {
  if (name === 'is_active') return t('state')
  return t(maybeWord(`${entity}.${name}`) ?? (name as Word))
}

function cellOf(page: PageContext, slug: string, view: ListView, record: PlantRecord, name: string, t: Words) {
  const { entity, model } = view
  const { values, id } = record
  const value = values[name] ?? null
  const link = (label: string, below: string): Html =>
    html`<span><a class="link" href="${page.url(editingPaths.one(entity, slug, id))}">${label || '—'}</a>${below === '' ? '' : html`<span class="cell-sub">${below}</span>`}</span>`
  const line = entity === 'line' ? model.lines.find(({ lineId }) => lineId === id) : undefined
  switch (name) {
    case 'line_name':
      return { content: link(String(value), String(values.line_code)), sort: String(value).toLowerCase() }
    case 'product_name':
      return {
        content: html`<span class="named">${swatch(String(values.product_color))}${link(String(value), String(values.product_code))}</span>`,
        sort: String(value).toLowerCase(),
      }
    case 'shift_name':
      return { content: link(String(value), String(values.description)), sort: String(value).toLowerCase() }
    case 'filter_name':
      return { content: link(titleOf(page, model, record), ''), sort: String(value).toLowerCase() }
    case 'is_active':
      return { content: html`<span class="cluster">${stateBadge(record, t)}${originBadge(record, t)}</span>`, sort: value === true ? 0 : 1 }
    case 'areas':
      return { content: formatNumber(line?.areas.length ?? 0, page.language), sort: line?.areas.length ?? 0 }
    case 'tables':
      return { content: line?.detectionTable ? html`<span class="break-words">${line.detectionTable.name}</span>` : t('tables.none') }
    case 'hours':
      return { content: `${written(values.start_time ?? null, name, t)} – ${written(values.end_time ?? null, name, t)}` }
    case 'days':
      return { content: Array.isArray(value) && value.length === 7 ? t('every_day') : written(value, name, t) }
    case 'downtime_threshold':
      return { content: `${formatNumber(Number(value), page.language)} s`, sort: Number(value) }
    case 'product_weight':
      return { content: `${formatNumber(Number(value), page.language, 2)} kg`, sort: Number(value) }
    case 'performance':
      return {
        content: `${formatNumber(Number(value), page.language)} ${t(`unit.${model.settings.performanceUnit}`)}`,
        sort: Number(value),
      }
    case 'production_std':
      return value === 0
        ? { content: '—', sort: 0 }
        : { content: `${formatNumber(Number(value), page.language)} ${t('unit.per_hour')}`, sort: Number(value) }
    default:
      return typeof value === 'number' ? { content: formatNumber(value, page.language), sort: value } : { content: written(value, name, t) }
  }
}

/** More would be a page of its own. */
const shownOverlaps = 20

function weekOf({ all, model }: ListView, t: Words): Html {
  const shifts = all.flatMap(({ id, values }) => shiftOf(id, values) ?? [])
  if (!shifts.some(({ isActive }) => isActive)) return html``
  const nameOf = (lineId: number): string => model.lines.find((line) => line.lineId === lineId)?.lineName ?? String(lineId)
  const pairs = [...findShiftOverlaps(shifts, model.lines, model.settings.shiftIdsByLine).take(shownOverlaps)].map(
    ({ first, second, lineIds }) =>
      lineIds.length > 0
        ? t('week.both', { first: first.shiftName, second: second.shiftName, lines: lineIds.map(nameOf).join(', ') })
        : t('week.pair', { first: first.shiftName, second: second.shiftName }),
  )
  return html`${pairs.length > 0 ? banner({ tone: 'warning', body: t('week.overlap', { pairs: pairs.join('; ') }) }) : ''}
    ${card({ title: t('week'), body: weekChart(shifts, t) })}`
}

/** What people changed and is no more, or added and is another's now. */
export function idleCard(page: PageContext, slug: string, idle: readonly Idle[], t: Words): Html {
  if (idle.length === 0) return html``
  const items = idle.map(
    ({ entity, id }) => html`<li><span>${t(`${entity}.one`)} ${id}</span>
      <form method="post" action="${page.url(editingPaths.reversion(entity, slug, id))}">${csrf(page)}${button({ label: t('forget'), icon: 'delete' })}</form></li>`,
  )
  return card({ id: 'idle', title: t('idle'), subtitle: t('idle.hint'), body: html`<ul class="plain-list">${items}</ul>` })
}

/** Rows of the customer's that people took out of sight. */
export function removedCard(page: PageContext, slug: string, model: PlantModel, removed: readonly PlantRecord[], t: Words): Html {
  if (removed.length === 0) return html``
  const items = removed.map((record) => {
    const back = page.url(editingPaths.reversion(record.entity, slug, record.id))
    return html`<li><span>${titleOf(page, model, record)}</span>
      <form method="post" action="${back}">${csrf(page)}${button({ label: t('bring_back'), icon: 'history' })}</form></li>`
  })
  return card({
    id: 'removed',
    title: t('removed'),
    subtitle: t('removed.hint'),
    body: html`<ul class="plain-list">${items}</ul>`,
  })
}
