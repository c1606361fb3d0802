/** Pages of companies: the choice, a new one, and one's own. */
import { translator } from '../../platform/i18n/index.ts'
import {
  badge,
  banner,
  button,
  card,
  centeredPage,
  csrf,
  emptyState,
  field,
  type Html,
  html,
  icon,
  linkButton,
  type NavItem,
  type PageContext,
  pageHead,
  select,
  shell,
} from '../../platform/ui/index.ts'
import { identityPaths } from '../paths.ts'
import { roleText } from '../role-text.ts'
import { checkDigitOf, limitsOf } from './answers.ts'
import { companyMessages } from './messages.ts'
import { companyTypes, type TextColumn } from './profile.ts'
import type { Company, Member } from './queries.ts'
import { taxIdTypes } from './tax-id.ts'

type Words = (key: keyof typeof companyMessages & string, parameters?: Readonly<Record<string, string | number>>) => string
const wordsOf = (page: PageContext): Words => translator(companyMessages, page.language)
export type Fields = Readonly<Record<string, string>>

export const companyPaths = {
  select: () => '/companies/selection',
  create: () => '/companies/new',
  ownership: ({ company }: { readonly company: string }) => `${identityPaths.company({ company })}/ownership`,
  closure: ({ company }: { readonly company: string }) => `${identityPaths.company({ company })}/closure`,
} as const

export type Choice = {
  readonly companies: readonly {
    readonly tenantId: number
    readonly slug: string
    readonly name: string
    readonly roleName: string
    readonly isDefault: boolean
  }[]
  readonly mayFound: boolean
  readonly isOperator: boolean
}

/** Entering is a link, so that two tabs may hold two companies; a form decides where one starts. */
export function choicePage(page: PageContext, { companies, mayFound, isOperator }: Choice): Html {
  const t = wordsOf(page)
  const more = html`${mayFound ? linkButton({ label: t('companies.new'), href: page.url(companyPaths.create()), icon: 'add' }) : ''}${isOperator ? linkButton({ label: t('companies.platform'), href: page.url(identityPaths.platformTenants()), icon: 'admin_panel_settings' }) : ''}`
  const title = t('companies.title')
  if (companies.length === 0) {
    const empty = emptyState({
      title: t('companies.none'),
      detail: t(mayFound ? 'companies.none.found' : 'companies.none.detail'),
      icon: 'factory',
      action: html`<div class="cluster">${more}</div>`,
    })
    return centeredPage({ page, title, body: html`<h1 class="sr-only">${title}</h1>${empty}` })
  }
  const items = companies.map(
    ({ tenantId, slug, name, roleName, isDefault }) => html`<li class="choice">
      <a class="choice__enter" href="${page.url(identityPaths.dashboard({ company: slug }))}">${icon('factory')}<span class="choice__text"><strong>${name}</strong><span class="muted">${roleText(roleName, page.language)}</span></span></a>
      ${
        companies.length === 1
          ? ''
          : isDefault
            ? badge({ label: t('companies.default'), tone: 'success', icon: 'check' })
            : html`<form method="post" action="${page.url(companyPaths.select())}">${csrf(page)}<button class="btn btn--quiet" type="submit" name="company_id" value="${String(tenantId)}" aria-label="${t('companies.make_default.of', { name })}"><span>${t('companies.make_default')}</span></button></form>`
      }
    </li>`,
  )
  return centeredPage({
    page,
    title,
    body: html`<h1>${title}</h1><ul class="stack" role="list">${items}</ul><div class="cluster">${more}</div>`,
  })
}

export type FormState = { readonly values: Fields; readonly errors: Fields; readonly refusal: string | null }

const countries = 'AR BO BR CL CO CR CU DO EC ES GT HN MX NI PA PE PR PY SV US UY VE'.split(' ')

function countryOptions(page: PageContext, current: string): readonly { value: string; label: string }[] {
  const names = new Intl.DisplayNames(page.language, { type: 'region' })
  // What somebody sent instead of a choice is refused, and no country's name can be asked for it.
  const isOther = /^[A-Z]{2}$/.test(current) && !countries.includes(current)
  const codes = isOther ? [...countries, current] : countries
  const named = codes.map((code) => ({ value: code, label: names.of(code) ?? code }))
  return [{ value: '', label: wordsOf(page)('country.none') }, ...named.sort((a, b) => a.label.localeCompare(b.label, page.language))]
}

const taxTypeOptions = (t: Words) => [
  { value: '', label: t('tax_id_type.none') },
  ...taxIdTypes.map((type) => ({ value: type as string, label: type === 'OTHER' ? t('tax_id_type.OTHER') : type })),
]

