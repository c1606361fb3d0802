/** What tells people how things stand: badges, banners, empty and error states, skeletons, toasts. Never by colour alone. */
import { type Language, translator } from '../../i18n/i18n.ts'
import { type Html, html } from '../html.ts'
import { type IconName, icon } from '../icons.ts'
import { uiMessages } from '../messages.ts'

export type Tone = 'neutral' | 'info' | 'success' | 'warning' | 'danger'

const toneIcons: Readonly<Record<Tone, IconName>> = {
  neutral: 'info',
  info: 'info',
  success: 'check_circle',
  warning: 'warning',
  danger: 'error',
}

export const badge = ({ label, tone = 'neutral', icon: iconName }: { label: string; tone?: Tone; icon?: IconName }): Html =>
  html`<span class="badge badge--${tone}">${iconName ? icon(iconName, 16) : ''}${label}</span>`

/** A bar across the page: `body` may hold links. */
export const banner = ({ tone, body, title }: { tone: Tone; body: Html | string; title?: string }): Html => html`
  <div class="banner banner--${tone}" role="${tone === 'danger' ? 'alert' : 'status'}">${icon(toneIcons[tone])}<div class="banner__text">${title ? html`<strong>${title}</strong> ` : ''}${body}</div></div>`

export const emptyState = ({
  title,
  detail,
  icon: iconName = 'inbox',
  action,
}: {
  title: string
  detail?: string
  icon?: IconName
  action?: Html
}): Html => html`
  <div class="state">${icon(iconName, 24)}<p class="state__title">${title}</p>${detail ? html`<p class="state__detail">${detail}</p>` : ''}${action ?? ''}</div>`

export const errorState = ({ title, detail, requestId }: { title: string; detail?: string; requestId?: string }): Html => html`
  <div class="state state--danger">${icon('error', 24)}<p class="state__title">${title}</p>${detail ? html`<p class="state__detail">${detail}</p>` : ''}${requestId ? html`<p class="state__code">${requestId}</p>` : ''}</div>`

/** `lines` grey bars while content is on its way. */
export const skeleton = ({ language, lines = 3 }: { language: Language; lines?: number }): Html => html`
  <div class="skeleton" role="status"><span class="sr-only">${translator(uiMessages, language)('loading')}</span>${Array.from({ length: lines }, () => html`<span class="skeleton__bar"></span>`)}</div>`

/** Put inside an answer (`hx-swap-oob`) or rendered at load; the browser removes it after 5 s. */
export const toast = ({ tone, text }: { tone: Tone; text: string }): Html =>
  html`<div class="toast toast--${tone}" role="status" data-toast>${icon(toneIcons[tone])}<span>${text}</span></div>`
