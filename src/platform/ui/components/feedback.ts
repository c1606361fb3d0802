/** What tells people how things stand: badges, banners, empty and error states. Never by colour alone. */
import { type Html, html } from '../html.ts'
import { type IconName, icon } from '../icons.ts'

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
