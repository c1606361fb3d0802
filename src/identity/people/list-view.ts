/** The page of a company's people: who waits, filters, the list. */
import { formatInstant, translator } from '../../platform/i18n/index.ts'
import {
  badge,
  banner,
  card,
  emptyState,
  field,
  filterFold,
  type Html,
  html,
  linkButton,
  type NavItem,
  type Option,
  type PageContext,
  pageHead,
  pager,
  select,
  shell,
  type Tone,
  table,
} from '../../platform/ui/index.ts'
import { identityPaths } from '../paths.ts'
import { displayName } from '../users/index.ts'
import { type PeopleMessage, peopleMessages } from './messages.ts'
import type { PersonObject } from './person-object.ts'
import { listStatuses } from './queries.ts'

export type PeoplePage = {
  readonly page: PageContext
  readonly nav: readonly NavItem[]
  readonly company: { readonly slug: string; readonly name: string }
  readonly ownId: number
  readonly asked: { readonly q: string; readonly status: string; readonly role: string }
  readonly people: readonly PersonObject[]
  readonly at: { readonly page: number; readonly pages: number; readonly total: number }
  readonly pending: number
  readonly canManage: boolean
  readonly canExport: boolean
  readonly roles: readonly Option[]
  readonly timeZone: string
  readonly done: string | null
}

export type Words = (key: PeopleMessage, parameters?: Readonly<Record<string, string | number>>) => string
export const wordsOf = (page: PageContext): Words => translator(peopleMessages, page.language)

export function peoplePage(view: PeoplePage): Html {
  const { page, company, asked, at } = view
  const t = wordsOf(page)
  const path = identityPaths.users({ company: company.slug })
  const href = (changes: Readonly<Record<string, string | number>>, to = path): string => {
    const kept = Object.entries({ ...asked, ...changes }).flatMap(([name, value]): [string, string][] =>
      value === '' ? [] : [[name, String(value)]],
    )
    return `${page.url(to)}?${new URLSearchParams(kept)}`
  }
  const actions = html`
    ${view.canExport ? linkButton({ label: t('csv'), href: href({}, `${path}/export.csv`), icon: 'download' }) : ''}
    ${view.canManage ? linkButton({ label: t('new'), href: page.url(`${path}/new`), icon: 'person_add', look: 'primary' }) : ''}`
  const waiting = view.canManage && view.pending > 0 && asked.status !== 'pending'
  const body = html`
    ${pageHead({ title: t('title'), subtitle: t('subtitle', { company: company.name }), actions })}
    <div class="stack">
      ${view.done ? banner({ tone: 'success', body: view.done }) : ''}
      ${waiting ? banner({ tone: 'warning', body: html`${view.pending === 1 ? t('pending_one') : t('pending_banner', { count: view.pending })} <a class="link" href="${page.url(path)}?status=pending">${t('pending_review')}</a>` }) : ''}
      ${filterForm(view, t, path)}
      ${card({ body: html`${view.people.length === 0 ? emptyState({ title: t('empty'), detail: t('empty_detail'), icon: 'group' }) : rows(view, t, path)}${pager({ ...at, href: (to) => href({ page: to }), language: page.language })}` })}
    </div>`
  return shell({ page, title: t('title'), nav: view.nav, body })
}

function filterForm({ page, asked, canManage, roles }: PeoplePage, t: Words, path: string): Html {
  const statuses = listStatuses.filter((status) => canManage || status === 'approved' || status === 'disabled')
  const fields = html`
      ${field({ name: 'q', label: t('search'), type: 'search', value: asked.q, placeholder: t('search_hint'), maxLength: 100, autocomplete: 'off' })}
      ${select({ name: 'status', label: t('status'), value: asked.status, options: [{ value: '', label: t('all') }, ...statuses.map((value) => ({ value, label: t(`status.${value}`) }))] })}
      ${select({ name: 'role', label: t('role'), value: asked.role, options: [{ value: '', label: t('all') }, ...roles] })}`
  const here = page.url(path)
  return filterFold({ action: here, clear: here, inUse: Object.values(asked).filter(Boolean).length, fields, language: page.language })
}

function rows({ page, people, timeZone, roles, ownId }: PeoplePage, t: Words, path: string): Html {
  const { language } = page
  return table({
    id: 'people',
    caption: t('title'),
    language,
    isStacked: true,
    columns: [
      { key: 'person', label: t('person') },
      { key: 'role', label: t('role') },
      { key: 'status', label: t('status') },
      { key: 'login', label: t('last_login'), isNowrap: true },
    ],
    rows: people.map((person) => ({
      key: String(person.id),
      cells: [
        {
          content: html`<span><a class="link" href="${page.url(`${path}/${person.id}`)}">${displayName(person)}</a>${person.id === ownId ? html` ${badge({ label: t('you') })}` : ''}<span class="cell-sub break-words">${person.username} · ${person.email}</span></span>`,
          sort: displayName(person),
        },
        { content: roleLabel(person.role, roles) },
        { content: html`<span class="cluster">${statusBadges(person, t)}</span>`, sort: shownStatus(person) },
        person.last_login_at
          ? { content: formatInstant(Date.parse(person.last_login_at), language, timeZone), sort: person.last_login_at }
          : { content: person.is_home ? t('never') : '—', sort: '' },
      ],
    })),
  })
}

export const roleLabel = (role: string | null, roles: readonly Option[]): string =>
  roles.find(({ value }) => value === role)?.label ?? role ?? '—'

type ShownStatus = 'pending' | 'rejected' | 'disabled' | 'suspended' | 'active'

/** The one word that says how things stand. */
export function shownStatus(person: PersonObject): ShownStatus {
  if (person.status === 'pending') return 'pending'
  if (person.status === 'rejected') return 'rejected'
  if (person.disabled) return 'disabled'
  return person.membership_status === 'suspended' ? 'suspended' : 'active'
}

const tones: Readonly<Record<ShownStatus, Tone>> = {
  pending: 'warning',
  rejected: 'danger',
  disabled: 'neutral',
  suspended: 'neutral',
  active: 'success',
}

export function statusBadges(person: PersonObject, t: Words): Html {
  const status = shownStatus(person)
  return html`${badge({ label: t(`status.${status}`), tone: tones[status] })}${person.locked_until ? badge({ label: t('locked'), tone: 'danger' }) : ''}${person.is_home ? '' : badge({ label: t('foreign') })}`
}
