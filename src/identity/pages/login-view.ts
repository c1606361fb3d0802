/** The sign-in form, which works without JavaScript. */
import { translator } from '../../platform/i18n/index.ts'
import { banner, button, centeredPage, csrf, field, type Html, html, type PageContext } from '../../platform/ui/index.ts'
import { identityMessages } from '../messages.ts'
import { identityPaths } from '../paths.ts'

export type LoginForm = {
  readonly identifier: string
  /** Where to go afterwards. */
  readonly next: string
  /** Of the pre-session cookie. */
  readonly csrfToken: string
  /** Why the last attempt was refused, translated. */
  readonly refusal: string | null
  readonly fieldErrors: Readonly<Record<string, string>>
}

/** What else the page leads to: only what this installation offers. */
export type LoginOffers = { readonly canRegister: boolean; readonly canRecover: boolean; readonly mustVerify?: boolean }

export const loginOffers = ({
  signup,
  mail,
}: {
  readonly signup: { readonly mode: string }
  readonly mail: { readonly transport: string }
}): LoginOffers => ({ canRegister: signup.mode === 'open' || signup.mode === 'domain', canRecover: mail.transport !== 'none' })

export function loginPage(page: PageContext, form: LoginForm, offers: LoginOffers): Html {
  const t = translator(identityMessages, page.language)
  const refusal = form.refusal === null ? '' : banner({ tone: 'danger', title: t('login.refused'), body: form.refusal })
  const body = html`
    <h1>${t('login.title')}</h1>
    ${refusal}
    <form class="stack" method="post" action="${page.url(identityPaths.login())}">
      ${csrf(form)}
      <input type="hidden" name="next" value="${form.next}">
      ${field({
        name: 'username',
        label: t('login.username'),
        value: form.identifier,
        autocomplete: 'username',
        maxLength: 254,
        isRequired: true,
        hasAutofocus: form.identifier === '',
        error: form.fieldErrors.username,
      })}
      ${field({
        name: 'password',
        label: t('login.password'),
        type: 'password',
        autocomplete: 'current-password',
        maxLength: 128,
        isRequired: true,
        hasAutofocus: form.identifier !== '',
        error: form.fieldErrors.password,
      })}
      ${button({ label: t('login.submit'), look: 'primary', isWide: true })}
    </form>
    ${links(page, offers)}`
  return centeredPage({ page, title: t('login.title'), body, footer: html`${t('login.footer')}`, isGlass: true })
}

function links(page: PageContext, { canRegister, canRecover, mustVerify = false }: LoginOffers): Html {
  const t = translator(identityMessages, page.language)
  const offered = [
    { isOffered: mustVerify, path: identityPaths.verifyEmail(), label: t('login.verify') },
    { isOffered: canRecover, path: identityPaths.forgotPassword(), label: t('login.forgot') },
    { isOffered: canRegister, path: identityPaths.register(), label: t('login.register') },
  ].filter(({ isOffered }) => isOffered)
  if (offered.length === 0) return html``
  return html`<p class="alone__links">${offered.map(({ path, label }) => html`<a href="${page.url(path)}">${label}</a>`)}</p>`
}
