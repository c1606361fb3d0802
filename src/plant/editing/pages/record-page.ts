/** One record: its form, what the customer's database says below, how to take it away, and for a line its areas. */
import { formatInstant } from '../../../platform/i18n/index.ts'
import {
  badge,
  banner,
  button,
  card,
  csrf,
  emptyState,
  type Html,
  html,
  icon,
  linkButton,
  type PageContext,
  table,
} from '../../../platform/ui/index.ts'
import { configurationPage, sectionName } from '../../configuration/index.ts'
import type { Entity, PlantModel } from '../../model/index.ts'
import { classOf, filterTypes } from '../../scope/index.ts'
import { definitions } from '../definitions.ts'
import { isSame, type JsonValue, type PlantRecord } from '../values.ts'
import { fieldsOf } from './field-views.ts'
import { type Typed, typedOf } from './form.ts'
import { type Word, type Words, wordsOf } from './messages.ts'
import { editingPaths, placeOf } from './paths.ts'

export type RecordView = {
  readonly entity: Entity
  /** Null: a new one. */
  readonly record: PlantRecord | null
  readonly typed: Typed
  readonly errors: Readonly<Record<string, string>>
  readonly refusal: string | null
  /** Fields that somebody else changed meanwhile, with what they say now. */
  readonly now: Readonly<Record<string, string>>
  /** What saving would do to yesterday. */
  readonly effect: Html | null
  readonly warnings: readonly string[]
  readonly model: PlantModel
  readonly canManage: boolean
  /** Of a line, by order. */
  readonly areas: readonly PlantRecord[]
  readonly done: Html | null
}

export type Asker = Parameters<typeof configurationPage>[0]['actor']

/** Kinds whose edits can change a figure of yesterday. */
const hasEffect: ReadonlySet<Entity> = new Set(['line', 'area', 'product', 'shift'])

export function recordPage(page: PageContext, actor: Asker, view: RecordView): Html {
  const { entity, record, refusal, effect, warnings, done } = view
  const t = wordsOf(page)
  const { slug } = actor.tenant
  const title = record ? titleOf(page, view.model, record) || t(`${entity}.one`) : t(`${entity}.new`)
  return configurationPage({
    page,
    actor,
    current: placeOf[entity].section,
    title,
    ...(record && { subtitle: subtitleOf(page, view, t) }),
    body: html`
      <p class="crumb"><a class="link" href="${page.url(backOf(view, slug))}">‹ ${backName(page, view)}</a></p>
      ${done ?? ''}
      ${refusal ? banner({ tone: 'danger', title: t('refused'), body: refusal }) : ''}
      ${warnings.map((body) => banner({ tone: 'warning', body }))}
      ${effect ?? ''}
      ${card({ title: t(`${entity}.one`), body: formOf(page, view, slug, t) })}
      ${entity === 'line' && record ? areasCard(page, view, slug, t) : ''}
      ${record && record.origin === 'overlay' ? belowCard(page, view, record, slug, t) : ''}
      ${record ? removalCard(page, record, slug, t) : ''}`,
  })
}

/** Of an area; undefined when it is gone. */
const lineOf = ({ entity, record, typed, model }: RecordView) => {
  const lineId = entity === 'area' ? Number(record?.values.line_id ?? typed.line_id) : null
  return model.lines.find((line) => line.lineId === lineId)
}

/** An area leads back to its line. */
const backOf = (view: RecordView, slug: string): string => {
  const line = lineOf(view)
  return line ? editingPaths.one('line', slug, line.lineId) : editingPaths.list(view.entity, slug)
}

const backName = (page: PageContext, view: RecordView): string => lineOf(view)?.lineName ?? sectionName(placeOf[view.entity].section, page)

/** A filter by the name of its kind in the page's language. */
export function titleOf(page: PageContext, model: PlantModel, { entity, id, values }: PlantRecord): string {
  const row = entity === 'filter' ? model.filters.find(({ filterId }) => filterId === id) : undefined
  const className = row ? classOf(row) : null
  return className ? filterTypes[className].label[page.language] : String(values[definitions[entity].title] ?? '')
}

function subtitleOf(page: PageContext, { record, model }: RecordView, t: Words): string {
  if (!record) return ''
  const kind = t(`${record.entity}.one`)
  if (!record.edited) return kind
  const when = formatInstant(record.edited.atMs, page.language, model.settings.timeZone)
  return `${kind} · ${t('last', { by: record.edited.by, when })}`
}

function formOf(page: PageContext, view: RecordView, slug: string, t: Words): Html {
  const { entity, record, typed, errors, now, model, canManage } = view
  const action = record ? editingPaths.one(entity, slug, record.id) : editingPaths.create(entity, slug)
  const note = entity === 'line' && !record ? html`<p class="muted">${t(canManage ? 'tables.new' : 'tables.later')}</p>` : ''
  return html`
  <form class="stack" method="post" action="${page.url(action)}">
    ${csrf(page)}
    ${record ? html`<input type="hidden" name="version" value="${record.version}">` : ''}
    ${fieldsOf({ entity, typed, was: record ? typedOf(entity, record.values) : {}, errors, now, model, language: page.language, t })}
    ${note}
    <div class="cluster">
      ${button({ label: t(record ? 'save' : 'add'), look: 'primary', name: 'do', value: 'save' })}
      ${hasEffect.has(entity) ? button({ label: t('preview'), icon: 'show_chart', name: 'do', value: 'preview' }) : ''}
      ${linkButton({ label: t('cancel'), href: page.url(backOf(view, slug)), look: 'quiet' })}
    </div>
  </form>`
}

