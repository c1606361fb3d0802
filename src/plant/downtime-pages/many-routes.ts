/** A stop that a person adds, and several that are explained or merged together. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type, { type Static } from 'typebox'
import { requireTenant } from '../../identity/index.ts'
import { type Answer, answer, emptyReply, htmlReply, Problem, route } from '../../platform/http/index.ts'
import type { Html } from '../../platform/ui/index.ts'
import { lineNames } from '../dashboards/index.ts'
import { createStop, justifyStops, mergeStops, reasonTree, type StopRef, versionOf } from '../stops/index.ts'
import { type DowntimeDeps, rightsOf } from './page-data.ts'
import { DowntimeQuery } from './page-query.ts'
import { CompanyPath } from './page-routes.ts'
import { downtimePaths } from './paths.ts'
import { askView, type Opened, openSheet } from './sheet-data.ts'
import { back, codeOf, editorOf, instantOf, textOf } from './sheet-routes.ts'
import { readTick, tickText } from './stop-ref.ts'
import { bulkSheet, type ChosenStop, type ManySheet, mergeSheet, type NewTyped, newSheet } from './views/many-sheets.ts'
import { sheetWords } from './views/sheet-messages.ts'
import { inputTime, sheetPage } from './views/sheet-parts.ts'

const tags = ['downtime']
const text = Type.Optional(Type.String({ maxLength: 4_000 }))
const rate = { bucket: 'stop-edits', perMinute: 120 }
/** More than the page lists (`listSize`): nobody ticks more by hand. */
const mostTicks = 100
const tickList = Type.Optional(Type.Array(Type.String({ maxLength: 6_000 }), { maxItems: mostTicks }))
const TickQuery = Type.Object({ ...DowntimeQuery.properties, stop: tickList })
const NewForm = Type.Object({ csrf_token: text, line_id: text, start: text, end: text, code: text, text, force: text })
const TickForm = Type.Object({ csrf_token: text, stop: tickList, code: text, text })

const shown = (request: FastifyRequest, opened: Opened, title: string, body: Html, status = 200): Answer =>
  answer(status, request.isHtmx ? body : sheetPage(opened.place, title, body))

export function registerManySheets(app: FastifyInstance, deps: DowntimeDeps): void {
  registerNew(app, deps)
  for (const kind of ['bulk', 'merge'] as const) registerChosen(app, deps, kind)
}

function registerNew(app: FastifyInstance, deps: DowntimeDeps): void {
  const url = '/t/:company/downtime/new'
  const view = async (request: FastifyRequest, opened: Opened, typed: Partial<NewTyped>, problem: Problem | null): Promise<Answer> => {
    const actor = requireTenant(request)
    const { scope, model } = await askView(deps, request, opened.asked.raw)
    const lines = model.lines.filter(({ lineId, isActive }) => isActive && (actor.lineIds === null || actor.lineIds.includes(lineId)))
    const lineId = typed.lineId ?? scope.lines[0]?.lineId ?? null
    const minute = scope.now.localS - (scope.now.localS % 60)
    const body = newSheet({
      ...opened.place,
      action: downtimePaths.create(opened.slug, opened.asked.query),
      lines,
      tree: await reasonTree(deps, actor, lineId),
      timeZone: model.settings.timeZone,
      typed: {
        lineId,
        start: typed.start ?? inputTime(minute - 600),
        end: typed.end ?? inputTime(minute),
        code: typed.code ?? null,
        text: typed.text ?? '',
      },
      mayForce: rightsOf(actor).mayChange,
      problem,
    })
    return shown(request, opened, sheetWords(request.language)('new.title'), body, problem?.status)
  }
  route(app, {
    method: 'GET',
    url,
    access: 'annotate_downtime',
    summary: 'The form that adds a stop',
    tags,
    params: CompanyPath,
    query: DowntimeQuery,
    rate: { bucket: 'dashboard', perMinute: 60 },
    reply: { 200: htmlReply },
    handler: async ({ request, query }) => view(request, await openSheet(deps, request, query), {}, null),
  })
  route(app, {
    method: 'POST',
    url,
    access: 'annotate_downtime',
    summary: 'Adds a stop that no camera saw',
    tags,
    params: CompanyPath,
    query: DowntimeQuery,
    body: NewForm,
    form: true,
    rate,
    reply: { 200: htmlReply, 303: emptyReply },
    handler: async ({ request, query, body }) => {
      const opened = await openSheet(deps, request, query)
      const lineId = codeOf(body.line_id)
      const typed = { lineId, start: body.start ?? '', end: body.end ?? '', code: codeOf(body.code), text: body.text ?? '' }
      try {
        const { tenantId } = requireTenant(request).tenant
        const timeZone = await deps.plants.withPlant(tenantId, async ({ model }) => model.settings.timeZone)
        await createStop(deps, editorOf(request), {
          lineId: lineId ?? 0,
          startS: instantOf(body.start, timeZone),
          endS: instantOf(body.end, timeZone),
          reason: { code: typed.code, text: textOf(body.text) },
          force: body.force === '1',
        })
      } catch (error) {
        if (!(error instanceof Problem) || error.status >= 500) throw error
        return view(request, opened, typed, error)
      }
      return back(request, opened, sheetWords(request.language)('done.created'))
    },
  })
}

type Ticked = { readonly tick: string; readonly ref: StopRef }

