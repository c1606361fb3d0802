/** Pages of the tables: how each line's is, what can be done with it, and the work that was asked for. */
import type { TenantActor } from '../../identity/index.ts'
import { formatInstant, formatLocalDate, formatNumber, noValue, translator } from '../../platform/i18n/index.ts'
import { parseLocal } from '../../platform/time/index.ts'
import {
  badge,
  banner,
  button,
  card,
  emptyState,
  field,
  type Html,
  html,
  hx,
  linkButton,
  type PageContext,
  select,
  table,
  toggle,
} from '../../platform/ui/index.ts'
import { heldDays } from '../archive/index.ts'
import { configurationPage } from '../configuration/index.ts'
import type { SlotFigures } from '../partitions/index.ts'
import { type Month, monthText } from '../source/index.ts'
import { messages } from './messages.ts'
import { tablePaths } from './paths.ts'
import type { Policy } from './policy.ts'
import type { TableReport } from './report.ts'
import type { Task } from './tasks.ts'
import type { PlannedLine } from './work.ts'

type Actor = Pick<TenantActor, 'permissions' | 'tenant'>
const words = (page: PageContext) => translator(messages, page.language)
type Words = ReturnType<typeof words>
const csrf = (page: PageContext): Html => html`<input type="hidden" name="csrf_token" value="${page.csrfToken}">`

export type TablesView = {
  readonly reports: readonly TableReport[]
  readonly policy: Policy
  readonly tasks: readonly Task[]
  readonly isManaged: boolean
  readonly engine: string
  readonly timeZone: string
  readonly month: Month
  readonly done: 'saved' | 'asked' | null
  readonly refusal: string | null
}

export function sizeText(bytes: number | null, page: Pick<PageContext, 'language'>): string {
  if (bytes === null) return noValue
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let [value, unit] = [bytes, 0]
  while (value >= 1_000 && unit < units.length - 1) [value, unit] = [value / 1_000, unit + 1]
  return `${formatNumber(value, page.language, unit === 0 || value >= 100 ? 0 : 1)} ${units[unit]}`
}

/** One piece of work, asked for by a button. */
const asking = (page: PageContext, actor: Actor, fields: Readonly<Record<string, string | number>>, control: Html, t: Words): Html => html`
  <form method="post" action="${page.url(tablePaths.task(actor.tenant.slug))}" data-busy="${t('busy')}">${csrf(page)}
    ${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}${control}</form>`

export function tablesPage(page: PageContext, actor: Actor, view: TablesView): Html {
  const t = words(page)
  const { slug } = actor.tenant
  const mayAct = view.isManaged && actor.permissions.has('manage_partitions')
  const without = view.reports.filter((report) => report.table === null)
  const isMissing = view.reports.some((report) => report.missingMonths.length > 0)
  const body = html`
    ${view.done ? banner({ tone: 'success', body: t(`done.${view.done}`) }) : ''}
    ${view.refusal ? banner({ tone: 'danger', title: t('refused'), body: view.refusal }) : ''}
    ${
      view.isManaged
        ? ''
        : banner({
            tone: 'info',
            body: html`${t('customers')} <a class="link" href="${page.url(tablePaths.sql(slug))}">${t('sql.download')}</a>`,
          })
    }
    ${
      without.length > 0 && mayAct
        ? banner({
            tone: 'warning',
            body: html`<div class="stack"><span>${t('missing.tables', { lines: without.map(({ line }) => line.lineName).join(', ') })}</span>${asking(page, actor, { kind: 'create' }, button({ label: t('missing.tables.make') }), t)}</div>`,
          })
        : ''
    }
    ${
      isMissing && mayAct
        ? banner({
            tone: 'warning',
            body: html`<div class="stack"><span>${t('missing.partitions')}</span>${asking(page, actor, { kind: 'ensure' }, button({ label: t('missing.partitions.make') }), t)}</div>`,
          })
        : ''
    }
    ${view.reports.length === 0 ? card({ body: emptyState({ title: t('lines.none'), detail: t('lines.none.detail'), icon: 'database' }) }) : ''}
    ${view.isManaged ? policyCard(page, actor, view.policy, t) : ''}
    ${view.isManaged ? card({ title: t('work'), subtitle: t('work.worker'), body: workPart(page, actor, view) }) : ''}
    ${view.reports.map((report) => lineCard(page, actor, view, report, mayAct, t))}`
  return configurationPage({ page, actor, current: 'tables', title: t('title'), subtitle: t('subtitle'), body })
}

