/** What the sheet of one stop shows, read from the answer of the page it was opened from. */
import type { FastifyRequest } from 'fastify'
import { pageOf, requireTenant } from '../../identity/index.ts'
import { Problem } from '../../platform/http/index.ts'
import { formatLocalDate, zoneOf } from '../../platform/time/index.ts'
import { type Asked, askPlant, lineNames } from '../dashboards/index.ts'
import type { Stop } from '../facts/index.ts'
import { plantNavigation } from '../navigation.ts'
import { findStop, lastEdits, pendingReasons, reasonTree, type StopRef, versionOf } from '../stops/index.ts'
import { isWaiting, nextWaiting } from './list.ts'
import { type DowntimeDeps, rightsOf } from './page-data.ts'
import { type DowntimeQuery, type PageAsked, readDowntimeQuery } from './page-query.ts'
import { downtimePaths } from './paths.ts'
import { downtimeProblem } from './problems.ts'
import { refText } from './stop-ref.ts'
import { pendingText } from './views/reason-text.ts'
import type { DoneKind } from './views/sheet-messages.ts'
import type { SheetPlace } from './views/sheet-parts.ts'
import type { StopSheet, Typed } from './views/stop-sheet.ts'

const needs = { previous: false, status: false, recent: false }

export type Opened = { readonly place: SheetPlace; readonly slug: string; readonly asked: PageAsked }

/** The page behind the sheet. */
export async function openSheet(deps: DowntimeDeps, request: FastifyRequest, query: DowntimeQuery): Promise<Opened> {
  const actor = requireTenant(request)
  const page = pageOf(request)
  const { slug, tenantId } = actor.tenant
  const timeZone = await deps.plants.withPlant(tenantId, async ({ model }) => model.settings.timeZone)
  const asked = readDowntimeQuery(query, zoneOf(timeZone).toLocalS(Math.floor(deps.clock.nowMs() / 1_000)))
  const nav = plantNavigation(page, slug, actor, 'downtime')
  return { place: { page, nav, back: page.url(`${downtimePaths.page(slug, asked.query)}#stops`) }, slug, asked }
}

/** Also for the questions of a machine: nobody asked for figures. */
export const askView = (deps: DowntimeDeps, request: FastifyRequest, raw: Readonly<Record<string, string>>): Promise<Asked> =>
  askPlant(deps, requireTenant(request), raw, needs, undefined, true)

export type Found = Asked & { readonly stop: Stop }

/** In the view it was opened from, else on the days around it. Throws 404 `stop_not_in_view`. */
export async function findInView(deps: DowntimeDeps, request: FastifyRequest, { asked }: Opened, ref: StopRef): Promise<Found> {
  const inView = await askView(deps, request, asked.raw)
  const stop = stopAt(inView, ref)
  if (stop) return { ...inView, stop }
  const atS = 'atS' in ref ? ref.atS : (await findStop(deps, requireTenant(request).tenant.tenantId, ref)).span.fromS
  const day = formatLocalDate(zoneOf(inView.model.settings.timeZone).toLocalS(atS))
  const around = { line_id: String(ref.lineId), start_date: day, end_date: day, start_time: '00:00', end_time: '23:59', shift_id: 'all' }
  const onDay = await askView(deps, request, { ...around, downtime_threshold: '' }).catch((error: unknown) => {
    // no such line, or a day that no calendar of ours has
    if (error instanceof Problem && error.status === 422) return null
    throw error
  })
  const found = onDay && stopAt(onDay, ref)
  if (!found) throw downtimeProblem('stop_not_in_view')
  return { ...onDay, stop: found }
}

function stopAt({ facts }: Asked, ref: StopRef): Stop | undefined {
  const own = facts.stops.filter(({ lineId }) => lineId === ref.lineId)
  if ('eventId' in ref) return own.find(({ eventId }) => eventId === ref.eventId)
  const holding = own.filter(({ span }) => span.fromS <= ref.atS && ref.atS < span.toS)
  return holding.find(({ eventId }) => eventId === null) ?? holding[0]
}

export type Shown = { readonly isWalk: boolean; readonly done?: DoneKind; readonly problem?: Problem; readonly typed?: Typed }

export async function stopSheetOf(
  deps: DowntimeDeps,
  request: FastifyRequest,
  { place, slug, asked }: Opened,
  { stop, model, facts }: Found,
  { isWalk, done, problem, typed }: Shown,
): Promise<StopSheet> {
  const actor = requireTenant(request)
  const { tenantId } = actor.tenant
  const db = { ...deps.db, tenantId }
  const rights = rightsOf(actor)
  const { lineId, eventId } = stop
  const [edits, tree, pending] = await Promise.all([
    eventId === null ? null : lastEdits(db, [{ lineId, eventId }]),
    rights.mayExplain ? reasonTree(deps, actor, lineId) : null,
    stop.source === 'live' ? pendingReasons(db, [lineId]) : null,
  ])
  const said = pending?.get(lineId)
  const next = isWalk ? nextWaiting(facts.stops, { lineId, fromS: stop.span.fromS }) : null
  return {
    ...place,
    slug,
    query: asked.query,
    rights,
    stop,
    version: versionOf(stop),
    lineName: lineNames(model).get(lineId) ?? '',
    edited: edits?.get(`${lineId}/${eventId}`) ?? null,
    timeZone: model.settings.timeZone,
    tree,
    pending: said ? { by: said.by, words: pendingText(model, said) } : null,
    walk: isWalk ? { left: facts.stops.filter(isWaiting).length, next: next && { lineId: next.lineId, ref: refText(next) } } : null,
    done: done ?? null,
    problem: problem ?? null,
    typed: typed ?? null,
  }
}
