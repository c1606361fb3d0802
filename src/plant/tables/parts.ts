/** What the pages of the tables share. */
import type { TenantActor } from '../../identity/index.ts'
import { translator } from '../../platform/i18n/index.ts'
import { csrf, type Html, html, type PageContext } from '../../platform/ui/index.ts'
import { messages } from './messages.ts'
import { tablePaths } from './paths.ts'

export type Actor = Pick<TenantActor, 'permissions' | 'tenant'>
export const words = (page: PageContext) => translator(messages, page.language)
export type Words = ReturnType<typeof words>

/** One piece of work, asked for by a button. */
export const asking = (
  page: PageContext,
  actor: Actor,
  fields: Readonly<Record<string, string | number>>,
  control: Html,
  t: Words,
): Html => html`
  <form method="post" action="${page.url(tablePaths.task(actor.tenant.slug))}" data-busy="${t('busy')}">${csrf(page)}
    ${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}${control}</form>`

/** `2026-03` as people say it: marzo de 2026. */
export function monthWords(text: string, { language }: Pick<PageContext, 'language'>): string {
  const [year = 0, month = 1] = text.split('-').map(Number)
  return new Intl.DateTimeFormat(language, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(Date.UTC(year, month - 1, 1))
}
