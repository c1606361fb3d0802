/** The calendar's page: breaks, holidays and extra shifts, each with what is there and a form for one more. */
import { formatLocalDate, translator } from '../../../platform/i18n/index.ts'
import { parseLocal } from '../../../platform/time/index.ts'
import {
  banner,
  button,
  card,
  csrf,
  emptyState,
  field,
  type Html,
  html,
  linkButton,
  multiSelect,
  type PageContext,
  table,
  toggle,
} from '../../../platform/ui/index.ts'
import type { PlantModel } from '../../model/index.ts'
import type { Effect } from '../effect.ts'
import { effectCard } from '../effect-view.ts'
import { configurationPaths } from '../paths.ts'
import type { SettingsBody } from '../settings/schema.ts'
import { type Asker, configurationPage } from '../shell.ts'
import { type CalendarChange, type CalendarList, calendarLists, type Entry, keyOf } from './change.ts'
import { calendarMessages } from './messages.ts'

/** As typed. */
export type EntryForm = {
  readonly date: string
  readonly start: string
  readonly end: string
  readonly name: string
  readonly yearly: boolean
  readonly days: readonly string[]
  readonly line_ids: readonly string[]
}

export type CalendarPage = {
  readonly model: PlantModel
  readonly body: SettingsBody
  /** The form that was sent: its list, what was typed and what is wrong with it. */
  readonly asked: { readonly list: CalendarList; readonly form: EntryForm; readonly errors: Readonly<Record<string, string>> } | null
  /** Not saved yet: what would be, with its effect. */
  readonly pending: { readonly change: CalendarChange; readonly entry: Entry; readonly effect: Effect | null } | null
  readonly refusal: string | null
  readonly note: 'done.added' | 'done.removed' | 'gone' | null
}

export type Words = (key: keyof typeof calendarMessages & string, parameters?: Readonly<Record<string, string | number>>) => string
type Drawing = { readonly page: PageContext; readonly t: Words; readonly path: string; readonly view: CalendarPage }

const weekdays = [1, 2, 3, 4, 5, 6, 7] as const

export function calendarPage(page: PageContext, actor: Asker, view: CalendarPage): Html {
  const t: Words = translator(calendarMessages, page.language)
  const path = page.url(configurationPaths.calendar(actor.tenant.slug))
  const drawing: Drawing = { page, t, path, view }
  const { note, refusal, asked, pending } = view
  return configurationPage({
    page,
    actor,
    current: 'calendar',
    subtitle: t('subtitle'),
    body: html`
      ${note ? banner({ tone: note === 'gone' ? 'info' : 'success', body: t(note) }) : ''}
      ${refusal ? banner({ tone: 'danger', title: t('refused'), body: refusal }) : ''}
      ${asked && Object.keys(asked.errors).length > 0 ? banner({ tone: 'danger', title: t('refused'), body: t('check') }) : ''}
      ${pending ? pendingPart(drawing, pending) : ''}
      ${calendarLists.map((list) => listCard(drawing, list))}`,
  })
}

const hidden = (name: string, value: string): Html => html`<input type="hidden" name="${name}" value="${value}">`

function pendingPart({ page, t, path, view }: Drawing, { change, entry, effect }: NonNullable<CalendarPage['pending']>): Html {
  const what = wordsOf(change.list, entry, view.model, t, page)
  const isAdding = change.kind === 'add'
  const actions = html`<form class="cluster" method="post" action="${path}">
    ${csrf(page)}${hidden('kind', change.kind)}${hidden('list', change.list)}${hidden('entry', keyOf(entry))}
    ${button({ label: t(isAdding ? 'save' : 'save.remove'), look: isAdding ? 'primary' : 'danger', name: 'action', value: 'save' })}
    ${linkButton({ label: t('discard'), href: path })}
  </form>`
  return html`
    ${banner({ tone: 'info', body: t(isAdding ? 'adding' : 'removing', { what }) })}
    ${effectCard(effect, page.language, actions)}`
}

/** What an entry says, in one line. */
function wordsOf(list: CalendarList, entry: Entry, model: PlantModel, t: Words, page: PageContext): string {
  const name = 'name' in entry ? entry.name : ''
  const lines = 'line_ids' in entry && entry.line_ids.length > 0 ? linesOf(entry.line_ids, model, t) : ''
  return [whenOf(list, entry, t, page), name, lines].filter((part) => part !== '').join(' · ')
}

const dateOf = (date: string, { language }: PageContext): string => formatLocalDate(parseLocal(date) ?? 0, language)
/** Without its year. */
const dayOfYear = (date: string, page: PageContext): string => (page.language === 'es' ? dateOf(date, page).slice(0, 5) : date.slice(5))

function whenOf(list: CalendarList, entry: Entry, t: Words, page: PageContext): string {
  if ('days' in entry) {
    const days = entry.days.length === 7 ? t('days.every') : entry.days.map((day) => t(`day${day}` as 'day1')).join(', ')
    return `${entry.start}–${entry.end} · ${days}`
  }
  if ('yearly' in entry) return entry.yearly ? `${dayOfYear(entry.date, page)} · ${t('yearly.mark')}` : dateOf(entry.date, page)
  return list === 'extra_shifts' ? `${dateOf(entry.date, page)} · ${entry.start}–${entry.end}` : ''
}

