/** One stop: opened, explained, moved, split, deleted, brought back. Each form works by itself (303) and in the dialog (fragments). */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type, { type Static } from 'typebox'
import { originOf, requireTenant } from '../../identity/index.ts'
import { type Answer, answer, emptyReply, htmlReply, Problem, route, seeOther } from '../../platform/http/index.ts'
import { parseLocal, zoneOf } from '../../platform/time/index.ts'
import type { Html } from '../../platform/ui/index.ts'
import { changeStop, deleteStop, type Editor, justifyStop, restoreStop, type StopRef, splitStop } from '../stops/index.ts'
import { nextWaiting } from './list.ts'
import type { DowntimeDeps } from './page-data.ts'
import { DowntimeQuery } from './page-query.ts'
import { downtimePaths } from './paths.ts'
import { downtimeProblem } from './problems.ts'
import { askView, findInView, type Opened, openSheet, type Shown, stopSheetOf } from './sheet-data.ts'
import { readRef, refOfStop, refText } from './stop-ref.ts'
import { savedSheet, undoSheet } from './views/saved-sheet.ts'
import { type DoneKind, sheetWords } from './views/sheet-messages.ts'
import { sheetPage } from './views/sheet-parts.ts'
import { stopSheet, type Typed } from './views/stop-sheet.ts'

const tags = ['downtime']
const StopPath = Type.Object({
  company: Type.String({ maxLength: 100 }),
  line_id: Type.Integer({ minimum: 1 }),
  ref: Type.String({ maxLength: 20 }),
})
const text = Type.Optional(Type.String({ maxLength: 4_000 }))
const walkName = { walk: Type.Optional(Type.Array(Type.String({ maxLength: 5 }), { maxItems: 5 })) }
const StopQuery = Type.Object({ ...DowntimeQuery.properties, ...walkName })
const StopForm = Type.Object({
  csrf_token: text,
  version: text,
  walk: text,
  code: text,
  text,
  start: text,
  end: text,
  at: text,
  force: text,
})
type StopForm = Static<typeof StopForm>
const rate = { bucket: 'stop-edits', perMinute: 120 }
const url = '/t/:company/downtime/stops/:line_id/:ref'

export const editorOf = (request: FastifyRequest): Editor => ({ actor: requireTenant(request), origin: originOf(request) })

/** Throws 404 for what names no stop. */
function refOf({ line_id: lineId, ref }: Static<typeof StopPath>, version?: string): StopRef {
  const read = readRef(lineId, ref, version)
  if (!read) throw downtimeProblem('stop_not_in_view')
  return read
}

export const codeOf = (value: string | undefined): number | null => (/^\d{1,9}$/.test(value ?? '') ? Number(value) : null)
export const textOf = (value: string | undefined): string | null => value?.trim() || null

/** Plant time → epoch seconds. Throws 422. */
export function instantOf(value: string | undefined, timeZone: string): number {
  const localS = parseLocal(value ?? '')
  if (localS === null) throw downtimeProblem('invalid_time')
  return zoneOf(timeZone).toEpochS(localS)
}

type Act = {
  readonly name: 'reason' | 'times' | 'split' | 'delete' | 'restore'
  readonly access: 'annotate_downtime' | 'recalculate_downtime' | 'manage_company'
  readonly summary: string
  readonly work: (given: { deps: DowntimeDeps; editor: Editor; ref: StopRef; form: StopForm; timeZone: string }) => Promise<DoneKind>
}

const acts: readonly Act[] = [
  {
    name: 'reason',
    access: 'annotate_downtime',
    summary: 'Says why a stop happened: reason, words, or both',
    work: async ({ deps, editor, ref, form }) => {
      const { kind } = await justifyStop(deps, editor, ref, { code: codeOf(form.code), text: textOf(form.text) })
      return kind === 'pending' ? 'pending' : 'reason'
    },
  },
  {
    name: 'times',
    access: 'recalculate_downtime',
    summary: 'Changes when a stop began and ended',
    work: async ({ deps, editor, ref, form, timeZone }) => {
      const times = { startS: instantOf(form.start, timeZone), endS: instantOf(form.end, timeZone) }
      await changeStop(deps, editor, ref, { ...times, force: form.force === '1' })
      return 'times'
    },
  },
  {
    name: 'split',
    access: 'recalculate_downtime',
    summary: 'Makes two stops of one',
    work: async ({ deps, editor, ref, form, timeZone }) => {
      await splitStop(deps, editor, ref, instantOf(form.at, timeZone))
      return 'split'
    },
  },
  {
    name: 'delete',
    access: 'manage_company',
    summary: 'Deletes a stop; the silence of an automatic one counts no longer',
    work: async ({ deps, editor, ref }) => {
      await deleteStop(deps, editor, ref)
      return 'deleted'
    },
  },
  {
    name: 'restore',
    access: 'recalculate_downtime',
    summary: 'Takes the deletion of an automatic stop back',
    work: async ({ deps, editor, ref }) => {
      await restoreStop(deps, editor, ref)
      return 'restored'
    },
  },
]