function policyCard(page: PageContext, actor: Actor, policy: Policy, t: Words): Html {
  const months = policy.retentionMonths === null ? 'never' : (String(policy.retentionMonths) as '12' | '24')
  if (!actor.permissions.has('manage_partitions'))
    return card({
      title: t('policy'),
      subtitle: t('policy.hint'),
      body: html`<p><strong>${t(`policy.${months}`)}.</strong> <span class="muted">${t('policy.managers')}</span></p>`,
    })
  const options = (['never', '12', '24'] as const).map((value) => ({ value, label: t(`policy.${value}`) }))
  return card({
    title: t('policy'),
    subtitle: t('policy.hint'),
    body: html`<form class="stack" method="post" action="${page.url(tablePaths.policy(actor.tenant.slug))}" data-busy="${t('busy')}">${csrf(page)}
      <div class="form-grid">
        ${select({ name: 'retention', label: t('policy.months'), options, value: months })}
        ${field({ name: 'months_ahead', label: t('policy.ahead'), type: 'number', min: 1, max: 24, value: policy.monthsAhead, isRequired: true })}
      </div>
      ${toggle({ name: 'archive', label: t('policy.archive'), hint: t('policy.archive.hint'), isOn: policy.isArchiving })}
      <div class="cluster">${button({ label: t('policy.save'), look: 'primary' })}</div></form>`,
  })
}

const tones = { waiting: 'neutral', running: 'info', done: 'success', failed: 'danger' } as const

const kindWords = ({ kind, month }: Task['work'], page: PageContext): string =>
  words(page)(`kind.${kind}`, { month: month === undefined ? '' : monthWords(month, page) })

/** The part that a page asks for again while something goes on. */
export function workPart(page: PageContext, actor: Actor, { tasks, timeZone }: Pick<TablesView, 'tasks' | 'timeZone'>): Html {
  const t = words(page)
  const isActive = tasks.some(({ state }) => state === 'waiting' || state === 'running')
  const again = isActive ? hx(page, { get: page.url(tablePaths.task(actor.tenant.slug)), trigger: 'every 2s', swap: 'outerHTML' }) : ''
  if (tasks.length === 0) return html`<p class="muted" id="table-work">${t('work.none')}</p>`
  return html`<ul class="stack" id="table-work"${again}>${tasks.map(({ taskId, work, state, note, done, total, byName, createdMs }) => {
    const going = state === 'running' && total > 0
    return html`<li id="task-${taskId}">
      <div class="cluster">${badge({ label: t(`state.${state}`), tone: tones[state] })}<strong>${kindWords(work, page)}</strong></div>
      ${note ? html`<p>${note[page.language]}</p>` : ''}
      ${going ? html`<progress class="load-bar" max="${total}" value="${done}" aria-label="${kindWords(work, page)}">${t('work.step', { done, total })}</progress>` : ''}
      <p class="muted small">${t('work.by', { by: byName, at: formatInstant(createdMs, page.language, timeZone) })}</p></li>`
  })}</ul>`
}

