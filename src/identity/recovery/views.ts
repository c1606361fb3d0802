/** Pages of a forgotten password. All work without JavaScript. */
import { translator } from '../../platform/i18n/index.ts'
import { button, centeredPage, csrf, emptyState, field, type Html, html, linkButton, type PageContext } from '../../platform/ui/index.ts'
import { identityPaths } from '../paths.ts'
import { recoveryMessages } from './messages.ts'

export type ForgotForm = { readonly email: string; readonly csrfToken: string; readonly error: string | undefined }

export function forgotPage(page: PageContext, { email, csrfToken, error }: ForgotForm): Html {
  const t = translator(recoveryMessages, page.language)
  const body = html`
    <h1>${t('forgot.title')}</h1>
    <p>${t('forgot.detail')}</p>
    <form class="stack" method="post" action="${page.url(identityPaths.forgotPassword())}">
      ${csrf({ csrfToken })}
      ${field({ name: 'email', label: t('forgot.email'), type: 'email', value: email, autocomplete: 'email', maxLength: 254, isRequired: true, hasAutofocus: true, error })}
      ${button({ label: t('forgot.submit'), look: 'primary', isWide: true })}
    </form>
    <p class="alone__links"><a href="${page.url(identityPaths.login())}">${t('back_to_login')}</a></p>`
  return centeredPage({ page, title: t('forgot.title'), body, isGlass: true })
}

export type ResetForm = {
  readonly username: string
  readonly csrfToken: string
  readonly fieldErrors: Readonly<Record<string, string>>
}

export function resetPage(page: PageContext, { username, csrfToken, fieldErrors }: ResetForm): Html {
  const t = translator(recoveryMessages, page.language)
  const body = html`
    <h1>${t('reset.title')}</h1>
    <form class="stack" method="post" action="${page.url(identityPaths.resetPassword())}">
      ${csrf({ csrfToken })}
      <input class="sr-only" type="text" name="username" value="${username}" autocomplete="username" tabindex="-1" readonly aria-hidden="true">
      ${field({ name: 'new_password', label: t('reset.new'), type: 'password', autocomplete: 'new-password', maxLength: 128, isRequired: true, hasAutofocus: true, hint: t('reset.hint'), error: fieldErrors.new_password })}
      ${field({ name: 'confirm_password', label: t('reset.confirm'), type: 'password', autocomplete: 'new-password', maxLength: 128, isRequired: true, error: fieldErrors.confirm_password })}
      ${button({ label: t('reset.submit'), look: 'primary', isWide: true })}
    </form>`
  return centeredPage({ page, title: t('reset.title'), body, isGlass: true })
}

const states = {
  sent: { words: 'forgot.sent', icon: 'mail', action: 'back_to_login', look: 'secondary', path: identityPaths.login },
  done: { words: 'reset.done', icon: 'check_circle', action: 'to_login', look: 'primary', path: identityPaths.login },
  invalid: { words: 'reset.invalid', icon: 'error', action: 'reset.again', look: 'primary', path: identityPaths.forgotPassword },
} as const

/** What was done, or why nothing can be. */
export function recoveryStatePage(page: PageContext, state: keyof typeof states): Html {
  const t = translator(recoveryMessages, page.language)
  const { words, icon, action, look, path } = states[state]
  const title = t(`${words}.title`)
  const onwards = linkButton({ label: t(action), href: page.url(path()), look })
  const body = html`<h1 class="sr-only">${title}</h1>${emptyState({ title, detail: t(`${words}.detail`), icon, action: onwards })}`
  return centeredPage({ page, title, body, isGlass: true })
}
