/** Addresses of the pages of external sources. */
import { configurationPaths } from '../configuration/index.ts'

const { sources } = configurationPaths
export const sourcePaths = {
  list: sources,
  import: (slug: string): string => `${sources(slug)}/import`,
  fresh: (slug: string): string => `${sources(slug)}/new`,
  one: (slug: string, key: string): string => `${sources(slug)}/edit/${key}`,
  test: (slug: string, key: string): string => `${sources(slug)}/edit/${key}/test`,
  remove: (slug: string, key: string): string => `${sources(slug)}/edit/${key}/remove`,
} as const