export function newCompanyPage(page: PageContext, { values, errors, refusal }: FormState): Html {
  const t = wordsOf(page)
  const shared = (name: string) => ({ name, value: values[name] ?? '', error: errors[name] })
  return centeredPage({
    page,
    title: t('new.title'),
    body: html`<h1>${t('new.title')}</h1><p class="muted">${t('new.hint')}</p>
      ${refusal ? banner({ tone: 'danger', title: t('refused'), body: refusal }) : ''}
      <form class="stack" method="post" action="${page.url(companyPaths.create())}">${csrf(page)}
        ${field({ ...shared('company_name'), label: t('name'), maxLength: 100, isRequired: true, hasAutofocus: true, autocomplete: 'organization' })}
        ${select({ ...shared('country_code'), label: t('country_code'), options: countryOptions(page, values.country_code ?? '') })}
        ${select({ ...shared('tax_id_type'), label: t('tax_id_type'), options: taxTypeOptions(t) })}
        ${field({ ...shared('tax_id'), label: t('tax_id'), maxLength: 30, hint: t('tax_id.hint'), autocomplete: 'off' })}
        ${field({ ...shared('timezone'), label: t('timezone'), maxLength: 60, hint: t('timezone.hint'), autocomplete: 'off' })}
        ${button({ label: t('new.submit'), look: 'primary', isWide: true })}
      </form>`,
    footer: html`<a href="${page.url(identityPaths.companies())}">${t('companies.title')}</a>`,
  })
}

export const doneWords = ['created', 'saved', 'transferred'] as const

export type CompanyView = {
  readonly nav: readonly NavItem[]
  readonly company: Company
  readonly users: number
  readonly logo: Html
  readonly done: (typeof doneWords)[number] | null
  /** What was typed and refused; null: what is stored. */
  readonly form: FormState | null
  /** Null for whoever may not hand it over. */
  readonly ownership: { readonly people: readonly Member[]; readonly errors: Fields } | null
  readonly closing: { readonly error: string | null } | null
}

const stored = ({ name, slug, texts, taxId, taxIdType, config, signupDomains }: Company): Fields => ({
  ...(Object.fromEntries(Object.entries(texts).map(([column, value]) => [column, value ?? ''])) as Record<TextColumn, string>),
  company_name: name,
  slug,
  tax_id: taxId ?? '',
  tax_id_type: taxIdType ?? '',
  language: typeof config.language === 'string' ? config.language : 'es',
  timezone: typeof config.timezone === 'string' ? config.timezone : '',
  signup_domains: signupDomains.join(', '),
})

export function companyPage(page: PageContext, view: CompanyView): Html {
  const t = wordsOf(page)
  const { company, form, done, logo, ownership, closing } = view
  const body = html`
    ${pageHead({ title: t('title'), subtitle: company.name })}
    ${done ? banner({ tone: 'success', body: t(`done.${done}`) }) : ''}
    ${form?.refusal ? banner({ tone: 'danger', title: t('refused'), body: form.refusal }) : ''}
    <div class="stack">
      ${profileForm(page, view, t)}
      ${logo}
      ${limitsCard(view, t)}
      ${ownership ? ownershipCard(page, company, ownership, t) : ''}
      ${closing ? closingCard(page, company, closing.error, t) : ''}
    </div>`
  return shell({ page, title: t('title'), nav: view.nav, body })
}

