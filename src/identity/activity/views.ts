/** The page of activity: three logs behind tabs, each with its filters, its rows and its CSV. */
import { formatInstant, formatNumber, type Language, translator } from '../../platform/i18n/index.ts'
import {
  banner,
  card,
  emptyState,
  field,
  filterFold,
  type Html,
  html,
  linkButton,
  type NavItem,
  type PageContext,
  pageHead,
  pager,
  select,
  shell,
  table,
  tabs,
} from '../../platform/ui/index.ts'
import { genericActions, securityActions, type Verified } from '../audit/index.ts'
import { detailText } from './detail.ts'
import type { ActivityText } from './filters.ts'
import { activityMessages, endText } from './messages.ts'
import type { AuditItem, LoginItem, LogName, QueryItem } from './queries.ts'

export type ActivityRows =
  | { readonly name: 'audit'; readonly rows: readonly AuditItem[] }
  | { readonly name: 'logins'; readonly rows: readonly LoginItem[] }
  | { readonly name: 'queries'; readonly rows: readonly QueryItem[] }

export type ActivityPage = {
  readonly page: PageContext
  readonly nav: readonly NavItem[]
  /** Address of the page, without query. */
  readonly path: string
  readonly offered: readonly LogName[]
  readonly canExport: boolean
  readonly log: ActivityRows
  readonly asked: ActivityText
  readonly faults: Readonly<Record<string, string>>
  readonly at: { readonly page: number; readonly pages: number; readonly total: number }
  readonly timeZone: string
  /** Null: nobody asked. */
  readonly verified: Verified | null
}

type Words = (key: keyof typeof activityMessages & string, parameters?: Readonly<Record<string, string | number>>) => string

export function activityPage(view: ActivityPage): Html {
  const { page, log, asked } = view
  const t: Words = translator(activityMessages, page.language)
  const href = (changes: Readonly<Record<string, string | number>>, path = view.path): string => {
    const kept = Object.entries(asked).filter(([, value]) => value)
    return `${page.url(path)}?${new URLSearchParams([['tab', log.name], ...kept, ...Object.entries(changes).map(([k, v]) => [k, String(v)])] as [string, string][])}`
  }
  const actions = html`
    ${log.name === 'audit' ? linkButton({ label: t('verify'), href: href({ verify: 1 }), icon: 'verified' }) : ''}
    ${view.canExport ? linkButton({ label: t('csv'), href: href({}, `${view.path}/export.csv`), icon: 'download' }) : ''}`
  const body = html`
    ${pageHead({ title: t('title'), subtitle: t('subtitle', { zone: view.timeZone }), actions })}
    ${view.verified ? verdict(t, view.verified, page.language) : ''}
    <div class="stack">
    ${tabs({
      label: t('tabs'),
      items: view.offered.map((name) => ({ label: t(name), href: `${page.url(view.path)}?tab=${name}`, isCurrent: name === log.name })),
    })}
      ${filterForm(view, t)}
      ${card({ body: html`${log.rows.length === 0 ? emptyState({ title: t(`empty.${log.name}`), icon: 'history' }) : rowsOf(view, t)}${pager({ ...view.at, href: (to) => href({ page: to }), language: page.language })}` })}
    </div>`
  return shell({ page, title: t('title'), nav: view.nav, body })
}

function verdict(t: Words, { chains, isWhole }: Verified, language: Language): Html {
  const [chain] = chains
  if (!isWhole) return banner({ tone: 'danger', body: t('verify.broken') })
  if (!chain) return banner({ tone: 'info', body: t('verify.none') })
  const head = `${chain.lastSequence}:${chain.lastSeal.slice(0, 16)}…`
  return banner({ tone: 'success', body: t('verify.whole', { rows: formatNumber(chain.rows, language), head }) })
}

