/** Ranges, rows and stops of one line, for tests of its facts. */
import type { TestRow } from '../../../test/harness/line-database.ts'
import { plantModel, shift } from '../../../test/harness/plant-model.ts'
import { formatLocal, parseLocal, zoneOf } from '../../platform/time/index.ts'
import type { PlantModel } from '../model/index.ts'
import { parseScope, type Scope } from '../scope/index.ts'
import type { Facts } from './index.ts'

const bogota = zoneOf('America/Bogota')
export const epoch = (text: string, zone = bogota): number => zone.toEpochS(parseLocal(text) ?? Number.NaN)
export const wall = (epochS: number, zone = bogota): string => formatLocal(zone.toLocalS(epochS))
export const morning = plantModel({ shifts: [shift(1, 6, 14)] })

/** `from`/`to` as `YYYY-MM-DD HH:MM`; the last minute is included. */
export const scopeOf = (model: PlantModel, from: string, to: string, now: string, more: Record<string, unknown> = {}): Scope =>
  parseScope(
    model,
    { start_date: from.slice(0, 10), start_time: from.slice(11), end_date: to.slice(0, 10), end_time: to.slice(11), ...more },
    epoch(now, zoneOf(model.settings.timeZone)) * 1000,
  )

/** A row each `stepS` from `from` to `to`. */
export function rowsEvery(stepS: number, from: string, to: string, areaId = 2): TestRow[] {
  const rows: TestRow[] = []
  for (let atS = epoch(from); atS <= epoch(to); atS += stepS) rows.push([wall(atS), areaId])
  return rows
}

export const stopsShown = (facts: Facts): string[] =>
  facts.stops.map(
    (stop) =>
      `${stop.source} ${formatLocal(stop.startLocalS).slice(5, 16)} → ${formatLocal(stop.endLocalS).slice(5, 16)} full ${stop.fullS}`,
  )