function profileForm(page: PageContext, { company, form }: CompanyView, t: Words): Html {
  const values = form ? { ...stored(company), ...form.values } : stored(company)
  const errors = form?.errors ?? {}
  const shared = (name: string) => ({ name, value: values[name] ?? '', error: errors[name] })
  const text = (
    name: TextColumn,
    maxLength: number,
    more: { readonly hint?: string; readonly autocomplete?: string; readonly type?: 'url' | 'tel' | 'email' } = {},
  ) => field({ ...shared(name), label: t(name), maxLength, autocomplete: 'off', ...more })
  const taxId = company.taxId
    ? html`<div class="field"><span class="field__label">${t('tax_id')}</span><p>${company.taxIdType} ${company.taxId}${checkDigitOf(company) === null ? '' : `-${checkDigitOf(company)}`}</p></div>`
    : html`${select({ ...shared('tax_id_type'), label: t('tax_id_type'), options: taxTypeOptions(t) })}${field({ ...shared('tax_id'), label: t('tax_id'), maxLength: 30, hint: t('tax_id.hint'), autocomplete: 'off' })}`
  return html`<form class="stack" method="post" action="${page.url(identityPaths.company({ company: company.slug }))}">${csrf(page)}
    ${card({
      title: t('identity'),
      body: html`<div class="form-grid">
        ${field({ ...shared('company_name'), label: t('name'), maxLength: 100, isRequired: true, autocomplete: 'organization' })}
        ${field({ ...shared('slug'), label: t('slug'), maxLength: 100, isRequired: true, hint: t('slug.hint', { slug: company.slug }), autocomplete: 'off' })}
        ${text('legal_name', 200)}
        ${select({ ...shared('country_code'), label: t('country_code'), options: countryOptions(page, values.country_code ?? '') })}
        ${taxId}
        ${text('industry', 100)}${text('economic_activity', 100)}
        ${select({ ...shared('company_type'), label: t('company_type'), options: [{ value: '', label: t('company_type.none') }, ...companyTypes.map((type) => ({ value: type as string, label: t(`company_type.${type}`) }))] })}
        ${text('employees_range', 20, { hint: t('employees_range.hint') })}
      </div>`,
    })}
    ${card({
      title: t('contact'),
      body: html`<div class="form-grid">
        ${text('address', 300)}${text('city', 100)}${text('phone', 30, { type: 'tel' })}${text('contact_email', 254, { type: 'email' })}
        ${text('website', 300, { type: 'url' })}${text('linkedin_url', 300, { type: 'url' })}${text('twitter_url', 300, { type: 'url' })}
      </div>`,
    })}
    ${card({
      title: t('about'),
      body: html`<div class="stack">
        ${text('description_short', 500)}
        <div class="field ${errors.description ? 'field--invalid' : ''}"><label class="field__label" for="f-description">${t('description')}</label><textarea class="input" id="f-description" name="description" rows="5" maxlength="10000"${errors.description ? html` aria-invalid="true" aria-describedby="f-description-error"` : ''}>${values.description ?? ''}</textarea>${errors.description ? html`<p class="field__error" id="f-description-error">${errors.description}</p>` : ''}</div>
      </div>`,
    })}
    ${card({
      title: t('settings'),
      body: html`<div class="form-grid">
        ${text('primary_color', 7, { hint: t('primary_color.hint') })}
        ${select({
          ...shared('language'),
          label: t('language'),
          options: [
            { value: 'es', label: 'Español' },
            { value: 'en', label: 'English' },
          ],
        })}
        ${field({ ...shared('timezone'), label: t('timezone'), maxLength: 60, hint: t('timezone.hint'), autocomplete: 'off' })}
        ${field({ ...shared('signup_domains'), label: t('signup_domains'), maxLength: 1000, hint: t('signup_domains.hint'), autocomplete: 'off' })}
      </div>`,
    })}
    <div class="cluster">${button({ label: t('save'), look: 'primary' })}</div>
  </form>`
}

function limitsCard({ company, users }: CompanyView, t: Words): Html {
  const limits = limitsOf(company.config)
  const people = limits.max_users === null ? `${users} · ${t('limits.none')}` : t('limits.of', { used: users, limit: limits.max_users })
  return card({
    title: t('limits'),
    subtitle: t('limits.hint'),
    body: html`<dl class="facts"><dt>${t('limits.users')}</dt><dd>${people}</dd><dt>${t('limits.lines')}</dt><dd>${limits.max_lines ?? t('limits.none')}</dd></dl>`,
  })
}

function ownershipCard(page: PageContext, company: Company, { people, errors }: NonNullable<CompanyView['ownership']>, t: Words): Html {
  const options = [
    { value: '', label: t('ownership.choose') },
    ...people.map(({ userId, username, fullName }) => ({
      value: String(userId),
      label: fullName ? `${fullName} (${username})` : username,
    })),
  ]
  const form = html`<form class="stack" method="post" action="${page.url(companyPaths.ownership({ company: company.slug }))}">${csrf(page)}
    <div class="form-grid">
      ${select({ name: 'user_id', label: t('ownership.to'), options, isRequired: true, error: errors.user_id })}
      ${field({ name: 'password', label: t('ownership.password'), type: 'password', maxLength: 128, isRequired: true, autocomplete: 'current-password', error: errors.password })}
    </div>
    <div class="cluster">${button({ label: t('ownership.submit'), look: 'danger' })}</div>
  </form>`
  return card({
    title: t('ownership'),
    subtitle: t('ownership.hint'),
    id: 'ownership',
    body: people.length === 0 ? html`<p class="muted">${t('ownership.none')}</p>` : form,
  })
}

const closingCard = (page: PageContext, company: Company, error: string | null, t: Words): Html =>
  card({
    title: t('closing'),
    subtitle: t('closing.hint', { name: company.name }),
    id: 'closing',
    body: html`<form class="stack" method="post" action="${page.url(companyPaths.closure({ company: company.slug }))}">${csrf(page)}
      ${field({ name: 'confirmation', label: t('closing.name'), maxLength: 200, isRequired: true, autocomplete: 'off', ...(error !== null && { error }) })}
      <div class="cluster">${button({ label: t('closing.submit'), look: 'danger', icon: 'block' })}</div>
    </form>`,
  })
