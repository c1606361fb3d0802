import type { ProblemField } from '../../platform/http/problem.ts'
import type { Line, PlantModel } from '../model/model.ts'
import { refusal } from './problems.ts'
import { lineGroups, plantGroups, rowOfType } from './rows.ts'
import { invalid, isAbsent, ownValue, type RawParameters, readIds, readInteger } from './values.ts'

/** `parameter` is what reproduces the choice. */
export type ChosenLines = { readonly lines: readonly Line[]; readonly parameter: Readonly<Record<string, string | number>> }

const activeLines = (model: PlantModel): Line[] => model.lines.filter((line) => line.isActive).sort((a, b) => a.lineId - b.lineId)

/** The row's default when it can be chosen; else the only line, else all. */
export function defaultLine(model: PlantModel): number | string {
  const wanted = rowOfType(model, 'ProductionLineFilter')?.overrides.defaultValue
  const active = activeLines(model)
  if (!isAbsent(wanted) && isLines(chooseOne(model, active, wanted))) return typeof wanted === 'number' ? wanted : String(wanted)
  return active.length === 1 && active[0] ? active[0].lineId : 'all'
}

/** The lines asked for; with `plant_ids` (or `plant_id`), those of them that are in these plants. */
export function readLines(model: PlantModel, raw: RawParameters): ChosenLines | ProblemField {
  const chosen = readChosen(model, raw)
  const asked = ownValue(raw, 'plant_ids') ?? ownValue(raw, 'plant_id')
  if (!isLines(chosen) || isAbsent(asked) || asked === 'all') return chosen
  const ids = readIds(asked)
  if (ids === invalid) return refusal('plant_ids', 'type')
  if (ids.length === 0) return chosen
  const sites = model.settings.sites.filter(({ siteId }) => ids.includes(siteId))
  const unknown = ids.find((id) => !sites.some(({ siteId }) => siteId === id))
  if (unknown !== undefined) return refusal('plant_ids', 'unknown_plant', { id: unknown })
  const inside = new Set(sites.flatMap(({ lineIds }) => lineIds))
  const lines = chosen.lines.filter(({ lineId }) => inside.has(lineId))
  if (lines.length === 0) return refusal('plant_ids', 'no_line_of_plant')
  return { lines, parameter: { ...chosen.parameter, plant_ids: [...ids].sort((a, b) => a - b).join(',') } }
}

/** `line_ids` (list or CSV) before `line_id` (id, `all`, `plant_…`, `group_…`); an unknown or retired line is refused, never replaced (compare.md 12). */
function readChosen(model: PlantModel, raw: RawParameters): ChosenLines | ProblemField {
  const active = activeLines(model)
  const ids = readIds(ownValue(raw, 'line_ids'))
  if (ids === invalid) return refusal('line_ids', 'type')
  if (ids.length > 0) {
    const unknown = ids.find((id) => !active.some((line) => line.lineId === id))
    if (unknown !== undefined) return refusal('line_ids', 'unknown_line', { id: unknown })
    return { lines: active.filter((line) => ids.includes(line.lineId)), parameter: { line_ids: [...ids].sort((a, b) => a - b).join(',') } }
  }
  const asked = ownValue(raw, 'line_id')
  return chooseOne(model, active, isAbsent(asked) ? defaultLine(model) : asked)
}

export const isLines = (chosen: ChosenLines | ProblemField): chosen is ChosenLines => 'lines' in chosen

function chooseOne(model: PlantModel, active: readonly Line[], asked: unknown): ChosenLines | ProblemField {
  if (asked === 'all') return active.length > 0 ? { lines: active, parameter: { line_id: 'all' } } : refusal('line_id', 'no_active_line')
  if (typeof asked === 'string' && /^(group|plant)_/.test(asked)) {
    const group = [...plantGroups(model), ...lineGroups(model)].find(({ value }) => value === asked)
    if (!group) return refusal('line_id', 'unknown_group', { id: asked.slice(0, 40) })
    return { lines: active.filter((line) => group.lineIds.includes(line.lineId)), parameter: { line_id: asked } }
  }
  const id = readInteger(asked)
  if (id === invalid) return refusal('line_id', 'type')
  const line = active.find(({ lineId }) => lineId === id)
  return line ? { lines: [line], parameter: { line_id: id } } : refusal('line_id', 'unknown_line', { id })
}
