/** Addresses of the configuration file's pages. */
import { configurationPaths } from '../configuration/index.ts'

const { file } = configurationPaths
export const filePaths = {
  page: file,
  download: (slug: string): string => `${file(slug)}/download`,
  preview: (slug: string): string => `${file(slug)}/preview`,
  apply: (slug: string): string => `${file(slug)}/import`,
  cancel: (slug: string): string => `${file(slug)}/cancel`,
  undo: (slug: string): string => `${file(slug)}/undo`,
} as const
