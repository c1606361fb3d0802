/** All lines at a glance, gathered once a second for everybody who looks: fifty screens cost like one. */
import { LRUCache } from 'lru-cache'
import type { Db } from '../../platform/db/database.ts'
import { type Clock, hourS, type LocalS, type Span, zoneOf } from '../../platform/time/index.ts'
import { type Facts, gatherFacts, type Stop } from '../facts/index.ts'
import type { Histories } from '../history/index.ts'
import type { Line, OpenPlant, PlantModel, Plants } from '../model/index.ts'
import { breakSpans, plainScope, plannedWindows } from '../scope/index.ts'
import { sumScrap } from '../scrap/index.ts'
import { pendingReasons } from '../stops/index.ts'

import { type CurrentShift, currentShift } from './current-shift.ts'
import { glanceOf, type LineGlance } from './glance.ts'

export type BoardDeps = {
  readonly db: Db
  readonly plants: Pick<Plants, 'withPlant'>
  readonly histories: Pick<Histories, 'of'>
  readonly clock: Clock
}

export type Board = {
  readonly nowS: number
  readonly nowLocalS: LocalS
  readonly timeZone: string
  /** In the order of their plants, then by id. */
  readonly lines: readonly LineGlance[]
  /** Names of the company's plants and their lines; one without name when it has not said. */
  readonly groups: readonly { readonly name: string | null; readonly lineIds: readonly number[] }[]
  readonly model: PlantModel
}

/** `lineIds` null = all active lines. Unknown ones are left out. */
export type Boards = { readonly of: (tenantId: number, lineIds: readonly number[] | null) => Promise<Board> }

/** Of one second and all companies. */
const mostBoards = 100

export function createBoards(deps: BoardDeps): Boards {
  let secondS = Number.NaN
  const boards = new LRUCache<string, Promise<Board>>({ max: mostBoards })
  return {
    of(tenantId, lineIds) {
      const nowS = Math.floor(deps.clock.nowMs() / 1_000)
      // Nothing outlives its second.
      if (nowS !== secondS) boards.clear()
      secondS = nowS
      const key = `${tenantId} ${lineIds === null ? 'all' : [...lineIds].sort((a, b) => a - b).join(',')}`
      const known = boards.get(key)
      if (known) return known
      const made = deps.plants.withPlant(tenantId, (plant) => gatherBoard(deps, tenantId, plant, lineIds, nowS))
      boards.set(key, made)
      made.catch(() => boards.delete(key))
      return made
    },
  }
}

type Opened = Pick<OpenPlant, 'db' | 'model'>

async function gatherBoard(
  deps: BoardDeps,
  tenantId: number,
  plant: Opened,
  lineIds: readonly number[] | null,
  nowS: number,
): Promise<Board> {
  const { model } = plant
  const zone = zoneOf(model.settings.timeZone)
  const groups = groupsOf(
    model,
    model.lines.filter(({ isActive, lineId }) => isActive && (lineIds === null || lineIds.includes(lineId))),
  )
  const lines = groups.flatMap(({ lineIds: ids }) => ids.flatMap((id) => model.lines.find(({ lineId }) => lineId === id) ?? []))
  const about = { nowS, nowLocalS: zone.toLocalS(nowS), timeZone: model.settings.timeZone, groups, model }
  if (lines.length === 0) return { ...about, lines: [] }
  const db = { ...deps.db, tenantId }
  const shifts = new Map(lines.map(({ lineId }) => [lineId, currentShift(model, zone, lineId, nowS)]))
  const hour = { fromS: nowS - hourS, toS: nowS + 1 }
  const ask = (asked: readonly Line[], range: Span) =>
    gatherFacts(plant.db, model, plainScope(zone, asked, range, nowS), {
      needs: { previous: false, status: true, recent: false },
      history: deps.histories.of(plant),
    })
  const [ofHour, byWindow, pending, scrap] = await Promise.all([
    ask(lines, hour),
    Promise.all([...sameWindow(lines, shifts)].map(async ([span, its]) => ({ span, facts: await ask(its, span) }))),
    pendingReasons(
      db,
      lines.map(({ lineId }) => lineId),
    ),
    Promise.all(
      [...sameWindow(lines, shifts)].map(([{ fromS, toS }, its]) =>
        sumScrap(
          db,
          its.map(({ lineId }) => lineId),
          { fromMs: fromS * 1_000, toMs: toS * 1_000 },
        ),
      ),
    ),
  ])
  const scrapOf = new Map(scrap.flatMap((sums) => [...sums]))
  const ofShift = new Map(
    byWindow.flatMap(({ facts }) =>
      facts.lines.map((line) => [line.line.lineId, { facts: line, stops: stopsOf(facts, line.line.lineId) }]),
    ),
  )
  return {
    ...about,
    lines: ofHour.lines.flatMap((facts) => {
      const { lineId } = facts.line
      const [shift, own] = [shifts.get(lineId), ofShift.get(lineId)]
      if (!shift || !own) return []
      return glanceOf({
        model,
        zone,
        nowS,
        shift,
        ofShift: own,
        ofHour: {
          hour: { fromS: hour.fromS, toS: nowS },
          facts,
          stops: stopsOf(ofHour, lineId),
          planned: plannedWindows(model, zone, lineId, null, hour),
          breaks: breakSpans(model, zone, hour),
        },
        pending: pending.get(lineId) ?? null,
        notedScrap: scrapOf.get(lineId) ?? 0,
      })
    }),
  }
}

const stopsOf = (facts: Facts, lineId: number): readonly Stop[] => facts.latestStops.filter((stop) => stop.lineId === lineId)

/** Lines whose shift is the same stretch are asked for together. */
function sameWindow(lines: readonly Line[], shifts: ReadonlyMap<number, CurrentShift>): Map<Span, Line[]> {
  const byKey = new Map<string, { span: Span; its: Line[] }>()
  for (const line of lines) {
    const span = shifts.get(line.lineId)?.span
    if (!span) continue
    const key = `${span.fromS} ${span.toS}`
    const known = byKey.get(key) ?? { span, its: [] }
    known.its.push(line)
    byKey.set(key, known)
  }
  return new Map([...byKey.values()].map(({ span, its }) => [span, its.sort((a, b) => a.lineId - b.lineId)]))
}

function groupsOf({ settings }: PlantModel, lines: readonly Line[]): Board['groups'] {
  const shown = new Set(lines.map(({ lineId }) => lineId))
  const sites = settings.sites
    .map(({ siteName, lineIds }) => ({ name: siteName, lineIds: lineIds.filter((id) => shown.has(id)) }))
    .filter(({ lineIds }) => lineIds.length > 0)
  const placed = new Set(sites.flatMap(({ lineIds }) => lineIds))
  const others = lines.map(({ lineId }) => lineId).filter((id) => !placed.has(id))
  return others.length > 0 ? [...sites, { name: null, lineIds: others }] : sites
}
