/** The second step of the sign-in page, which works without JavaScript. */
import { translator } from '../../platform/i18n/index.ts'
import { banner, button, centeredPage, csrf, field, type Html, html, type PageContext } from '../../platform/ui/index.ts'
import { identityMessages } from '../messages.ts'
import { identityPaths } from '../paths.ts'

export type CodeForm = {
  readonly next: string
  /** Of the pre-session cookie. */
  readonly csrfToken: string
  readonly isRecovery: boolean
  /** Why the last code was refused, translated. */
  readonly refusal: string | null
}

export function codePage(page: PageContext, { next, csrfToken, isRecovery, refusal }: CodeForm): Html {
  const t = translator(identityMessages, page.language)
  const here = page.url(identityPaths.loginCode())
  const link = (use: string) => `${here}?${new URLSearchParams({ ...(use && { use }), ...(next !== '/' && { next }) })}`
  const body = html`
    <h1>${t('code.title')}</h1>
    <p>${t(isRecovery ? 'code.recovery.lead' : 'code.lead')}</p>
    ${refusal === null ? '' : banner({ tone: 'danger', body: refusal })}
    <form class="stack" method="post" action="${here}">
      ${csrf({ csrfToken })}
      <input type="hidden" name="next" value="${next}">
      ${
        isRecovery
          ? field({
              name: 'recovery_code',
              label: t('code.recovery'),
              autocomplete: 'off',
              maxLength: 20,
              isRequired: true,
              hasAutofocus: true,
            })
          : field({
              name: 'code',
              label: t('code.code'),
              autocomplete: 'one-time-code',
              maxLength: 10,
              isRequired: true,
              hasAutofocus: true,
            })
      }
      ${button({ label: t('code.submit'), look: 'primary', isWide: true })}
    </form>
    <p class="alone__links"><a href="${link(isRecovery ? '' : 'recovery')}">${t(isRecovery ? 'code.use_app' : 'code.use_recovery')}</a><a href="${page.url(identityPaths.login())}">${t('code.back')}</a></p>`
  return centeredPage({ page, title: t('code.title'), body, footer: html`${t('login.footer')}`, isGlass: true })
}
