/** Addresses below `/t/{company}/detections`; each keeps the filters it was opened with. */
import { plantPaths } from '../navigation.ts'
import type { Format } from './export.ts'

const withQuery = (path: string, query: URLSearchParams): string => (query.size === 0 ? path : `${path}?${query}`)

export const detectionPaths = {
  page: (slug: string, query = new URLSearchParams()): string => withQuery(plantPaths.detections(slug), query),
  /** Further rows of a list that is on the page. */
  rows: (slug: string, query: URLSearchParams): string => `${plantPaths.detections(slug)}/rows?${query}`,
  file: (slug: string, filters: URLSearchParams, format: Format): string => {
    const query = new URLSearchParams(filters)
    query.set('format', format)
    return `${plantPaths.detections(slug)}/export?${query}`
  },
}