/** `2026-03` as people say it: marzo de 2026. */
export function monthWords(text: string, { language }: Pick<PageContext, 'language'>): string {
  const [year = 0, month = 1] = text.split('-').map(Number)
  return new Intl.DateTimeFormat(language, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(Date.UTC(year, month - 1, 1))
}

const dayText = (at: string | null, page: PageContext): string => {
  const localS = at === null ? null : parseLocal(at.slice(0, 10))
  return localS === null ? noValue : formatLocalDate(localS, page.language)
}

function lineCard(page: PageContext, actor: Actor, view: TablesView, report: TableReport, mayAct: boolean, t: Words): Html {
  const { line } = report
  if (report.table === null)
    return card({
      title: line.lineName,
      actions: badge({ label: t('badge.none'), tone: 'warning', icon: 'warning' }),
      body: html`<p class="muted">${t('no_table')}</p>`,
    })
  const count = formatNumber(report.rows, page.language)
  const facts: readonly (readonly [string, Html | string])[] = [
    [t('rows'), report.isEstimate ? t('rows.about', { count }) : count],
    ...(report.bytes === null ? [] : [[t('size'), sizeText(report.bytes, page)] as const]),
    [t('since'), dayText(report.oldest, page)],
    [t('until'), dayText(report.newest, page)],
    [t('partitions'), partitionWords(report, view.engine, t)],
  ]
  return card({
    id: `line-${line.lineId}`,
    title: line.lineName,
    subtitle: report.table,
    actions: lineBadge(report, t),
    body: html`<div class="stack">
      <dl class="facts">${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
      ${report.slots.length > 0 ? partitionList(page, report, t) : ''}
      ${report.indexes.length > 0 ? indexList(page, actor, report, mayAct, t) : ''}
      ${report.archives.length > 0 ? archiveList(page, actor, report, mayAct, t) : ''}
      ${mayAct ? takeOutForm(page, actor, view, report, t) : ''}
      ${mayAct && view.engine !== 'sqlite' && (report.scheme === null || report.scheme === 'year_month') ? convertPart(page, actor, report, t) : ''}
    </div>`,
  })
}

function lineBadge({ missingMonths, indexes }: TableReport, t: Words): Html {
  if (missingMonths.length > 0)
    return badge({ label: t('badge.missing', { count: missingMonths.length }), tone: 'warning', icon: 'warning' })
  if (indexes.length > 0) return badge({ label: t('badge.indexes', { count: indexes.length }), tone: 'info', icon: 'info' })
  return badge({ label: t('badge.ok'), tone: 'success', icon: 'check_circle' })
}

function partitionWords({ scheme, slots }: TableReport, engine: string, t: Words): string {
  if (scheme === null) return engine === 'sqlite' ? t('partitions.sqlite') : t('partitions.none')
  if (scheme === 'other') return t('partitions.other')
  const words = t('partitions.count', { count: slots.length })
  return scheme === 'year_month' ? `${words}. ${t('partitions.old')}` : words
}

function monthsOf({ from, below, isRest }: SlotFigures, t: Words): string {
  if (isRest) return from === null ? t('months.rest') : t('months.later', { month: monthText(from) })
  const last = monthText((below ?? 1) - 1)
  if (from === null) return t('months.older', { month: last })
  return monthText(from) === last ? last : `${monthText(from)} – ${last}`
}

const partitionList = (page: PageContext, { line, slots, isEstimate }: TableReport, t: Words): Html => html`
  <details class="disclosure"><summary>${t('partitions.see')}</summary>
  ${table({
    id: `partitions-${line.lineId}`,
    caption: t('partitions'),
    language: page.language,
    columns: [
      { key: 'partition', label: t('partition'), isSortable: false },
      { key: 'months', label: t('months'), isSortable: false },
      { key: 'rows', label: t('rows'), align: 'end', isSortable: false },
      { key: 'size', label: t('size'), align: 'end', isSortable: false, isHidden: 'phone' },
    ],
    rows: slots.map((slot) => {
      const count = formatNumber(slot.rows, page.language)
      return {
        key: slot.name,
        cells: [
          { content: html`<span class="break-words">${slot.name}</span>` },
          { content: monthsOf(slot, t) },
          { content: isEstimate && slot.rows > 0 ? t('rows.about', { count }) : count },
          { content: sizeText(slot.bytes, page) },
        ],
      }
    }),
  })}</details>`

const indexList = (page: PageContext, actor: Actor, { line, indexes }: TableReport, mayAct: boolean, t: Words): Html => html`
  <details class="disclosure"><summary>${t('indexes')} (${indexes.length})</summary><div class="stack">
  ${table({
    id: `indexes-${line.lineId}`,
    caption: t('indexes'),
    language: page.language,
    isStacked: true,
    columns: [
      { key: 'columns', label: t('indexes.columns'), isSortable: false },
      { key: 'effect', label: t('indexes.effect'), isSortable: false },
    ],
    rows: indexes.map(({ columns, effect }) => ({
      key: columns.join('-'),
      cells: [{ content: html`<span class="break-words">${columns.join(', ')}</span>` }, { content: effect[page.language] }],
    })),
  })}
  ${
    mayAct
      ? html`<p class="muted">${t('indexes.caution')}</p>${asking(page, actor, { kind: 'indexes', line_id: line.lineId }, button({ label: t('indexes.make') }), t)}`
      : ''
  }</div></details>`

const archiveTones = { archived: 'neutral', stored: 'success', leaving: 'info' } as const

const archiveList = (page: PageContext, actor: Actor, { line, archives }: TableReport, mayAct: boolean, t: Words): Html => html`
  <details class="disclosure" open><summary>${t('archives')} (${archives.length})</summary><div class="stack">
  <p class="muted">${t('archives.hint', { days: heldDays })}</p>
  ${table({
    id: `archives-${line.lineId}`,
    caption: t('archives'),
    language: page.language,
    isStacked: true,
    columns: (['archives.month', 'rows', 'archives.size', 'archives.state', 'archives.action'] as const)
      .slice(0, mayAct ? 5 : 4)
      .map((key) => ({ key, label: t(key), isSortable: false })),
    rows: archives.map((archive) => {
      const month = monthText(archive.month)
      const restore = asking(
        page,
        actor,
        { kind: 'restore', line_id: line.lineId, month },
        button({ label: t('archives.restore', { month: monthWords(month, page) }) }),
        t,
      )
      return {
        key: `${month}-${archive.part}`,
        cells: [
          { content: monthWords(month, page) },
          { content: formatNumber(archive.rows, page.language) },
          { content: sizeText(archive.sizeBytes, page) },
          { content: badge({ label: t(`archives.${archive.state}`), tone: archiveTones[archive.state] }) },
          ...(mayAct
            ? [
                {
                  content: !archive.isHere
                    ? t('archives.elsewhere', { database: archive.database })
                    : archive.state === 'archived'
                      ? restore
                      : noValue,
                },
              ]
            : []),
        ],
      }
    }),
  })}</div></details>`

const keepChoices = [3, 6, 12, 24, 36] as const

const takeOutForm = (page: PageContext, actor: Actor, { month }: TablesView, { line }: TableReport, t: Words): Html => html`
  <details class="disclosure"><summary>${t('takeout')}</summary>
  <form class="stack" method="get" action="${page.url(tablePaths.preview(actor.tenant.slug))}"><input type="hidden" name="line_id" value="${line.lineId}">
    ${select({
      name: 'month',
      id: `keep-${line.lineId}`,
      label: t('takeout.keep'),
      value: monthText(month - 12),
      options: keepChoices.map((count) => ({ value: monthText(month - count), label: t('takeout.keep.months', { count }) })),
    })}
    <div class="cluster">${button({ label: t('takeout.preview') })}</div></form></details>`

const convertPart = (page: PageContext, actor: Actor, { line }: TableReport, t: Words): Html => html`
  <details class="disclosure"><summary>${t('convert')}</summary><div class="stack">
    ${banner({ tone: 'warning', body: t('convert.caution') })}
    ${asking(page, actor, { kind: 'convert', line_id: line.lineId }, button({ label: t('convert.make'), look: 'danger' }), t)}</div></details>`

/** What would go, before anybody confirms it. */
export function previewPage(
  page: PageContext,
  actor: Actor,
  { planned, month, isArchiving }: { readonly planned: PlannedLine; readonly month: string; readonly isArchiving: boolean },
): Html {
  const t = words(page)
  const { line, units, rows } = planned
  const backTo = (label: string): Html => linkButton({ label, href: page.url(tablePaths.page(actor.tenant.slug)) })
  const count = formatNumber(rows, page.language)
  const shown = units.filter((unit) => unit.rows > 0 || unit.slot !== null)
  if (shown.length === 0)
    return configurationPage({
      page,
      actor,
      current: 'tables',
      title: t('preview.title', { month: monthWords(month, page) }),
      body: html`${card({ body: emptyState({ title: t('preview.none', { month: monthWords(month, page) }), detail: t('preview.none.detail'), icon: 'check_circle' }) })}<div class="cluster">${backTo(t('preview.return'))}</div>`,
    })
  const confirm = asking(
    page,
    actor,
    { kind: 'take_out', line_id: line.lineId, month, archive: isArchiving ? 1 : 0 },
    button({ label: t(isArchiving ? 'preview.confirm.archive' : 'preview.confirm.delete', { rows: count }), look: 'danger' }),
    t,
  )
  const body = html`
    ${banner({ tone: isArchiving ? 'info' : 'danger', body: t(isArchiving ? 'preview.archive' : 'preview.delete') })}
    ${card({
      title: line.lineName,
      subtitle: t('preview.rows', { rows: count, table: line.detectionTable?.name ?? '' }),
      body: table({
        id: 'preview',
        caption: t('preview.title', { month: monthWords(month, page) }),
        language: page.language,
        columns: [
          { key: 'partition', label: t('partition'), isSortable: false },
          { key: 'months', label: t('months'), isSortable: false },
          { key: 'rows', label: t('rows'), align: 'end', isSortable: false },
        ],
        rows: shown.map((unit, index) => ({
          key: String(index),
          cells: [
            { content: html`<span class="break-words">${unit.slot?.name ?? noValue}</span>` },
            { content: unit.months.map((one) => monthWords(monthText(one.month), page)).join(', ') || noValue },
            { content: formatNumber(unit.rows, page.language) },
          ],
        })),
      }),
    })}
    <div class="cluster">${confirm}${backTo(t('preview.back'))}</div>`
  return configurationPage({ page, actor, current: 'tables', title: t('preview.title', { month: monthWords(month, page) }), body })
}