export const typeName = (type: JsonValue | undefined, t: Words): string => {
  const word = `type.${String(type)}` as Word
  return ['input', 'process', 'output', 'discard'].includes(String(type)) ? t(word) : String(type ?? '')
}

function areasCard(page: PageContext, { record, areas }: RecordView, slug: string, t: Words): Html {
  const lineId = record?.id ?? 0
  const add = linkButton({ label: t('area.new'), href: `${page.url(editingPaths.create('area', slug))}?line_id=${lineId}`, icon: 'add' })
  if (areas.length === 0)
    return card({ id: 'areas', title: t('areas'), actions: add, body: emptyState({ title: t('areas.none'), icon: 'inbox' }) })
  const move = (area: PlantRecord, direction: 'up' | 'down', isThere: boolean): Html => {
    const label = t(`areas.${direction}`, { name: String(area.values.area_name) })
    return html`<button class="icon-btn" type="submit" name="move" value="${direction}:${area.id}" title="${label}" aria-label="${label}"${isThere ? '' : html` disabled`}>${icon(direction === 'up' ? 'arrow_upward' : 'arrow_downward')}</button>`
  }
  return card({
    id: 'areas',
    title: t('areas'),
    actions: add,
    body: html`<form method="post" action="${page.url(editingPaths.areaOrder(slug, lineId))}">${csrf(page)}
    ${table({
      id: 'areas-table',
      caption: t('areas'),
      language: page.language,
      columns: [
        { key: 'order', label: t('filter.display_order'), isSortable: false },
        { key: 'name', label: t('area.area_name'), isSortable: false },
        { key: 'type', label: t('area.area_type'), isSortable: false },
        { key: 'state', label: t('state'), isSortable: false, isHidden: 'phone' },
      ],
      rows: areas.map((area, index) => ({
        key: String(area.id),
        cells: [
          { content: html`<span class="cluster">${move(area, 'up', index > 0)}${move(area, 'down', index < areas.length - 1)}</span>` },
          {
            content: html`<a class="link" href="${page.url(editingPaths.one('area', slug, area.id))}">${String(area.values.area_name)}</a>`,
          },
          { content: typeName(area.values.area_type, t) },
          { content: html`${stateBadge(area, t)} ${originBadge(area, t)}` },
        ],
      })),
    })}</form>`,
  })
}

export const stateBadge = ({ values }: PlantRecord, t: Words): Html =>
  values.is_active === true
    ? badge({ label: t('state.active'), tone: 'success', icon: 'check_circle' })
    : badge({ label: t('state.inactive'), tone: 'neutral', icon: 'block' })

export const originBadge = ({ origin, base }: PlantRecord, t: Words): Html =>
  origin === 'database' ? html`` : badge({ label: t(base === null ? 'origin.added' : 'origin.changed'), tone: 'info', icon: 'edit' })

/** A value in words. */
export function written(value: JsonValue, name: string, t: Words): string {
  if (value === null || value === '') return '—'
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no')
  if (name === 'days' && Array.isArray(value)) return value.map((day) => t(`day.${String(day)}` as Word)).join(', ')
  if (name === 'area_type') return typeName(value, t)
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** What differs, and the way back. A record that was added here has nothing below. */
function belowCard(page: PageContext, { entity }: RecordView, record: PlantRecord, slug: string, t: Words): Html {
  const { base, values, id } = record
  if (base === null) return html``
  const differing = definitions[entity].fields.filter(({ name }) => !isSame(values[name] ?? null, base[name] ?? null))
  return card({
    id: 'below',
    title: t('below'),
    body: html`<dl class="facts">${differing.map(({ name }) => html`<dt>${t(`${entity}.${name}` as Word)}</dt><dd class="break-words">${written(base[name] ?? null, name, t)}</dd>`)}</dl>
    <form method="post" action="${page.url(editingPaths.reversion(entity, slug, id))}">${csrf(page)}
      <div class="cluster">${button({ label: t('revert'), icon: 'history' })}</div></form>`,
  })
}

const removalCard = (page: PageContext, { entity, id, version }: PlantRecord, slug: string, t: Words): Html =>
  card({
    body: html`<details class="disclosure disclosure--first" id="removal"><summary>${t('remove')}</summary>
    <form class="stack" method="post" action="${page.url(editingPaths.removal(entity, slug, id))}">
      ${csrf(page)}<input type="hidden" name="version" value="${version}">
      <p class="muted">${t('remove.hint')}</p>
      <div class="cluster">${button({ label: t('remove'), look: 'danger', icon: 'delete' })}</div>
    </form></details>`,
  })
