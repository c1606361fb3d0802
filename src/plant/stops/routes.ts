/** `/api/v1/downtime…`: work on stops. Lists and summaries are in downtime-pages. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { originOf, requireTenant } from '../../identity/index.ts'
import { answer, emptyReply, route } from '../../platform/http/index.ts'
import { idempotencyKeyOf, onceOnly } from '../../platform/idempotency/index.ts'
import { dayS, formatLocal, parseLocal, type Zone, zoneOf } from '../../platform/time/index.ts'
import { changeStop, createStop, deleteStop, justifyStops, restoreStop } from './edit.ts'
import type { StopDeps } from './open.ts'
import { messageOf, outcomeOf, previewOf } from './outcomes.ts'
import { apiStoredStop } from './present.ts'
import { problem } from './problems.ts'
import { reasonTree } from './reasons.ts'
import { recalculateStops } from './recalculate.ts'
import { jobReport } from './report.ts'
import * as schemas from './schemas.ts'
import { mergeStops, splitStop } from './split-merge.ts'
import type { Editor, Reason, StopRef } from './stored-stop.ts'

const tags = ['downtime']
const rate = { bucket: 'stops', perMinute: 120 }
const reply = { 200: schemas.StoredStopSchema }

const editorOf = (request: FastifyRequest): Editor => ({ actor: requireTenant(request), origin: originOf(request) })

type Given = { readonly reason_code?: number | null | undefined; readonly reason?: string | null | undefined }
const reasonOf = ({ reason_code, reason }: Given): Reason => ({ code: reason_code ?? null, text: reason ?? null })
const hasReason = ({ reason_code, reason }: Given): boolean => reason_code !== undefined || reason !== undefined

const invalid = (path: string, rule: string, es: string, en: string) =>
  problem('invalid_stop', { fields: [{ path, rule, message: { es, en } }] })

/** Wall time of the plant, or epoch; undefined when neither is given. */
function instantOf(zone: Zone, path: string, local: string | undefined, epoch: number | undefined): number | undefined {
  if (epoch !== undefined || local === undefined) return epoch
  const localS = parseLocal(local)
  if (localS === null) throw invalid(path, 'date', 'Esa fecha no existe', 'There is no such date')
  return zone.toEpochS(localS)
}

function neededInstant(zone: Zone, path: string, local: string | undefined, epoch: number | undefined): number {
  const atS = instantOf(zone, path, local, epoch)
  if (atS === undefined) throw invalid(path, 'required', 'Falta la hora', 'The time is missing')
  return atS
}

const refOf = ({ line_id, event_id, at_epoch, version }: schemas.ApiRef): StopRef => {
  if (event_id !== undefined) return { lineId: line_id, eventId: event_id, version }
  if (at_epoch !== undefined) return { lineId: line_id, atS: at_epoch }
  throw invalid('stops', 'required', 'Indique `event_id` o `at_epoch`', 'Name `event_id` or `at_epoch`')
}

