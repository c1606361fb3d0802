/** Addresses below `/t/{company}/downtime`; each keeps the view it was opened from. */
import { plantPaths } from '../navigation.ts'

const under = (slug: string, rest: string): string => `${plantPaths.downtime(slug)}${rest}`
const withQuery = (path: string, query: URLSearchParams): string => (query.size === 0 ? path : `${path}?${query}`)

export const downtimePaths = {
  page: (slug: string, query = new URLSearchParams()): string => withQuery(plantPaths.downtime(slug), query),
  live: (slug: string, query: URLSearchParams): string => `${under(slug, '/live')}?${query}`,
  stop: (slug: string, lineId: number, ref: string, query: URLSearchParams): string =>
    withQuery(under(slug, `/stops/${lineId}/${ref}`), query),
  act: (
    slug: string,
    lineId: number,
    ref: string,
    act: 'reason' | 'times' | 'split' | 'delete' | 'restore',
    query: URLSearchParams,
  ): string => withQuery(under(slug, `/stops/${lineId}/${ref}/${act}`), query),
  create: (slug: string, query: URLSearchParams): string => withQuery(under(slug, '/new'), query),
  bulk: (slug: string, query: URLSearchParams): string => withQuery(under(slug, '/bulk'), query),
  merge: (slug: string, query: URLSearchParams): string => withQuery(under(slug, '/merge'), query),
}
