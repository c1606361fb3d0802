/** Addresses of the tables' pages. */
import { configurationPaths } from '../configuration/index.ts'

const { tables } = configurationPaths
export const tablePaths = {
  page: tables,
  /** What taking old months out of a line's table would take. */
  preview: (slug: string): string => `${tables(slug)}/preview`,
  task: (slug: string): string => `${tables(slug)}/work`,
  policy: (slug: string): string => `${tables(slug)}/policy`,
  /** SQL for whoever looks after the customer's database. */
  sql: (slug: string): string => `${tables(slug)}/sql`,
} as const
