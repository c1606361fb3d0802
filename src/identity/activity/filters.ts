/** What a list of activity is narrowed to. Pure. */
import { Type } from 'typebox'
import type { ProblemField } from '../../platform/http/index.ts'
import { momentMs } from '../tenants/index.ts'

const text = (maxLength: number, description: string) => Type.Optional(Type.String({ maxLength, description }))

export const ActivityQuery = {
  user: text(254, 'Username, or the integer id'),
  action: text(50, 'Exact word of the action, as `LOGIN`'),
  entity: text(50, 'Kind of thing, as `user`'),
  entity_id: text(64, 'Which of them'),
  ip: text(45, 'Address'),
  line: text(20, 'Line, as it was asked for'),
  from: text(30, 'Instant (ISO 8601) or day (`2026-03-02`, of the company’s time zone)'),
  to: text(30, 'Instant, or day (included)'),
}
export type ActivityText = { readonly [Key in keyof typeof ActivityQuery]?: string }

export type Filters = {
  readonly user?: { readonly userId: number } | { readonly username: string }
  readonly action?: string
  readonly entity?: string
  readonly entityId?: string
  readonly ip?: string
  readonly line?: string
  /** Half-open. */
  readonly fromMs?: number
  readonly toMs?: number
}

/** Empty texts are none: forms send them. */
export function parseFilters(
  query: ActivityText,
  timeZone: string,
): { readonly filters: Filters; readonly faults: readonly ProblemField[] } {
  const faults: ProblemField[] = []
  const given = (key: keyof ActivityText): string | undefined => query[key]?.trim() || undefined
  const instant = (key: 'from' | 'to'): number | undefined => {
    const typed = given(key)
    if (typed === undefined) return undefined
    const atMs = momentMs(typed, timeZone, key === 'to' ? 'end' : 'begin')
    if (atMs === null)
      faults.push({ path: key, rule: 'instant', message: { es: 'No es una fecha ni un instante', en: 'Is neither a date nor an instant' } })
    return atMs ?? undefined
  }
  const user = given('user')
  const [action, entity, entityId, ip, line] = [given('action'), given('entity'), given('entity_id'), given('ip'), given('line')]
  const [fromMs, toMs] = [instant('from'), instant('to')]
  if (fromMs !== undefined && toMs !== undefined && fromMs >= toMs)
    faults.push({ path: 'to', rule: 'order', message: { es: 'Debe ser posterior al inicio', en: 'Must be after the beginning' } })
  return {
    filters: {
      ...(user !== undefined && {
        user: /^\d{1,15}$/.test(user) ? { userId: Number(user) } : { username: user.normalize('NFKC').toLowerCase() },
      }),
      ...(action !== undefined && { action: action.toUpperCase() }),
      ...(entity !== undefined && { entity }),
      ...(entityId !== undefined && { entityId }),
      ...(ip !== undefined && { ip }),
      ...(line !== undefined && { line }),
      ...(fromMs !== undefined && { fromMs }),
      ...(toMs !== undefined && { toMs }),
    },
    faults,
  }
}
