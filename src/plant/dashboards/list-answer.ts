/** Lists of the API: `{items, meta}` and the header `X-Total-Count`. */
import { type Answer, answer } from '../../platform/http/index.ts'

export const listAnswer = (items: readonly unknown[], meta: Readonly<Record<string, unknown>> = {}, total = items.length): Answer =>
  answer(200, { items, meta: { total, ...meta } }, { 'x-total-count': String(total) })
