/** One person: what they may do, who they are, and what can be done about their account. */
import { formatInstant } from '../../platform/i18n/index.ts'
import {
  banner,
  button,
  card,
  csrf,
  dialog,
  field,
  type Html,
  html,
  linkButton,
  multiSelect,
  type NavItem,
  type Option,
  type PageContext,
  pageHead,
  select,
  shell,
} from '../../platform/ui/index.ts'
import { identityPaths } from '../paths.ts'
import { permissionNames } from '../permission-names.ts'
import { type Permission, permissionModules, platformPermissions } from '../permissions.ts'
import { displayName } from '../users/index.ts'
import { roleLabel, shownStatus, statusBadges, type Words, wordsOf } from './list-view.ts'
import type { PeopleMessage } from './messages.ts'
import type { PersonObject } from './person-object.ts'
import { categoryOptions, type PlaceOptions, type ProfileForm, profileForm } from './profile-form.ts'

export type Can = {
  readonly manage: boolean
  readonly changeRoles: boolean
  /** Of lower or equal rank, or oneself. */
  readonly touch: boolean
}

export type PersonPage = {
  readonly page: PageContext
  readonly nav: readonly NavItem[]
  readonly company: { readonly slug: string; readonly name: string }
  readonly person: PersonObject
  readonly isSelf: boolean
  readonly can: Can
  /** Roles that the actor may give. */
  readonly roles: readonly Option[]
  readonly allRoles: readonly Option[]
  readonly grantable: ReadonlySet<Permission>
  readonly places: PlaceOptions
  readonly timeZone: string
  readonly done: PeopleMessage | null
  /** Why the last form was refused, translated. */
  readonly refusal: string | null
  readonly errors: Readonly<Record<string, string>>
  readonly typed: (ProfileForm & { readonly email?: string | undefined }) | null
}

export function personPage(view: PersonPage): Html {
  const { page, company, person, can, isSelf } = view
  const t = wordsOf(page)
  const list = page.url(identityPaths.users({ company: company.slug }))
  const status = shownStatus(person)
  const isUndecided = status === 'pending' || status === 'rejected'
  const name = displayName(person)
  const body = html`
    <p class="crumb"><a class="link" href="${list}">‹ ${t('back')}</a></p>
    ${pageHead({ title: name, subtitle: html`<span class="break-words">${person.username} · ${person.email}</span>`, actions: html`<span class="cluster">${statusBadges(person, t)}</span>` })}
    <div class="stack">
      ${view.done ? banner({ tone: 'success', body: t(view.done) }) : ''}
      ${view.refusal ? banner({ tone: 'danger', title: t('failed'), body: view.refusal }) : ''}
      ${isUndecided && can.manage ? card({ title: t('decision'), subtitle: t(status === 'rejected' ? 'decision_rejected' : 'decision_hint'), id: 'decision', body: decision(view, t) }) : ''}
      ${isUndecided ? '' : card({ title: t('access'), subtitle: t('access_hint', { company: company.name }), id: 'access', body: access(view, t) })}
      ${card({ title: t('profile'), id: 'profile', body: profile(view, t) })}
      ${card({ title: t('account'), id: 'account', body: html`<div class="stack">${accountFacts(view, t)}${can.manage && can.touch && !isSelf ? actions(view, t) : ''}</div>` })}
    </div>`
  return shell({ page, title: name, nav: view.nav, body })
}

const pathOf = ({ company, person }: Pick<PersonPage, 'company' | 'person'>, action: string): string =>
  `${identityPaths.users({ company: company.slug })}/${person.id}/${action}`

