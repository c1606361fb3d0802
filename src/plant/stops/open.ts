/** What work on stops needs, and the plant and line it is about. */
import type { Db } from '../../platform/db/database.ts'
import type { Clock } from '../../platform/time/index.ts'
import type { Histories } from '../history/index.ts'
import type { Line } from '../model/index.ts'
import type { LinePlant } from './line-store.ts'
import { problem } from './problems.ts'
import type { Editor } from './stored-stop.ts'

export type StopDeps = {
  readonly db: Db
  readonly plants: { readonly withPlant: <T>(tenantId: number, work: (plant: LinePlant) => Promise<T>) => Promise<T> }
  readonly histories: Pick<Histories, 'of'>
  readonly clock: Clock
}

export const nowSOf = ({ clock }: Pick<StopDeps, 'clock'>): number => Math.floor(clock.nowMs() / 1000)

/** Throws 404 `line_not_found`. */
export function lineOf(plant: LinePlant, lineId: number): Line {
  const line = plant.model.lines.find((one) => one.lineId === lineId)
  if (!line) throw problem('line_not_found', { parameters: { line: lineId } })
  return line
}

/** A line that the editor's screen does not show is unknown to it. */
export const inLine = <T>(
  deps: StopDeps,
  { actor }: Editor,
  lineId: number,
  work: (plant: LinePlant, line: Line) => Promise<T>,
): Promise<T> =>
  deps.plants.withPlant(actor.tenant.tenantId, async (plant) => {
    const line = lineOf(plant, lineId)
    if (actor.lineIds !== null && !actor.lineIds.includes(lineId)) throw problem('line_not_found', { parameters: { line: lineId } })
    return work(plant, line)
  })
