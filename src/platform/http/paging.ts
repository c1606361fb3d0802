/** Pages of a list: `page` and `per_page`, or `skip` and `limit`, never both (identity.md D-16). */
import { type Static, Type } from 'typebox'
import { problem } from './problems.ts'
import type { Answer } from './route.ts'
import { answer } from './route.ts'

export const PagingQuery = {
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  per_page: Type.Optional(Type.Integer({ minimum: 1 })),
  skip: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000 })),
  limit: Type.Optional(Type.Integer({ minimum: 1 })),
}
const Query = Type.Object(PagingQuery)

export const PageMeta = Type.Object({
  page: Type.Integer(),
  per_page: Type.Integer(),
  pages: Type.Integer(),
  total: Type.Integer(),
})

export type Paging = { readonly offset: number; readonly limit: number }

const most = 100

/** More than 100 at a time are 100. Throws 422 `validation_failed` when both ways are mixed. */
export function pagingOf(query: Static<typeof Query>, perPageDefault = 10): Paging {
  const isByPage = query.page !== undefined || query.per_page !== undefined
  const isBySkip = query.skip !== undefined || query.limit !== undefined
  if (isByPage && isBySkip) {
    const message = { es: 'Use page y per_page, o skip y limit', en: 'Use page and per_page, or skip and limit' }
    throw problem('validation_failed', { fields: [{ path: query.page === undefined ? 'per_page' : 'page', rule: 'mixed', message }] })
  }
  if (isBySkip) return { offset: query.skip ?? 0, limit: Math.min(query.limit ?? perPageDefault, most) }
  const limit = Math.min(query.per_page ?? perPageDefault, most)
  return { offset: ((query.page ?? 1) - 1) * limit, limit }
}

export const pageMeta = ({ offset, limit }: Paging, total: number): Static<typeof PageMeta> => ({
  page: Math.floor(offset / limit) + 1,
  per_page: limit,
  pages: Math.ceil(total / limit),
  total,
})

/** `{items, meta}` with `X-Total-Count`. */
export const listAnswer = (items: readonly unknown[], paging: Paging, total: number): Answer =>
  answer(200, { items, meta: pageMeta(paging, total) }, { 'x-total-count': String(total) })
