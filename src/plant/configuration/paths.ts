/** Addresses of the plant's own configuration, page by page. */
import { plantPaths } from '../navigation.ts'

const below =
  (page: string) =>
  (slug: string): string =>
    `${plantPaths.plant(slug)}/${page}`

export const configurationPaths = {
  overview: plantPaths.plant,
  lines: below('lines'),
  products: below('products'),
  shifts: below('shifts'),
  reasons: below('reasons'),
  filters: below('filters'),
  calendar: below('calendar'),
  settings: below('settings'),
  plants: below('plants'),
  dashboards: below('dashboards'),
  ingest: below('ingest'),
  mqtt: below('mqtt'),
  sources: below('sources'),
  tables: below('tables'),
  file: below('file'),
} as const
export type ConfigurationSection = keyof typeof configurationPaths
