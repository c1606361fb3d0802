/** Pages of signing up: the form, what comes next, and the proof of an address. All work without JavaScript. */
import { translator } from '../../platform/i18n/index.ts'
import {
  banner,
  button,
  centeredPage,
  csrf,
  emptyState,
  field,
  type Html,
  html,
  linkButton,
  type PageContext,
} from '../../platform/ui/index.ts'
import { identityPaths } from '../paths.ts'
import { signupMessages } from './messages.ts'

export type RegisterForm = {
  readonly fullName: string
  readonly email: string
  readonly username: string
  /** Slug of the company that the link named; '' = none. */
  readonly company: string
  readonly csrfToken: string
  /** Why the last attempt was refused, translated. */
  readonly refusal: string | null
  readonly fieldErrors: Readonly<Record<string, string>>
}

export function registerPage(page: PageContext, form: RegisterForm): Html {
  const t = translator(signupMessages, page.language)
  const refusal = form.refusal === null ? '' : banner({ tone: 'danger', title: t('register.refused'), body: form.refusal })
  const { fieldErrors: errors } = form
  const body = html`
    <h1>${t('register.title')}</h1>
    ${refusal}
    <form class="stack" method="post" action="${page.url(identityPaths.register())}">
      ${csrf(form)}
      <input type="hidden" name="company_slug" value="${form.company}">
      ${field({ name: 'full_name', label: t('register.full_name'), value: form.fullName, autocomplete: 'name', maxLength: 200, hasAutofocus: form.fullName === '', error: errors.full_name })}
      ${field({ name: 'email', label: t('register.email'), type: 'email', value: form.email, autocomplete: 'email', maxLength: 254, isRequired: true, error: errors.email })}
      ${field({ name: 'username', label: t('register.username'), value: form.username, autocomplete: 'username', maxLength: 50, hint: t('register.username.hint'), error: errors.username })}
      ${field({ name: 'password', label: t('register.password'), type: 'password', autocomplete: 'new-password', maxLength: 128, isRequired: true, hint: t('register.password.hint'), error: errors.password })}
      ${button({ label: t('register.submit'), look: 'primary', isWide: true })}
    </form>
    ${toLogin(page)}`
  return centeredPage({ page, title: t('register.title'), body, isGlass: true })
}

const toLogin = (page: PageContext): Html =>
  html`<p class="alone__links"><a href="${page.url(identityPaths.login())}">${translator(signupMessages, page.language)('register.to_login')}</a></p>`

export function closedPage(page: PageContext): Html {
  const t = translator(signupMessages, page.language)
  const body = html`<h1 class="sr-only">${t('register.title')}</h1>${emptyState({ title: t('closed.title'), detail: t('closed.detail'), icon: 'mail' })}${toLogin(page)}`
  return centeredPage({ page, title: t('register.title'), body, isGlass: true })
}

export const doneStates = ['verify', 'pending', 'ready', 'changed', 'sent'] as const
export type DoneState = (typeof doneStates)[number]

/** What was just done, and where to go on. */
export function donePage(page: PageContext, state: DoneState): Html {
  const t = translator(signupMessages, page.language)
  const isSignedIn = page.user !== null
  const action = linkButton({
    label: t(isSignedIn ? 'done.home' : 'done.login'),
    href: page.url(isSignedIn ? identityPaths.account() : identityPaths.login()),
    look: state === 'ready' || state === 'changed' ? 'primary' : 'secondary',
  })
  const icon = state === 'verify' || state === 'sent' ? 'mail' : state === 'pending' ? 'schedule' : 'check_circle'
  const title = t(`done.${state}.title`)
  const body = html`<h1 class="sr-only">${title}</h1>${emptyState({ title, detail: t(`done.${state}.detail`), icon, action })}`
  return centeredPage({ page, title, body, isGlass: true })
}

export type VerifyView = {
  /** `ask`: somebody came without a link. */
  readonly state: 'confirm' | 'invalid' | 'ask'
  readonly csrfToken: string
  /** Sign in once it is proven. */
  readonly isAutoLogin: boolean
  readonly email: string
  readonly emailError: string | undefined
}

export function verifyPage(page: PageContext, view: VerifyView): Html {
  const t = translator(signupMessages, page.language)
  const body = view.state === 'confirm' ? confirmForm(page, view) : resendForm(page, view)
  return centeredPage({ page, title: t('verify.title'), body, isGlass: true })
}

function confirmForm(page: PageContext, { csrfToken, isAutoLogin }: VerifyView): Html {
  const t = translator(signupMessages, page.language)
  return html`
    <h1>${t('verify.title')}</h1>
    <p>${t('verify.detail')}</p>
    <form class="stack" method="post" action="${page.url(identityPaths.verifyEmail())}">
      ${csrf({ csrfToken })}
      <input type="hidden" name="auto_login" value="${isAutoLogin ? '1' : '0'}">
      ${button({ label: t('verify.submit'), look: 'primary', isWide: true })}
    </form>`
}

function resendForm(page: PageContext, { state, csrfToken, email, emailError }: VerifyView): Html {
  const t = translator(signupMessages, page.language)
  return html`
    <h1>${t(state === 'invalid' ? 'verify.invalid.title' : 'verify.title')}</h1>
    <p>${t(state === 'invalid' ? 'verify.invalid.detail' : 'verify.ask.detail')}</p>
    <form class="stack" method="post" action="${page.url(identityPaths.resendVerification())}">
      ${csrf({ csrfToken })}
      ${field({ name: 'email', label: t('register.email'), type: 'email', value: email, autocomplete: 'email', maxLength: 254, isRequired: true, error: emailError })}
      ${button({ label: t('verify.resend'), look: 'primary', isWide: true })}
    </form>
    ${toLogin(page)}`
}