function decision(view: PersonPage, t: Words): Html {
  const { page, person, roles, errors } = view
  const role = roles.some(({ value }) => value === person.role) ? person.role : 'VIEWER'
  return html`
    <div class="stack">
      <form class="stack" method="post" action="${page.url(pathOf(view, 'approve'))}">
        ${csrf(page)}
        <div class="form-grid">
          ${select({ name: 'role', label: t('role'), value: role, options: roles, error: errors.role })}
          ${person.is_home ? select({ name: 'category', label: t('category'), value: person.category, options: [{ value: '', label: t('category.none') }, ...categoryOptions(t)], error: errors.category }) : ''}
        </div>
        <div class="cluster">
          ${button({ label: t('approve'), look: 'primary', icon: 'check' })}
          ${person.status === 'pending' ? opener('reject', t('reject'), 'danger') : ''}
        </div>
      </form>
      ${confirm(view, { id: 'reject', title: t('reject_title'), text: t('reject_body', { name: displayName(person) }), label: t('reject'), extra: field({ name: 'reason', label: t('reason'), maxLength: 500 }) })}
    </div>`
}

function access(view: PersonPage, t: Words): Html {
  const { page, person, can, isSelf, roles, allRoles, errors, grantable } = view
  const { language } = page
  const facts = html`
    <dl class="facts">
      <dt>${t('role')}</dt><dd>${roleLabel(person.role, allRoles)}</dd>
      <dt>${t('modules')}</dt><dd>${person.modules === null ? t('modules_all') : person.modules.map((word) => t(`module.${word}`)).join(', ') || '—'}</dd>
      <dt>${t('grants')}</dt><dd>${person.grants.map((code) => permissionNames[code as Permission]?.[language] ?? code).join(', ') || t('grants_none')}</dd>
    </dl>`
  if (!can.changeRoles || isSelf || !can.touch) {
    const why = isSelf ? t('access_own') : can.changeRoles ? t('access_above') : ''
    return html`<div class="stack">${facts}${why ? html`<p class="muted small">${why}</p>` : ''}</div>`
  }
  // A word that the company no longer knows stays chosen until somebody chooses another: the first of the list is the highest.
  const isKnown = person.role === null || allRoles.some(({ value }) => value === person.role)
  const choosable = isKnown ? roles : [{ value: person.role ?? '', label: roleLabel(person.role, roles) }, ...roles]
  const offered = (Object.keys(permissionNames) as Permission[]).filter(
    (code) => person.grants.includes(code) || (grantable.has(code) && !platformPermissions.has(code)),
  )
  return html`
    <form class="stack" method="post" action="${page.url(pathOf(view, 'access'))}">
      ${csrf(page)}
      <div class="form-grid">
        ${select({ name: 'role', label: t('role'), value: person.role, options: choosable, error: errors.role })}
        ${multiSelect({
          name: 'modules',
          label: t('modules'),
          allLabel: t('modules_all'),
          values: person.modules ?? [],
          options: permissionModules.map((word) => ({ value: word, label: t(`module.${word}`) })),
          language,
          error: errors.modules,
        })}
        ${multiSelect({
          name: 'permissions',
          label: t('grants'),
          allLabel: t('grants_none'),
          values: person.grants,
          options: offered.map((code) => ({ value: code, label: permissionNames[code][language] })),
          language,
          error: errors.permissions,
        })}
      </div>
      <div class="cluster">${button({ label: t('save'), look: 'primary' })}</div>
    </form>`
}

function profile(view: PersonPage, t: Words): Html {
  const { page, person, can, isSelf, errors, typed } = view
  if (!person.is_home) return html`<p class="muted">${t('profile_foreign')}</p>`
  if (can.manage && can.touch && !isSelf)
    return profileForm({
      page,
      action: pathOf(view, 'profile'),
      profile: person,
      typed,
      errors,
      isNationalIdFixed: person.national_id !== null,
      places: view.places,
      before: field({
        name: 'email',
        label: t('email'),
        type: 'email',
        value: typed?.email ?? person.email,
        maxLength: 254,
        isRequired: true,
        error: errors.email,
      }),
    })
  const facts: readonly (readonly [string, string | null])[] = [
    [t('full_name'), person.full_name],
    [t('phone'), person.phone],
    [t('job_title'), person.title],
    [t('category'), categoryOptions(t).find(({ value }) => value === person.category)?.label ?? null],
  ]
  const known = facts.filter(([, value]) => value)
  return html`
    <div class="stack">
      ${known.length === 0 ? html`<p class="muted">${t('unset')}</p>` : html`<dl class="facts">${known.map(([label, value]) => html`<dt>${label}</dt><dd>${value}</dd>`)}</dl>`}
      ${isSelf ? html`<div class="cluster">${linkButton({ label: t('open'), href: page.url(identityPaths.account()), icon: 'account_circle' })}</div>` : ''}
    </div>`
}

