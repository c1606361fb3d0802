/** HTML templates: every interpolated value is escaped. `raw` is the only way around it and each use says why it is safe. */
import { html as honoHtml, raw as honoRaw } from 'hono/html'

/** Markup that is already escaped. */
export type Html = ReturnType<typeof honoRaw>
type Value = Html | readonly Html[] | string | number | bigint | boolean | null | undefined

/** `false`, `null` and `undefined` print nothing. Attributes are always quoted: `class="${x}"`. */
export const html = (strings: TemplateStringsArray, ...values: readonly Value[]): Html => honoHtml(strings, ...values) as Html

export const raw = (trusted: string): Html => honoRaw(trusted)
