/** Pages of the tables: the lines' cards, retention, the work that was asked for, and what taking out would take. */
import { formatInstant, formatNumber, noValue } from '../../platform/i18n/index.ts'
import {
  badge,
  banner,
  button,
  card,
  csrf,
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
import { configurationPage } from '../configuration/index.ts'
import { type Month, monthText } from '../source/index.ts'
import { lineCard } from './line-card.ts'
import { type Actor, asking, monthWords, type Words, words } from './parts.ts'
import { tablePaths } from './paths.ts'
import type { Policy } from './policy.ts'
import type { TableReport } from './report.ts'
import type { PlannedLine } from './take-out.ts'
import type { Task } from './tasks.ts'

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
