/** What pages of the plant show where the board cannot be drawn: refusals become part of the page, so that the filters can be set right. */
import { Problem } from '../../platform/http/index.ts'
import { formatText, type Language } from '../../platform/i18n/index.ts'
import type { FilterDescription } from '../scope/index.ts'

/** Translated. */
export type Refusal = {
  /** Of HTTP. */
  readonly status: number
  readonly title: string
  readonly detail: string
  readonly fields: readonly { readonly label: string; readonly message: string }[]
}

export function refusalOf(problem: Problem, filters: readonly FilterDescription[], language: Language): Refusal {
  const labels = new Map(filters.map((filter) => [filter.param_name, filter.label]))
  return {
    status: problem.status,
    title: formatText(problem.spec.title, language, problem.options.parameters),
    detail: problem.detail(language),
    fields: (problem.options.fields ?? []).map(({ path, message, parameters }) => ({
      label: labels.get(path === 'line_ids' ? 'line_id' : path) ?? path,
      message: formatText(message, language, parameters),
    })),
  }
}

/** A plant that was just made: all lines were asked for, and there are none. */
export const isWithoutLines = ({ options }: Problem): boolean => {
  const rules = (options.fields ?? []).map(({ rule }) => rule)
  return rules.length > 0 && rules.every((rule) => rule === 'no_active_line')
}

/** In place of the board. Throws `error` when it is no refusal. */
export function refusedBoard(
  error: unknown,
  filters: readonly FilterDescription[],
  language: Language,
): { readonly status: number; readonly board: Refusal | 'no_lines'; readonly problem: Problem | null } {
  if (!(error instanceof Problem)) throw error
  if (isWithoutLines(error)) return { status: 200, board: 'no_lines', problem: null }
  return { status: error.status, board: refusalOf(error, filters, language), problem: error }
}