const linesOf = (lineIds: readonly number[], model: PlantModel, t: Words): string =>
  lineIds.length === 0
    ? t('lines.all')
    : lineIds.map((id) => model.lines.find(({ lineId }) => lineId === id)?.lineName ?? t('line', { id })).join(', ')

const orderOf = (entry: Entry): string =>
  'days' in entry
    ? entry.start
    : `${'yearly' in entry && entry.yearly ? `0${entry.date.slice(5)}` : entry.date} ${'start' in entry ? entry.start : ''}`

function listCard(drawing: Drawing, list: CalendarList): Html {
  const { page, t, path, view } = drawing
  const entries = [...(view.body[list] as readonly Entry[])].sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))
  const hasLines = list !== 'breaks'
  const remove = (entry: Entry): Html => html`<form method="post" action="${path}">
    ${csrf(page)}${hidden('kind', 'remove')}${hidden('list', list)}${hidden('entry', keyOf(entry))}
    <button class="btn btn--quiet" type="submit" name="action" value="preview" aria-label="${t('remove.of', { what: wordsOf(list, entry, view.model, t, page) })}"><span>${t('remove')}</span></button>
  </form>`
  const rows = table({
    id: list,
    caption: t(list),
    language: page.language,
    isStacked: true,
    columns: [
      { key: 'when', label: t('when'), isSortable: false },
      ...(hasLines
        ? [
            { key: 'name', label: t('name'), isSortable: false },
            { key: 'lines', label: t('lines'), isSortable: false },
          ]
        : []),
      { key: 'remove', label: t('remove'), isSortable: false, align: 'end' },
    ],
    rows: entries.map((entry, i) => ({
      key: String(i),
      cells: [
        { content: whenOf(list, entry, t, page) },
        ...('line_ids' in entry ? [{ content: entry.name || '—' }, { content: linesOf(entry.line_ids, view.model, t) }] : []),
        { content: remove(entry) },
      ],
    })),
  })
  return card({
    id: `card-${list}`,
    title: t(list),
    subtitle: t(`${list}.hint`),
    body: html`${entries.length === 0 ? emptyState({ title: t(`${list}.none`), icon: 'calendar_month' }) : rows}${addForm(drawing, list)}`,
  })
}

const emptyForm: EntryForm = {
  date: '',
  start: '',
  end: '',
  name: '',
  yearly: false,
  days: ['1', '2', '3', '4', '5', '6', '7'],
  line_ids: [],
}

function addForm({ page, t, path, view }: Drawing, list: CalendarList): Html {
  const isAsked = view.asked?.list === list
  const form = isAsked ? (view.asked?.form ?? emptyForm) : emptyForm
  const errors = isAsked ? (view.asked?.errors ?? {}) : {}
  const id = (name: string): string => `${list}-${name}`
  const time = (name: 'start' | 'end'): Html =>
    field({
      name,
      id: id(name),
      label: t(name),
      type: 'time',
      value: form[name],
      isRequired: true,
      error: errors[name],
      ...(name === 'end' && { hint: t('end.hint') }),
    })
  const lines = multiSelect({
    name: 'line_ids',
    id: id('lines'),
    label: t('lines'),
    allLabel: t('lines.all'),
    language: page.language,
    values: form.line_ids,
    error: errors.line_ids,
    options: view.model.lines
      .filter(({ isActive }) => isActive)
      .map(({ lineId, lineName }) => ({ value: String(lineId), label: lineName })),
  })
  const date = field({
    name: 'date',
    id: id('date'),
    label: t('date'),
    type: 'date',
    value: form.date,
    isRequired: true,
    error: errors.date,
  })
  const name = field({
    name: 'name',
    id: id('name'),
    label: t('name.optional'),
    value: form.name,
    maxLength: 100,
    error: errors.name,
    autocomplete: 'off',
  })
  const fields = {
    breaks: html`${time('start')}${time('end')}${multiSelect({
      name: 'days',
      id: id('days'),
      label: t('days'),
      allLabel: t('days'),
      language: page.language,
      values: form.days,
      error: errors.days,
      options: weekdays.map((day) => ({ value: String(day), label: t(`day${day}`) })),
    })}`,
    holidays: html`${date}${name}${lines}${toggle({ name: 'yearly', id: id('yearly'), label: t('yearly'), isOn: form.yearly })}`,
    extra_shifts: html`${date}${time('start')}${time('end')}${name}${lines}`,
  }
  return html`<details class="disclosure" id="${id('add')}"${isAsked && !view.pending ? html` open` : ''}>
    <summary>${t(`${list}.add`)}</summary>
    <form class="stack" method="post" action="${path}">
      ${csrf(page)}${hidden('kind', 'add')}${hidden('list', list)}
      <div class="form-grid">${fields[list]}</div>
      <div class="cluster">${button({ label: t('preview'), look: 'primary', name: 'action', value: 'preview' })}</div>
    </form>
  </details>`
}
