/** The person's own account: who they are, password, preferences. */
import { translator } from '../../platform/i18n/index.ts'
import {
  banner,
  button,
  card,
  centeredPage,
  csrf,
  field,
  type Html,
  html,
  type NavItem,
  type PageContext,
  pageHead,
  select,
  shell,
} from '../../platform/ui/index.ts'
import { identityMessages } from '../messages.ts'
import { identityPaths } from '../paths.ts'
import { type OwnProfile, profileCards } from '../people/index.ts'
import { avatarCard } from '../pictures/index.ts'
import { roleText } from '../role-text.ts'
import { type Security, securityCards } from '../security/index.ts'

export type Account = {
  readonly nav: readonly NavItem[]
  readonly username: string
  readonly companyName: string | null
  /** Ours are translated; a company's own word is shown as it is. */
  readonly roleName: string | null
  /** What was just done, if anything. */
  readonly done: Done | null
  readonly passwordErrors: Readonly<Record<string, string>>
  readonly security: Security
  readonly own: OwnProfile
}

const dones = ['password', 'profile', 'email', 'email_pending', 'preferences', 'session', 'sessions', 'pin'] as const
type Done = (typeof dones)[number]
export const isDone = (word: string | undefined): word is Done => dones.some((known) => known === word)

export function accountPage(page: PageContext, account: Account): Html {
  const t = translator(identityMessages, page.language)
  const body = html`
    ${pageHead({ title: t('account.title') })}
    ${account.done ? banner({ tone: 'success', body: t(`account.${account.done}.done`) }) : ''}
    <div class="stack">
      ${avatarCard(page)}
      ${profileCards(page, account.own, facts(page, account))}
      ${card({ title: t('account.password'), body: passwordForm(page, account.passwordErrors), id: 'password' })}
      ${securityCards(page, account.security)}
      ${card({ title: t('account.preferences'), body: preferencesForm(page), id: 'preferences' })}
    </div>`
  return shell({ page, title: t('account.title'), nav: account.nav, body })
}

/** The form alone. `mustChange`: nothing else can be done before. */
export function passwordPage(
  page: PageContext,
  { mustChange, errors }: { readonly mustChange: boolean; readonly errors: Readonly<Record<string, string>> },
): Html {
  const t = translator(identityMessages, page.language)
  const title = t(mustChange ? 'account.password.must.title' : 'account.password')
  const why = mustChange ? html`<p>${t('account.password.must')}</p>` : ''
  return centeredPage({ page, title, body: html`<h1>${title}</h1>${why}${passwordForm(page, errors)}` })
}

function facts(page: PageContext, { username, companyName, roleName }: Account): Html {
  const t = translator(identityMessages, page.language)
  const role = roleName === null ? null : roleText(roleName, page.language)
  const lines: readonly (readonly [string, string | null])[] = [
    [t('account.username'), username],
    [t('account.company'), companyName],
    [t('account.role'), role],
  ]
  return html`<dl class="facts">${lines.filter(([, value]) => value).map(([label, value]) => html`<dt>${label}</dt><dd>${value}</dd>`)}</dl>`
}

function passwordForm(page: PageContext, errors: Readonly<Record<string, string>>): Html {
  const t = translator(identityMessages, page.language)
  return html`
    <form class="stack" method="post" action="${page.url(identityPaths.changePassword())}">
      ${csrf(page)}
      <input class="sr-only" type="text" name="username" value="${page.user?.name ?? ''}" autocomplete="username" tabindex="-1" readonly aria-hidden="true">
      ${field({ name: 'current_password', label: t('account.password.current'), type: 'password', autocomplete: 'current-password', maxLength: 128, isRequired: true, error: errors.current_password })}
      ${field({ name: 'new_password', label: t('account.password.new'), type: 'password', autocomplete: 'new-password', maxLength: 128, isRequired: true, hint: t('account.password.hint'), error: errors.new_password })}
      ${field({ name: 'confirm_password', label: t('account.password.confirm'), type: 'password', autocomplete: 'new-password', maxLength: 128, isRequired: true, error: errors.confirm_password })}
      <div class="cluster">${button({ label: t('account.password.submit'), look: 'primary' })}</div>
    </form>`
}

function preferencesForm(page: PageContext): Html {
  const t = translator(identityMessages, page.language)
  return html`
    <form class="stack" method="post" action="${page.url(identityPaths.accountPreferences())}">
      ${csrf(page)}
      ${select({
        name: 'language',
        label: t('account.language'),
        value: page.language,
        options: [
          { value: 'es', label: 'Español' },
          { value: 'en', label: 'English' },
        ],
      })}
      ${select({
        name: 'theme',
        label: t('account.theme'),
        value: page.theme,
        options: [
          { value: 'dark', label: t('account.theme.dark') },
          { value: 'light', label: t('account.theme.light') },
        ],
      })}
      <div class="cluster">${button({ label: t('account.preferences.submit') })}</div>
    </form>`
}
