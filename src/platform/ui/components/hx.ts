/** htmx attributes: `hx(page, { get: url, target: '#board' })`. Each element carries the nonce, or the browser strips them (hx-csp). */
import { type Html, html } from '../html.ts'
import type { PageContext } from '../page.ts'

export const hx = (page: PageContext, attributes: Readonly<Record<string, string>>): Html =>
  html`${Object.entries(attributes).map(([name, value]) => html` hx-${name}="${value}"`)} hx-nonce="${page.nonce}"`
