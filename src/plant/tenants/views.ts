/** The platform's pages of companies: the list, a new one, one with its plant. */

import { platformNavigation } from '../../identity/index.ts'
import { formatInstant, formatNumber } from '../../platform/i18n/index.ts'
import {
  badge,
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
  pageHead,
  pager,
  select,
  shell,
  table,
} from '../../platform/ui/index.ts'
import { type Check, checksTable } from '../system/index.ts'
import { type Fields, type Words, wordsOf } from './parts.ts'
import { tenantPaths } from './paths.ts'
import { type PlantView, plantPart } from './plant-views.ts'

/** Platform pages are of no place: instants are UTC. */
const day = (atMs: number, page: PageContext): string => formatInstant(atMs, page.language, 'UTC').split(' ')[0] ?? ''

const frame = (page: PageContext, title: string, body: Html): Html => shell({ page, title, nav: platformNavigation(page), body })
const crumb = (page: PageContext): Html =>
  html`<p class="crumb"><a class="link" href="${page.url(tenantPaths.list())}">‹ ${wordsOf(page)('back')}</a></p>`

const stateBadge = (isActive: boolean, t: Words): Html =>
  isActive
    ? badge({ label: t('active'), tone: 'success', icon: 'check_circle' })
    : badge({ label: t('disabled'), tone: 'danger', icon: 'block' })

export type TenantRow = {
  readonly tenantId: number
  readonly name: string
  readonly slug: string
  readonly isActive: boolean
  readonly hasPlant: boolean
  readonly users: number
  readonly maxUsers: number | null
  readonly owners: readonly string[]
  readonly sinceMs: number
}

export type ListView = {
  readonly rows: readonly TenantRow[]
  readonly at: { readonly page: number; readonly pages: number; readonly total: number }
  readonly asked: { readonly q: string; readonly state: string }
}

export function tenantsPage(page: PageContext, { rows, at, asked }: ListView): Html {
  const t = wordsOf(page)
  const isAsked = asked.q !== '' || asked.state !== ''
  const href = (to: number): string => `${page.url(tenantPaths.list())}?${new URLSearchParams({ ...asked, page: String(to) })}`
  const add = linkButton({ label: t('new'), href: page.url(tenantPaths.create()), icon: 'add', look: 'primary' })
  const list =
    rows.length === 0
      ? emptyState({ title: t(isAsked ? 'none' : 'none.at_all'), icon: 'factory', ...(!isAsked && { action: add }) })
      : table({
          id: 'tenants',
          caption: t('title'),
          language: page.language,
          isStacked: true,
          columns: [
            { key: 'company', label: t('company') },
            { key: 'state', label: t('state') },
            { key: 'plant', label: t('plant') },
            { key: 'users', label: t('users'), align: 'end' },
            { key: 'owners', label: t('owners') },
            { key: 'since', label: t('since'), isNowrap: true },
          ],
          rows: rows.map((row) => ({ key: String(row.tenantId), cells: cellsOf(row, page, t) })),
        })
  const body = html`
    ${pageHead({ title: t('title'), subtitle: t('subtitle'), actions: add })}
    <div class="stack">
      ${filterFold({
        action: page.url(tenantPaths.list()),
        clear: page.url(tenantPaths.list()),
        inUse: [asked.q, asked.state].filter(Boolean).length,
        language: page.language,
        fields: html`
          ${field({ name: 'q', label: t('search'), type: 'search', value: asked.q, maxLength: 100, autocomplete: 'off' })}
          ${select({
            name: 'state',
            label: t('state'),
            value: asked.state,
            options: [
              { value: '', label: t('state.all') },
              { value: 'active', label: t('state.active') },
              { value: 'disabled', label: t('state.disabled') },
            ],
          })}`,
      })}
      ${card({ body: html`${list}${pager({ ...at, href, language: page.language })}` })}
    </div>`
  return frame(page, t('title'), body)
}

const cellsOf = (row: TenantRow, page: PageContext, t: Words) => [
  {
    content: html`<span><a class="link" href="${page.url(tenantPaths.one({ ref: row.slug }))}">${row.name}</a><span class="cell-sub">${row.slug}</span></span>`,
    sort: row.name.toLowerCase(),
  },
  { content: stateBadge(row.isActive, t), sort: row.isActive ? 0 : 1 },
  {
    content: row.hasPlant
      ? badge({ label: t('attached'), tone: 'neutral', icon: 'database' })
      : html`<span class="muted">${t('not_attached')}</span>`,
    sort: row.hasPlant ? 0 : 1,
  },
  {
    content: row.maxUsers === null ? formatNumber(row.users, page.language) : t('limit', { users: row.users, limit: row.maxUsers }),
    sort: row.users,
  },
  { content: row.owners.length > 0 ? row.owners.join(', ') : '—' },
  { content: day(row.sinceMs, page), sort: row.sinceMs },
]

export type CreateView = { readonly values: Fields; readonly errors: Fields; readonly refusal: string | null }

