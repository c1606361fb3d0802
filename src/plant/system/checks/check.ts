/** One finding of verification: what was looked at, what it means, what to do about it. */
import type { Text } from '../../../platform/i18n/i18n.ts'

export type CheckStatus = 'ok' | 'warn' | 'error'

export type Check = {
  /** Stable word: `hard_columns`, `time_zone`… */
  readonly id: string
  readonly status: CheckStatus
  /** What was looked at. */
  readonly title: Text
  /** What was found and what it means. */
  readonly finding: Text
  /** Null when all is well. */
  readonly advice: Text | null
  /** Figures for people and scripts: rows per table, hours of difference… */
  readonly counts: Readonly<Record<string, number>>
}

export const ok = (id: string, title: Text, finding: Text, counts: Check['counts'] = {}): Check => ({
  id,
  status: 'ok',
  title,
  finding,
  advice: null,
  counts,
})

export const bad = (
  id: string,
  status: 'warn' | 'error',
  title: Text,
  finding: Text,
  advice: Text,
  counts: Check['counts'] = {},
): Check => ({
  id,
  status,
  title,
  finding,
  advice,
  counts,
})

/** A few names in one sentence. */
export const listed = (names: readonly (string | number)[], limit = 8): string =>
  names.length <= limit ? names.join(', ') : `${names.slice(0, limit).join(', ')}… (+${names.length - limit})`

/** The worst of them; nothing checked is well. */
export const worst = (checks: readonly Check[]): CheckStatus =>
  checks.some((check) => check.status === 'error') ? 'error' : checks.some((check) => check.status === 'warn') ? 'warn' : 'ok'

/** Of the command line: 0 ok, 1 warnings, 2 errors. */
export const exitCode = (checks: readonly Check[]): 0 | 1 | 2 => (({ ok: 0, warn: 1, error: 2 }) as const)[worst(checks)]
