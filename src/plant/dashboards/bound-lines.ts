/** A screen that is bound to some lines shows those and no others, whatever its address asks for. */
import type { Actor } from '../../identity/index.ts'
import type { ModelWarning, PlantModel } from '../model/index.ts'
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

/** What was found on loading the plant, without what names a line that a bound screen does not show. */
export const warningsForActor = (
  { lineIds }: Pick<Actor, 'lineIds'>,
  { warnings }: Pick<PlantModel, 'warnings'>,
): readonly ModelWarning[] =>
  lineIds === null ? warnings : warnings.filter(({ lineIds: named = [] }) => named.every((lineId) => lineIds.includes(lineId)))

/** What a bound screen may know of the plant: its lines, and the plants that have one of them. For choices and names; figures are kept under the
 *  whole model. */
export function modelForActor({ lineIds }: Pick<Actor, 'lineIds'>, model: PlantModel): PlantModel {
  if (lineIds === null) return model
  const isShown = (lineId: number): boolean => lineIds.includes(lineId)
  const sites = model.settings.sites
    .map((site) => ({ ...site, lineIds: site.lineIds.filter(isShown) }))
    .filter((site) => site.lineIds.length > 0)
  return {
    ...model,
    lines: model.lines.filter(({ lineId }) => isShown(lineId)),
    settings: { ...model.settings, sites },
    warnings: warningsForActor({ lineIds }, model),
  }
}
