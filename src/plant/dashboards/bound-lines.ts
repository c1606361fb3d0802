/** A screen that is bound to some lines shows those and no others, whatever its address asks for. */
import type { Actor } from '../../identity/index.ts'
import type { PlantModel } from '../model/index.ts'
import type { Scope } from '../scope/index.ts'
import { problem } from './problems.ts'

type Raw = Readonly<Record<string, unknown>>
type ScopeOf = (model: PlantModel, raw: Raw, nowMs: number) => Scope

/** Without a choice, or with a group or all: the bound lines. A line that is named and not bound is refused, never replaced.
 *  Throws 403 `line_not_shown`, and what `scopeOf` throws. */
export function scopeForActor(scopeOf: ScopeOf, { lineIds }: Pick<Actor, 'lineIds'>, model: PlantModel, raw: Raw, nowMs: number): Scope {
  const asked = scopeOf(model, raw, nowMs)
  if (lineIds === null || asked.lines.every(({ lineId }) => lineIds.includes(lineId))) return asked
  const bound = model.lines.filter(({ lineId, isActive }) => isActive && lineIds.includes(lineId)).map(({ lineId }) => lineId)
  const { line_id: lineId, line_ids: lineList, ...rest } = raw
  const isNamed = String(lineList ?? '') !== '' || /^\d+$/.test(String(lineId ?? ''))
  if (isNamed || bound.length === 0) throw problem('line_not_shown')
  return scopeOf(model, { ...rest, line_ids: bound.join(',') }, nowMs)
}