export function createPage(page: PageContext, { values, errors, refusal }: CreateView): Html {
  const t = wordsOf(page)
  const shared = (name: string) => ({ name, value: values[name] ?? '', error: errors[name] })
  const body = html`
    ${crumb(page)}
    ${pageHead({ title: t('new') })}
    ${refusal ? banner({ tone: 'danger', title: t('refused'), body: refusal }) : ''}
    <form class="stack" method="post" action="${page.url(tenantPaths.create())}">
      ${csrf(page)}
      ${card({
        title: t('company'),
        body: html`<div class="form-grid">
          ${field({ ...shared('company_name'), label: t('name'), maxLength: 100, isRequired: true, autocomplete: 'organization' })}
          ${field({ ...shared('slug'), label: t('slug'), maxLength: 100, hint: t('slug.hint'), autocomplete: 'off' })}
          ${field({ ...shared('timezone'), label: t('time_zone'), maxLength: 60, hint: t('time_zone.hint'), autocomplete: 'off' })}
        </div>`,
      })}
      ${card({
        title: t('owner'),
        subtitle: t('owner.hint'),
        body: html`<div class="form-grid">
          ${field({ ...shared('email'), label: t('email'), type: 'email', maxLength: 254, isRequired: true, autocomplete: 'off' })}
          ${field({ ...shared('username'), label: t('username'), maxLength: 50, autocomplete: 'off' })}
          ${field({ name: 'password', label: t('password'), type: 'password', maxLength: 128, autocomplete: 'new-password', error: errors.password })}
        </div>`,
      })}
      <div class="cluster">${button({ label: t('create'), look: 'primary' })}</div>
    </form>`
  return frame(page, t('new'), body)
}

export const doneWords = ['created', 'invited', 'enabled', 'disabled', 'attached', 'rotated', 'detached'] as const

export type TenantView = PlantView & {
  readonly tenant: TenantRow
  readonly uuid: string
  readonly limits: { readonly max_users: number | null; readonly max_lines: number | null }
  readonly done: (typeof doneWords)[number] | null
  /** Null: not asked. */
  readonly checks: readonly Check[] | null
}

export function tenantPage(page: PageContext, view: TenantView): Html {
  const t = wordsOf(page)
  const { tenant, done, form, checks } = view
  const body = html`
    ${crumb(page)}
    ${pageHead({
      title: tenant.name,
      subtitle: html`${stateBadge(tenant.isActive, t)}`,
      actions: html`${tenant.isActive ? linkButton({ label: t('open'), href: page.url(`/t/${tenant.slug}/dashboard`), icon: 'dashboard' }) : ''}`,
    })}
    ${done ? banner({ tone: 'success', body: t(`done.${done}`) }) : ''}
    ${form.refusal ? banner({ tone: 'danger', title: t('refused'), body: form.refusal }) : ''}
    <div class="stack">
      ${card({ title: t('facts'), body: factsOf(page, view, t) })}
      ${card({ title: t('plant'), body: plantPart(page, view, t), id: 'plant' })}
      ${checks ? card({ title: t('verification'), body: checksTable(checks, page.language), id: 'verification' }) : ''}
      ${card({ title: t('access'), body: accessForm(page, tenant, t) })}
    </div>`
  return frame(page, tenant.name, body)
}

function factsOf(page: PageContext, { tenant, uuid, limits, timeZone }: TenantView, t: Words): Html {
  const figure = (value: number | null): string => (value === null ? t('unlimited') : formatNumber(value, page.language))
  const facts: readonly (readonly [string, string])[] = [
    [t('slug'), tenant.slug],
    [t('identifier'), `${tenant.tenantId} · ${uuid}`],
    [t('owners'), tenant.owners.join(', ') || '—'],
    [t('users'), formatNumber(tenant.users, page.language)],
    [t('limits'), t('limits.text', { users: figure(limits.max_users), lines: figure(limits.max_lines) })],
    [t('time_zone'), timeZone ?? '—'],
    [t('since'), day(tenant.sinceMs, page)],
  ]
  return html`<dl class="facts">${facts.map(([label, value]) => html`<dt>${label}</dt><dd class="break-words">${value}</dd>`)}</dl>`
}

function accessForm(page: PageContext, { isActive, slug }: TenantRow, t: Words): Html {
  const word = isActive ? 'disable' : 'enable'
  const form = html`<form class="stack" method="post" action="${page.url(tenantPaths.state({ ref: slug }))}">
    ${csrf(page)}<input type="hidden" name="state" value="${word}d">
    <p class="muted">${t(`${word}.hint`)}</p>
    <div class="cluster">${button({ label: t(word), look: isActive ? 'danger' : 'primary', icon: isActive ? 'block' : 'check_circle' })}</div>
  </form>`
  return isActive
    ? html`<details class="disclosure disclosure--first" id="disable"><summary>${t('disable')}</summary>${form}</details>`
    : form
}
