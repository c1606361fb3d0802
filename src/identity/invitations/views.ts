/** Pages of invitations: the administration's, and the one that an invited person sees. */
import { formatInstant, translator } from '../../platform/i18n/index.ts'
import {
  badge,
  banner,
  button,
  card,
  centeredPage,
  copyField,
  csrf,
  emptyState,
  field,
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
import { identityPaths } from '../paths.ts'
import { roleText } from '../role-text.ts'
import { statusAt } from './invitation.ts'
import { invitationMessages } from './messages.ts'
import type { Invitation } from './queries.ts'
import { type InvitationStatus, invitationStatuses } from './tables.ts'

type Words = (key: keyof typeof invitationMessages & string, parameters?: Readonly<Record<string, string | number>>) => string
const wordsOf = (page: PageContext): Words => translator(invitationMessages, page.language)
export type Fields = Readonly<Record<string, string>>

type Company = { readonly company: string }
export const invitationPaths = {
  links: ({ company }: Company) => `${identityPaths.invitations({ company })}/links`,
  resend: ({ company, id }: Company & { readonly id: string | number }) => `${identityPaths.invitations({ company })}/${id}/resend`,
  revoke: ({ company, id }: Company & { readonly id: string | number }) => `${identityPaths.invitations({ company })}/${id}/revoke`,
  join: () => `${identityPaths.acceptInvitation()}/existing`,
} as const

export type AdministrationView = {
  readonly nav: readonly NavItem[]
  readonly company: { readonly slug: string; readonly name: string }
  readonly items: readonly (Invitation & { readonly inviter: string | null })[]
  readonly at: { readonly page: number; readonly pages: number; readonly total: number }
  readonly status: InvitationStatus | null
  readonly nowMs: number
  readonly timeZone: string
  /** What the person may give. */
  readonly roles: readonly string[]
  readonly linkRoles: readonly string[]
  /** Just made; shown this once. */
  readonly made: { readonly kind: 'link' | 'sent'; readonly url: string } | null
  readonly isRevoked: boolean
  readonly form: {
    readonly name: 'invite' | 'link' | null
    readonly values: Fields
    readonly errors: Fields
    readonly refusal: string | null
  }
}

const tones = { pending: 'info', accepted: 'success', revoked: 'neutral', expired: 'warning' } as const

export function invitationsPage(page: PageContext, view: AdministrationView): Html {
  const t = wordsOf(page)
  const { company, made, form } = view
  const body = html`
    ${pageHead({ title: t('title'), subtitle: t('subtitle', { company: company.name }) })}
    ${made ? madeCard(page, made, t) : ''}
    ${view.isRevoked ? banner({ tone: 'success', body: t('done.revoked') }) : ''}
    ${form.refusal ? banner({ tone: 'danger', title: t('refused'), body: form.refusal }) : ''}
    <div class="stack">
      ${inviteCard(page, view, t)}
      ${listCard(page, view, t)}
      ${linkCard(page, view, t)}
    </div>`
  return shell({ page, title: t('title'), nav: view.nav, body })
}

const madeCard = (page: PageContext, { kind, url }: NonNullable<AdministrationView['made']>, t: Words): Html => html`
  ${banner({ tone: 'success', body: t(kind === 'link' ? 'made.link' : 'made.sent') })}
  ${card({
    body: copyField({
      id: 'invitation-url',
      label: t('made.url'),
      value: url,
      language: page.language,
      ...(kind === 'sent' && { hint: t('made.copy') }),
    }),
  })}`

const roleOptions = (page: PageContext, roles: readonly string[]) =>
  roles.map((role) => ({ value: role, label: roleText(role, page.language) }))

function inviteCard(page: PageContext, { company, roles, form }: AdministrationView, t: Words): Html {
  const { values, errors } = form.name === 'invite' ? form : { values: {} as Fields, errors: {} as Fields }
  return card({
    title: t('invite.title'),
    subtitle: t('invite.hint'),
    id: 'invite',
    body: html`<form class="form-grid" method="post" action="${page.url(identityPaths.invitations({ company: company.slug }))}">${csrf(page)}
      ${field({ name: 'email', label: t('email'), type: 'email', value: values.email ?? '', maxLength: 254, isRequired: true, autocomplete: 'off', error: errors.email })}
      ${select({ name: 'role', label: t('role'), value: values.role ?? 'VIEWER', options: roleOptions(page, roles), error: errors.role })}
      <div class="cluster">${button({ label: t('invite.submit'), look: 'primary', icon: 'mail' })}</div>
    </form>`,
  })
}

function linkCard(page: PageContext, { company, linkRoles, form }: AdministrationView, t: Words): Html {
  const { values, errors } = form.name === 'link' ? form : { values: {} as Fields, errors: {} as Fields }
  return card({
    title: t('link.title'),
    subtitle: t('link.hint'),
    id: 'link',
    body: html`<form class="form-grid" method="post" action="${page.url(invitationPaths.links({ company: company.slug }))}">${csrf(page)}
      ${select({ name: 'role', id: 'link-role', label: t('role'), value: values.role ?? 'OPERATOR', options: roleOptions(page, linkRoles), error: errors.role })}
      ${field({ name: 'max_uses', label: t('max_uses'), type: 'number', min: 1, max: 1000, value: values.max_uses ?? '10', isRequired: true, error: errors.max_uses })}
      ${field({ name: 'expires_at', label: t('expires_on'), type: 'date', value: values.expires_at ?? '', error: errors.expires_at })}
      <div class="cluster">${button({ label: t('link.submit'), icon: 'add' })}</div>
    </form>`,
  })
}

function listCard(page: PageContext, view: AdministrationView, t: Words): Html {
  const { company, items, at, status } = view
  const here = page.url(identityPaths.invitations({ company: company.slug }))
  const href = (word: InvitationStatus | null, to?: number): string => {
    const query = new URLSearchParams({ ...(word && { status: word }), ...(to !== undefined && { page: String(to) }) }).toString()
    return query === '' ? here : `${here}?${query}`
  }
  const labels = { pending: 'state.pending', accepted: 'tabs.accepted', revoked: 'tabs.revoked', expired: 'tabs.expired' } as const
  const choices = [
    { label: t('state.all'), href: href(null), isCurrent: status === null },
    ...invitationStatuses.map((word) => ({ label: t(labels[word]), href: href(word), isCurrent: status === word })),
  ]
  const rows =
    items.length === 0
      ? emptyState({ title: t('none'), icon: 'mail' })
      : table({
          id: 'invitations',
          caption: t('list'),
          language: page.language,
          isStacked: true,
          columns: [
            { key: 'who', label: t('who') },
            { key: 'role', label: t('role') },
            { key: 'state', label: t('state') },
            { key: 'until', label: t('until'), isNowrap: true },
            { key: 'by', label: t('by') },
            { key: 'actions', label: t('actions'), isSortable: false },
          ],
          rows: items.map((item) => ({ key: String(item.id), cells: cellsOf(page, view, item, t) })),
        })
  return card({
    body: html`${tabs({ label: t('list'), items: choices })}${rows}${pager({ ...at, href: (to) => href(status, to), language: page.language })}`,
  })
}

function cellsOf(page: PageContext, view: AdministrationView, item: AdministrationView['items'][number], t: Words) {
  const { company, nowMs, timeZone } = view
  const status = statusAt(item, nowMs)
  const who = item.email ?? t('who.link', { used: item.usedCount, max: item.maxUses })
  const isOpen = status === 'pending' || status === 'expired'
  const act = (path: string, label: string, name: string): Html =>
    html`<form method="post" action="${page.url(path)}">${csrf(page)}<button class="btn btn--quiet" type="submit" aria-label="${name}"><span>${label}</span></button></form>`
  const { slug } = company
  const actions = html`<div class="row-actions">
    ${isOpen && item.email !== null ? act(invitationPaths.resend({ company: slug, id: item.id }), t('resend'), t('resend.of', { email: item.email })) : ''}
    ${status === 'pending' ? act(invitationPaths.revoke({ company: slug, id: item.id }), t('revoke'), item.email === null ? t('revoke.link') : t('revoke.of', { email: item.email })) : ''}
  </div>`
  return [
    { content: html`<span class="break-words">${who}</span>`, sort: who },
    { content: roleText(item.role, page.language) },
    { content: badge({ label: t(`state.${status}`), tone: tones[status] }), sort: status },
    { content: formatInstant(item.expiresAtMs, page.language, timeZone), sort: item.expiresAtMs },
    { content: item.inviter ?? t('operator') },
    { content: isOpen ? actions : html`<span class="muted">—</span>` },
  ]
}

export type AcceptView =
  | { readonly kind: 'invalid' }
  | { readonly kind: 'pending'; readonly company: string }
  | ({ readonly company: string; readonly role: string; readonly email: string | null } & (
      | {
          readonly kind: 'new'
          readonly csrfToken: string
          readonly values: Fields
          readonly errors: Fields
          readonly refusal: string | null
        }
      /** Nobody is signed in; the address has an account. */
      | { readonly kind: 'known' }
      /** An open link and nobody signed in. */
      | { readonly kind: 'link' }
      | { readonly kind: 'join'; readonly name: string; readonly refusal: string | null }
      | { readonly kind: 'other'; readonly name: string }
      | { readonly kind: 'member'; readonly slug: string }
    ))

/** `email` comes masked. */
export function acceptPage(page: PageContext, view: AcceptView): Html {
  const t = wordsOf(page)
  if (view.kind === 'invalid' || view.kind === 'pending') {
    const title = view.kind === 'invalid' ? t('accept.invalid') : t('accept.pending', { company: view.company })
    const detail = t(view.kind === 'invalid' ? 'accept.invalid.detail' : 'accept.pending.detail')
    const home = linkButton({ label: t('accept.home'), href: page.url(identityPaths.home()) })
    const icon = view.kind === 'invalid' ? 'mail' : 'schedule'
    return centeredPage({ page, title, body: html`<h1 class="sr-only">${title}</h1>${emptyState({ title, detail, icon, action: home })}` })
  }
  const title = t('accept.title', { company: view.company })
  const body = html`<h1>${title}</h1>
    <p class="muted">${t('accept.role', { role: roleText(view.role, page.language) })}${view.email === null ? '' : ` ${t('accept.for', { email: view.email })}`}</p>
    ${acceptBody(page, view, t)}`
  return centeredPage({ page, title, body, isGlass: true })
}

function acceptBody(page: PageContext, view: Exclude<AcceptView, { kind: 'invalid' | 'pending' }>, t: Words): Html {
  const next = new URLSearchParams({ next: identityPaths.acceptInvitation() })
  const signIn = linkButton({ label: t('accept.sign_in'), href: `${page.url(identityPaths.login())}?${next}`, look: 'primary' })
  switch (view.kind) {
    case 'new':
      return newPersonForm(page, view, t)
    case 'known':
      return html`<p>${t('accept.known')}</p><div class="cluster">${signIn}</div>`
    case 'link':
      return html`<p>${t('accept.link')}</p><div class="cluster">${signIn}${linkButton({ label: t('accept.register'), href: page.url(identityPaths.register()), icon: 'person_add' })}</div>`
    case 'join':
      return html`<p>${t('accept.as', { name: view.name })}</p>
        ${view.refusal ? banner({ tone: 'danger', title: t('refused'), body: view.refusal }) : ''}
        <form method="post" action="${page.url(invitationPaths.join())}">${csrf(page)}${button({ label: t('accept.join'), look: 'primary', isWide: true })}</form>`
    case 'other':
      return html`${banner({ tone: 'warning', body: t('accept.other', { email: view.email ?? '', name: view.name }) })}
        <form method="post" action="${page.url(identityPaths.logout())}">${csrf(page)}${button({ label: t('accept.sign_out'), isWide: true, icon: 'logout' })}</form>`
    case 'member':
      return html`<p>${t('accept.member', { company: view.company })}</p><div class="cluster">${linkButton({ label: t('accept.enter'), href: page.url(identityPaths.dashboard({ company: view.slug })), look: 'primary' })}</div>`
  }
}

function newPersonForm(page: PageContext, { csrfToken, values, errors, refusal }: Extract<AcceptView, { kind: 'new' }>, t: Words): Html {
  return html`<p>${t('accept.new')}</p>
    ${refusal ? banner({ tone: 'danger', title: t('refused'), body: refusal }) : ''}
    <form class="stack" method="post" action="${page.url(identityPaths.acceptInvitation())}">
      ${csrf({ csrfToken })}
      ${field({ name: 'full_name', label: t('accept.full_name'), value: values.full_name ?? '', maxLength: 200, autocomplete: 'name', error: errors.full_name })}
      ${field({ name: 'username', label: t('accept.username'), value: values.username ?? '', maxLength: 50, autocomplete: 'username', hint: t('accept.username.hint'), error: errors.username })}
      ${field({ name: 'password', label: t('accept.password'), type: 'password', maxLength: 128, isRequired: true, autocomplete: 'new-password', hint: t('accept.password.hint'), error: errors.password })}
      ${field({ name: 'confirm_password', label: t('accept.confirm'), type: 'password', maxLength: 128, isRequired: true, autocomplete: 'new-password', error: errors.confirm_password })}
      ${button({ label: t('accept.submit'), look: 'primary', isWide: true })}
    </form>`
}