export function registerStopSheets(app: FastifyInstance, deps: DowntimeDeps): void {
  route(app, {
    method: 'GET',
    url,
    access: 'view_dashboard',
    summary: 'One stop, with what may be done with it; with HX-Request its content alone',
    tags,
    params: StopPath,
    query: StopQuery,
    rate: { bucket: 'dashboard', perMinute: 60 },
    reply: { 200: htmlReply },
    handler: async ({ request, params, query }) => {
      const opened = await openSheet(deps, request, query)
      return show(deps, request, opened, refOf(params), { isWalk: query.walk?.at(-1) === '1' })
    },
  })
  for (const act of acts)
    route(app, {
      method: 'POST',
      url: `${url}/${act.name}`,
      access: act.access,
      summary: act.summary,
      tags,
      params: StopPath,
      query: StopQuery,
      body: StopForm,
      form: true,
      rate,
      reply: { 200: htmlReply, 303: emptyReply },
      handler: async ({ request, params, query, body }) => {
        const opened = await openSheet(deps, request, query)
        const ref = refOf(params, body.version)
        const isWalk = body.walk === '1'
        const timeZone = await deps.plants.withPlant(requireTenant(request).tenant.tenantId, async ({ model }) => model.settings.timeZone)
        // where it stood: the walk goes on from there
        const before = isWalk ? await findInView(deps, request, opened, ref) : null
        try {
          const wasAutomatic = act.name === 'delete' && (await isAutomatic(deps, request, opened, ref))
          const done = await act.work({ deps, editor: editorOf(request), ref, form: body, timeZone })
          if (before) return walkOn(deps, request, opened, before.stop, done)
          return finished(request, opened, params.line_id, params.ref, done, wasAutomatic)
        } catch (error) {
          // what cannot be shown in the sheet is a page of refusal
          if (!(error instanceof Problem) || error.status >= 500 || error.code === 'stop_not_found') throw error
          return show(deps, request, opened, refOf(params), { isWalk, problem: error, typed: typedOf(act, body) })
        }
      },
    })
}

const typedOf = ({ name }: Act, { code, text: words, start, end, at }: StopForm): Typed => ({
  code: name === 'reason' ? codeOf(code) : null,
  text: words ?? '',
  ...(name === 'times' && { start: start ?? '', end: end ?? '' }),
  ...(name === 'split' && { at: at ?? '' }),
})

const isAutomatic = async (deps: DowntimeDeps, request: FastifyRequest, opened: Opened, ref: StopRef): Promise<boolean> =>
  (await findInView(deps, request, opened, ref)).stop.source !== 'manual'

async function show(deps: DowntimeDeps, request: FastifyRequest, opened: Opened, ref: StopRef, shown: Shown): Promise<Answer> {
  const found = await findInView(deps, request, opened, ref)
  const sheet = await stopSheetOf(deps, request, opened, found, shown)
  const body = stopSheet(sheet)
  const title = sheetWords(request.language)('stop.title', { line: sheet.lineName })
  return answer(shown.problem?.status ?? 200, request.isHtmx ? body : sheetPage(opened.place, title, body))
}

/** To the next stop without reason; when none is left, back to the list. */
async function walkOn(
  deps: DowntimeDeps,
  request: FastifyRequest,
  opened: Opened,
  { lineId, span }: { readonly lineId: number; readonly span: { readonly fromS: number } },
  done: DoneKind,
): Promise<Answer> {
  const { facts } = await askView(deps, request, opened.asked.raw)
  const next = nextWaiting(facts.stops, { lineId, fromS: span.fromS })
  if (!next) return back(request, opened, sheetWords(request.language)('walk.done'))
  if (request.isHtmx) return show(deps, request, opened, refOfStop(next), { isWalk: true, done })
  const query = new URLSearchParams(opened.asked.query)
  query.set('walk', '1')
  return seeOther(request, downtimePaths.stop(opened.slug, next.lineId, refText(next), query))
}

/** In the dialog words and a list that is asked for anew; else the list. */
export const back = (request: FastifyRequest, { slug, asked }: Opened, words: string): Answer =>
  request.isHtmx ? answer(200, savedSheet(words)) : seeOther(request, `${downtimePaths.page(slug, asked.query)}#stops`)

function finished(request: FastifyRequest, opened: Opened, lineId: number, ref: string, done: DoneKind, mayUndo: boolean): Answer {
  const words = sheetWords(request.language)(`done.${done}`)
  if (done !== 'deleted' || !mayUndo) return back(request, opened, words)
  const undo = downtimePaths.act(opened.slug, lineId, ref, 'restore', opened.asked.query)
  const body: Html = undoSheet(opened.place, words, undo)
  return answer(200, request.isHtmx ? body : sheetPage(opened.place, words, body))
}
