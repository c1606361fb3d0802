/** What the platform's pages of companies share. */
import { translator } from '../../platform/i18n/index.ts'
import type { PageContext } from '../../platform/ui/index.ts'
import { tenantMessages } from './messages.ts'

export type Words = (key: keyof typeof tenantMessages & string, parameters?: Readonly<Record<string, string | number>>) => string
export const wordsOf = (page: PageContext): Words => translator(tenantMessages, page.language)

export type Fields = Readonly<Record<string, string>>