export function registerStopRoutes(app: FastifyInstance, deps: StopDeps & { readonly isJobEnabled: boolean }): void {
  const zoneFor = (request: FastifyRequest): Promise<Zone> =>
    deps.plants.withPlant(requireTenant(request).tenant.tenantId, async ({ model }) => zoneOf(model.settings.timeZone))
  /** The same request under the same `Idempotency-Key` is done once. */
  const once = <Answer>(
    request: FastifyRequest,
    action: string,
    asked: unknown,
    work: (isAgain: boolean) => Promise<Answer>,
  ): Promise<Answer> => {
    const { tenant, userId } = requireTenant(request)
    return onceOnly(
      { ...deps.db, tenantId: tenant.tenantId },
      deps,
      { key: idempotencyKeyOf(request), action, asked: [userId, asked] },
      work,
    )
  }

  route(app, {
    method: 'POST',
    url: '/api/v1/downtime',
    access: 'annotate_downtime',
    summary: 'Add a manual stop; without recalculate_downtime only one that began in the last 24 hours, above no other',
    tags,
    rate,
    body: schemas.CreateBody,
    reply: { 201: schemas.StoredStopSchema },
    handler: async ({ request, body }) => {
      const zone = await zoneFor(request)
      const startS = neededInstant(zone, 'start_time', body.start_time, body.start_epoch)
      const endS = neededInstant(zone, 'end_time', body.end_time, body.end_epoch)
      const { line_id: lineId, force } = body
      return once(request, 'stop.create', body, async (isAgain) =>
        apiStoredStop(await createStop(deps, editorOf(request), { lineId, startS, endS, reason: reasonOf(body), force, isAgain })),
      )
    },
  })
  route(app, {
    method: 'PUT',
    url: '/api/v1/downtime/:line_id/:event_id',
    access: 'annotate_downtime',
    summary: 'Change a stop: its reason, or (with recalculate_downtime) its times',
    tags,
    rate,
    params: schemas.StopParams,
    body: schemas.ChangeBody,
    reply,
    handler: async ({ request, params, body }) => {
      const zone = await zoneFor(request)
      const ref = { lineId: params.line_id, eventId: params.event_id, version: body.version }
      const changes = {
        startS: instantOf(zone, 'start_time', body.start_time, body.start_epoch),
        endS: instantOf(zone, 'end_time', body.end_time, body.end_epoch),
        ...(hasReason(body) && { reason: reasonOf(body) }),
        force: body.force,
      }
      return apiStoredStop(await changeStop(deps, editorOf(request), ref, changes))
    },
  })
  route(app, {
    method: 'DELETE',
    url: '/api/v1/downtime/:line_id/:event_id',
    access: 'manage_company',
    summary: 'Delete a stop; an automatic one is not calculated again',
    tags,
    rate,
    params: schemas.StopParams,
    query: schemas.VersionQuery,
    reply: { 204: emptyReply },
    handler: async ({ request, params, query }) => {
      await deleteStop(deps, editorOf(request), { lineId: params.line_id, eventId: params.event_id, version: query.version })
      return answer(204)
    },
  })
  route(app, {
    method: 'POST',
    url: '/api/v1/downtime/:line_id/:event_id/restore',
    access: 'recalculate_downtime',
    summary: 'Undo the deletion of an automatic stop: its silence counts again',
    tags,
    rate,
    params: schemas.StopParams,
    reply: { 204: emptyReply },
    handler: async ({ request, params }) => {
      await restoreStop(deps, editorOf(request), { lineId: params.line_id, eventId: params.event_id })
      return answer(204)
    },
  })
  route(app, {
    method: 'POST',
    url: '/api/v1/downtime/justify',
    access: 'annotate_downtime',
    summary: 'Give one reason to stops, stored or calculated; each by itself',
    tags,
    rate,
    body: schemas.JustifyBody,
    reply: { 200: schemas.JustifyReply },
    handler: ({ request, body }) =>
      once(request, 'stop.justify', body, async () => {
        const outcomes = await justifyStops(deps, editorOf(request), body.stops.map(refOf), reasonOf(body))
        const saved = outcomes.filter(({ ok }) => ok).length
        return { saved, refused: outcomes.length - saved, results: outcomes.map((outcome) => outcomeOf(outcome, request.language)) }
      }),
  })
  route(app, {
    method: 'POST',
    url: '/api/v1/downtime/:line_id/:event_id/split',
    access: 'recalculate_downtime',
    summary: 'Cut a stop in two',
    tags,
    rate,
    params: schemas.StopParams,
    body: schemas.SplitBody,
    reply: { 200: schemas.SplitReply },
    handler: async ({ request, params, body }) => {
      const atS = neededInstant(await zoneFor(request), 'at_time', body.at_time, body.at_epoch)
      const ref = { lineId: params.line_id, eventId: params.event_id, version: body.version }
      return once(request, 'stop.split', [params, body], async () => ({
        stops: (await splitStop(deps, editorOf(request), ref, atS)).map(apiStoredStop),
      }))
    },
  })
  route(app, {
    method: 'POST',
    url: '/api/v1/downtime/merge',
    access: 'recalculate_downtime',
    summary: 'Make one stop of several that follow each other on one line',
    tags,
    rate,
    body: schemas.MergeBody,
    reply,
    handler: ({ request, body }) =>
      once(request, 'stop.merge', body, async () =>
        apiStoredStop(await mergeStops(deps, editorOf(request), body.stops.map(refOf), hasReason(body) ? reasonOf(body) : null)),
      ),
  })
  route(app, {
    method: 'POST',
    url: ['/api/v1/downtime/calculate', '/api/v1/system/downtime/recalculate'],
    access: 'recalculate_downtime',
    summary: 'Calculate automatic stops anew; `dry_run` only tells what would change',
    tags,
    rate: { bucket: 'recalculation', perMinute: 20 },
    body: schemas.CalculateBody,
    reply: { 200: schemas.CalculateReply },
    handler: async ({ request, body }) => {
      const zone = await zoneFor(request)
      const fromS = neededInstant(zone, 'start_date', body.start_date, undefined)
      // a date alone is that whole day
      const end = body.end_date.length === 10 ? dayAfter(body.end_date) : body.end_date
      const toS = neededInstant(zone, 'end_date', end, undefined)
      if (toS <= fromS) throw invalid('end_date', 'order', 'El fin debe ser posterior al inicio', 'The end must be after the start')
      if (toS - fromS > longestS) throw invalid('end_date', 'maxDuration', 'Hasta 400 días por vez', 'At most 400 days at once')
      const lineIds = body.line_ids ?? (body.line_id === undefined ? [] : [body.line_id])
      if (lineIds.length === 0) throw invalid('line_id', 'required', 'Elija una línea', 'Choose a line')
      const isDryRun = body.dry_run === true
      const { preview, ...counts } = await recalculateStops(deps, editorOf(request), {
        lineIds,
        fromS,
        toS,
        thresholdS: body.threshold_seconds,
        isDryRun,
      })
      return {
        message: messageOf(counts, isDryRun)[request.language],
        dry_run: isDryRun,
        ...counts,
        downtimes: preview.map((row) => previewOf(row, zone)),
      }
    },
  })
  route(app, {
    method: 'GET',
    url: '/api/v1/downtime/reasons',
    access: 'view_dashboard',
    summary: 'Reasons that a stop may have, and those lately chosen',
    tags,
    rate,
    query: schemas.ReasonsQuery,
    reply: { 200: schemas.ReasonsReply },
    handler: async ({ request, query }) => {
      const { target, failures, recent } = await reasonTree(deps, requireTenant(request), query.line_id ?? null)
      return {
        target,
        failures: failures.map(({ failureId, incidents, ...failure }) => ({
          failure_id: failureId,
          ...failure,
          incidents: incidents.map(({ incidentCode, ...incident }) => ({ incident_code: incidentCode, ...incident })),
        })),
        recent: [...recent],
      }
    },
  })
  route(app, {
    method: 'GET',
    url: '/api/v1/downtime/job',
    access: 'recalculate_downtime',
    summary: 'How far stops are stored, line by line',
    tags,
    rate,
    query: Type.Object({}),
    reply: { 200: schemas.JobReply },
    handler: ({ request }) => jobReport(deps, requireTenant(request).tenant.tenantId),
  })
}

const longestS = 400 * dayS
const dayAfter = (date: string): string => {
  const localS = parseLocal(date)
  return localS === null ? date : formatLocal(localS + dayS)
}