function accountFacts({ page, person, timeZone }: PersonPage, t: Words): Html {
  const at = (iso: string | null | undefined) => (iso ? formatInstant(Date.parse(iso), page.language, timeZone) : null)
  const yesNo = (is: boolean | null) => (is === null ? null : t(is ? 'yes' : 'no'))
  const facts: readonly (readonly [string, string | null])[] = [
    [t('email_verified'), yesNo(person.email_verified)],
    [t('mfa'), yesNo(person.mfa_enabled)],
    [t('must_change'), person.must_change_password ? t('yes') : null],
    [t('locked_until'), at(person.locked_until)],
    [t('last_login'), person.is_home ? (at(person.last_login_at) ?? t('never')) : null],
    [t('created_at'), at(person.created_at)],
  ]
  return html`<dl class="facts">${facts.filter(([, value]) => value).map(([label, value]) => html`<dt>${label}</dt><dd>${value}</dd>`)}</dl>`
}

type Action = 'send-reset' | 'require-password-change' | 'unlock' | 'mfa-reset' | 'disable' | 'enable' | 'suspend' | 'reactivate' | 'remove'
const hurting = { 'mfa-reset': true, disable: true, suspend: true, remove: true } as const

function offeredActions(person: PersonObject): readonly Action[] {
  const status = shownStatus(person)
  if (status === 'pending' || status === 'rejected') return ['remove']
  const isSuspended = person.membership_status === 'suspended'
  const ofMembership: readonly Action[] = [
    ...(isSuspended ? (['reactivate'] as const) : []),
    ...(!person.is_home && status === 'active' ? (['suspend'] as const) : []),
    'remove',
  ]
  if (!person.is_home) return ofMembership
  return [
    'send-reset',
    ...(person.must_change_password ? [] : (['require-password-change'] as const)),
    ...(person.locked_until ? (['unlock'] as const) : []),
    ...(person.mfa_enabled ? (['mfa-reset'] as const) : []),
    person.disabled ? 'enable' : 'disable',
    ...ofMembership,
  ]
}

function actions(view: PersonPage, t: Words): Html {
  const { page, person, company } = view
  const name = displayName(person)
  const offered = offeredActions(person)
  const isHurting = (action: Action): action is keyof typeof hurting => Object.hasOwn(hurting, action)
  return html`
    <div class="cluster">
      ${offered.map((action) =>
        isHurting(action)
          ? opener(action, t(`act.${action}`), 'danger')
          : html`<form method="post" action="${page.url(pathOf(view, action))}">${csrf(page)}${button({ label: t(`act.${action}`) })}</form>`,
      )}
    </div>
    ${offered.filter(isHurting).map((action) => confirm(view, { id: action, title: t('sure.title'), text: t(`sure.${action}`, { name, company: company.name }), label: t(`act.${action}`) }))}`
}

/** Opens without JavaScript. */
const opener = (id: string, label: string, look: 'danger' | 'secondary'): Html =>
  html`<button class="btn btn--${look}" type="button" popovertarget="sure-${id}"><span>${label}</span></button>`

type Question = { readonly id: string; readonly title: string; readonly text: string; readonly label: string; readonly extra?: Html }

/** What hurts is asked twice: the form is inside the question. */
function confirm(view: PersonPage, { id, title, text, label, extra }: Question): Html {
  const { page } = view
  const t = wordsOf(page)
  return dialog({
    id: `sure-${id}`,
    title,
    language: page.language,
    body: html`
      <form class="stack" method="post" action="${page.url(pathOf(view, id))}">
        ${csrf(page)}
        <p>${text}</p>
        ${extra ?? ''}
        <div class="cluster">
          ${button({ label, look: 'danger' })}
          <button class="btn btn--quiet" type="button" popovertarget="sure-${id}" popovertargetaction="hide"><span>${t('cancel')}</span></button>
        </div>
      </form>`,
  })
}