function filterForm({ page, path, log, asked, faults }: ActivityPage, t: Words): Html {
  const text = (name: 'user' | 'ip' | 'line' | 'entity', maxLength: number) =>
    field({ name, label: t(name), value: asked[name] ?? '', maxLength, autocomplete: 'off' })
  const actions = [...securityActions, ...genericActions].map((word) => ({ value: word, label: t(word) }))
  const fields = html`
      <input type="hidden" name="tab" value="${log.name}">
      ${field({ name: 'from', label: t('from'), type: 'date', value: asked.from ?? '', error: faults.from })}
      ${field({ name: 'to', label: t('to'), type: 'date', value: asked.to ?? '', error: faults.to })}
      ${text('user', 254)}
      ${log.name === 'audit' ? html`${select({ name: 'action', label: t('action'), value: asked.action ?? '', options: [{ value: '', label: t('action.all') }, ...actions] })}${text('entity', 50)}` : ''}
      ${log.name === 'queries' ? text('line', 20) : text('ip', 45)}`
  const here = page.url(path)
  const inUse = Object.values(asked).filter(Boolean).length
  return filterFold({ action: here, clear: `${here}?tab=${log.name}`, inUse, fields, language: page.language })
}

function rowsOf({ page, log, timeZone }: ActivityPage, t: Words): Html {
  const { language } = page
  const at = (atMs: number) => ({ content: formatInstant(atMs, language, timeZone), sort: atMs })
  const common = { id: `log-${log.name}`, caption: t(log.name), language, isStacked: true } as const
  switch (log.name) {
    case 'audit':
      return table({
        ...common,
        columns: [
          { key: 'when', label: t('when'), isNowrap: true },
          { key: 'action', label: t('action') },
          { key: 'user', label: t('user') },
          { key: 'entity', label: t('entity') },
          { key: 'ip', label: t('ip') },
          { key: 'details', label: t('details'), isSortable: false },
        ],
        rows: log.rows.map((row) => ({
          key: String(row.id),
          cells: [
            at(row.created_at),
            { content: row.action in activityMessages ? t(row.action as keyof typeof activityMessages) : row.action },
            { content: row.username ?? row.attempted_username ?? (row.user_id === null ? t('system') : `#${row.user_id}`) },
            { content: entityText(row, t) },
            { content: row.ip_address ?? '—' },
            { content: html`<span class="break-words">${detailText(row.details, language, timeZone) || '—'}</span>` },
          ],
        })),
      })
    case 'logins':
      return table({
        ...common,
        columns: [
          { key: 'in', label: t('signed_in'), isNowrap: true },
          { key: 'user', label: t('user') },
          { key: 'out', label: t('signed_out') },
          { key: 'ip', label: t('ip') },
          { key: 'device', label: t('device'), isSortable: false },
        ],
        rows: log.rows.map((row) => ({
          key: String(row.id),
          cells: [
            at(row.login_at),
            { content: row.username },
            {
              content: row.logout_at === null ? t('still_in') : `${at(row.logout_at).content} · ${endText(row.end_reason ?? '', language)}`,
              sort: row.logout_at ?? 0,
            },
            { content: row.ip_address || '—' },
            { content: html`<span class="break-words">${row.user_agent || '—'}</span>` },
          ],
        })),
      })
    case 'queries':
      return table({
        ...common,
        columns: [
          { key: 'when', label: t('when'), isNowrap: true },
          { key: 'user', label: t('user') },
          { key: 'line', label: t('line') },
          { key: 'range', label: t('range') },
          { key: 'interval', label: t('interval') },
          { key: 'duration', label: t('duration'), align: 'end' },
        ],
        rows: log.rows.map((row) => ({
          key: String(row.id),
          cells: [
            at(row.created_at),
            { content: row.username },
            { content: row.line },
            { content: `${row.start_date} ${row.start_time.slice(0, 5)} – ${row.end_date} ${row.end_time.slice(0, 5)}` },
            { content: row.interval_type },
            { content: `${formatNumber(row.duration_ms, language)} ms`, sort: row.duration_ms },
          ],
        })),
      })
  }
}

/** A UUID says nothing to people: it is in the API and the CSV. */
const entityText = ({ entity_type: kind, entity_id: id }: AuditItem, t: Words): string =>
  [kind && entityName(kind, t), id && id.length > 20 ? '' : id].filter(Boolean).join(' ') || '—'

function entityName(kind: string, t: Words): string {
  const key = `entity.${kind}`
  return key in activityMessages ? t(key as keyof typeof activityMessages) : kind
}
