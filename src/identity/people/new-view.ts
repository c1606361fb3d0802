/** The form for a new person. */
import {
  banner,
  button,
  card,
  csrf,
  field,
  type Html,
  html,
  linkButton,
  type NavItem,
  type Option,
  type PageContext,
  pageHead,
  select,
  shell,
} from '../../platform/ui/index.ts'
import { identityPaths } from '../paths.ts'
import { wordsOf } from './list-view.ts'
import { categoryOptions } from './profile-form.ts'

export type NewPersonPage = {
  readonly page: PageContext
  readonly nav: readonly NavItem[]
  readonly company: { readonly slug: string; readonly name: string }
  readonly roles: readonly Option[]
  readonly typed: Readonly<Record<string, string | undefined>>
  readonly errors: Readonly<Record<string, string>>
  readonly refusal: string | null
}

/** What was typed comes back after a refusal, but the password. */
export function newPersonPage({ page, nav, company, roles, typed, errors, refusal }: NewPersonPage): Html {
  const t = wordsOf(page)
  const list = identityPaths.users({ company: company.slug })
  const line = (name: string, label: string, more: Partial<Parameters<typeof field>[0]>) =>
    field({ name, label, value: typed[name] ?? '', error: errors[name], ...more })
  const form = html`
    <form class="stack" method="post" action="${page.url(`${list}/new`)}">
      ${csrf(page)}
      <div class="form-grid">
        ${line('username', t('username'), { maxLength: 50, isRequired: true, autocomplete: 'off', hint: t('username_hint'), hasAutofocus: true })}
        ${line('email', t('email'), { type: 'email', maxLength: 254, isRequired: true, autocomplete: 'off' })}
        ${line('full_name', t('full_name'), { maxLength: 200, autocomplete: 'off' })}
        ${select({ name: 'role', label: t('role'), value: typed.role ?? 'VIEWER', options: roles, error: errors.role })}
        ${select({ name: 'category', label: t('category'), value: typed.category ?? '', options: [{ value: '', label: t('category.none') }, ...categoryOptions(t)], error: errors.category })}
        ${field({ name: 'password', label: t('password'), type: 'password', maxLength: 128, isRequired: true, autocomplete: 'new-password', hint: t('password_hint'), error: errors.password })}
      </div>
      <div class="cluster">${button({ label: t('create'), look: 'primary', icon: 'person_add' })}${linkButton({ label: t('cancel'), href: page.url(list), look: 'quiet' })}</div>
    </form>`
  const body = html`
    <p class="crumb"><a class="link" href="${page.url(list)}">‹ ${t('back')}</a></p>
    ${pageHead({ title: t('new'), subtitle: t('new_subtitle') })}
    <div class="stack">${refusal ? banner({ tone: 'danger', title: t('failed'), body: refusal }) : ''}${card({ body: form })}</div>`
  return shell({ page, title: t('new'), nav, body })
}