/** htmx sends several as one list, a plain form each by itself. */
const ticksOf = (values: readonly string[] = []): Ticked[] =>
  [...new Set(values.flatMap((value) => value.split(',')))].slice(0, mostTicks).flatMap((tick) => {
    const ref = readTick(tick)
    return ref ? [{ tick, ref }] : []
  })

function registerChosen(app: FastifyInstance, deps: DowntimeDeps, kind: 'bulk' | 'merge'): void {
  const url = `/t/:company/downtime/${kind}`
  const access = kind === 'bulk' ? 'annotate_downtime' : 'recalculate_downtime'
  type Refused = {
    readonly typed?: ManySheet['typed']
    readonly problem?: Problem | null
    readonly saved?: number
    readonly problems?: ReadonlyMap<string, Problem>
  }
  const view = async (request: FastifyRequest, opened: Opened, ticked: readonly Ticked[], refused: Refused = {}): Promise<Answer> => {
    const { facts, model } = await askView(deps, request, opened.asked.raw)
    const names = lineNames(model)
    const { typed = { code: null, text: '' }, problem = null, saved = 0, problems = new Map<string, Problem>() } = refused
    const chosen = ticked.flatMap(({ tick, ref }): ChosenStop[] => {
      const stop = facts.stops.find(
        (one) =>
          one.lineId === ref.lineId &&
          ('eventId' in ref ? one.eventId === ref.eventId : one.span.fromS <= ref.atS && ref.atS < one.span.toS),
      )
      if (!stop) return []
      // after a refusal the page shows what the stop says now: that is what the next edit is about
      const isShownAnew = problem !== null || problems.size > 0
      return [
        {
          stop,
          tick: isShownAnew ? tickText(stop, versionOf(stop)) : tick,
          lineName: names.get(stop.lineId) ?? '',
          problem: problems.get(tick),
        },
      ]
    })
    const actor = requireTenant(request)
    const tree = await reasonTree(deps, actor, chosen[0]?.stop.lineId ?? null)
    const action = downtimePaths[kind](opened.slug, opened.asked.query)
    const sheet = { ...opened.place, action, chosen, tree, typed, saved, problem }
    const title = sheetWords(request.language)(`${kind}.title`, { count: chosen.length })
    const status = problem?.status ?? (problems.size > 0 ? 409 : 200)
    return shown(request, opened, title, kind === 'bulk' ? bulkSheet(sheet) : mergeSheet(sheet), status)
  }
  route(app, {
    method: 'GET',
    url,
    access,
    summary: kind === 'bulk' ? 'The form that explains the ticked stops' : 'The form that merges the ticked stops',
    tags,
    params: CompanyPath,
    query: TickQuery,
    rate: { bucket: 'dashboard', perMinute: 60 },
    reply: { 200: htmlReply },
    handler: async ({ request, query }) => view(request, await openSheet(deps, request, query), ticksOf(query.stop)),
  })
  route(app, {
    method: 'POST',
    url,
    access,
    summary: kind === 'bulk' ? 'One reason for the ticked stops; each that is refused is named' : 'Makes one stop of the ticked ones',
    tags,
    params: CompanyPath,
    query: DowntimeQuery,
    body: TickForm,
    form: true,
    rate,
    reply: { 200: htmlReply, 303: emptyReply },
    handler: async ({ request, query, body }) => {
      const opened = await openSheet(deps, request, query)
      const ticked = ticksOf(body.stop)
      if (ticked.length === 0) return view(request, opened, ticked)
      return kind === 'bulk' ? explainAll(request, opened, ticked, body) : mergeAll(request, opened, ticked, body)
    },
  })

  async function explainAll(
    request: FastifyRequest,
    opened: Opened,
    ticked: readonly Ticked[],
    body: Static<typeof TickForm>,
  ): Promise<Answer> {
    const reason = { code: codeOf(body.code), text: textOf(body.text) }
    const outcomes = await justifyStops(
      deps,
      editorOf(request),
      ticked.map(({ ref }) => ref),
      reason,
    )
    const refused = ticked.filter((_, i) => outcomes[i]?.ok === false)
    const saved = ticked.length - refused.length
    const words = sheetWords(request.language)
    if (refused.length === 0) return back(request, opened, words('done.bulk', { count: saved }))
    const problems = new Map(
      ticked.flatMap(({ tick }, i) => {
        const outcome = outcomes[i]
        return outcome?.ok === false ? [[tick, outcome.problem] as const] : []
      }),
    )
    const typed = { code: reason.code, text: body.text ?? '' }
    // what is wrong with the reason is wrong for all of them
    const [first] = [...problems.values()]
    if (saved === 0 && first?.status === 422) return view(request, opened, refused, { typed, problem: first })
    return view(request, opened, refused, { typed, saved, problems })
  }

  async function mergeAll(
    request: FastifyRequest,
    opened: Opened,
    ticked: readonly Ticked[],
    body: Static<typeof TickForm>,
  ): Promise<Answer> {
    const reason = { code: codeOf(body.code), text: textOf(body.text) }
    try {
      await mergeStops(
        deps,
        editorOf(request),
        ticked.map(({ ref }) => ref),
        reason.code === null && reason.text === null ? null : reason,
      )
    } catch (error) {
      if (!(error instanceof Problem) || error.status >= 500) throw error
      return view(request, opened, ticked, { typed: { code: reason.code, text: body.text ?? '' }, problem: error })
    }
    return back(request, opened, sheetWords(request.language)('done.merge'))
  }
}
