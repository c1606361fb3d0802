/** `/t/{company}/plant/attach…`: a company's administrators attach their plant, step by step; each step is an address, so it can be left and taken up. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type TObject, Type } from 'typebox'
import { originOf, pageOf, requireTenant } from '../../identity/index.ts'
import { parseDatabaseUrl } from '../../platform/db/index.ts'
import { type Answer, answer, emptyReply, fieldErrorsOf, htmlReply, Problem, route, seeOther } from '../../platform/http/index.ts'
import { zoneOf } from '../../platform/time/index.ts'
import type { Html } from '../../platform/ui/index.ts'
import { type Histories, loadingLines } from '../history/index.ts'
import { type OpenPlant, type PerformanceUnit, type PlantModel, type Plants, performanceUnits } from '../model/index.ts'
import { impliedPerformance, readSample, verifyPlant } from '../system/index.ts'
import { type Draft, findDraft } from './draft.ts'
import { type FirstDashboard, type FirstDashboardDeps, firstDashboards, saveFirstDashboard } from './first-dashboard.ts'
import { nothingRefused, type Refused, type StepPage } from './frame.ts'
import { detectionTables, tableEnds, withDraft } from './look.ts'
import { attachPaths, type Step, steps } from './paths.ts'
import {
  type AttachDeps,
  cancel,
  finish,
  looking,
  type Person,
  saveConnection,
  saveLineTables,
  saveTimeZone,
  situationOf,
} from './service.ts'
import { proposeZone } from './time-zones.ts'
import {
  connectionView,
  dashboardView,
  type Found,
  foundView,
  isPlausible,
  type Known,
  type LoadingModel,
  loadingPart,
  loadingView,
  nothingToDo,
  type Speed,
  speedView,
  verificationView,
  type ZoneModel,
  zoneView,
} from './views.ts'

export type AttachRouteDeps = AttachDeps & FirstDashboardDeps & { readonly plants: Plants; readonly histories: Pick<Histories, 'of'> }

const tags = ['pages']
const access = 'manage_company'
const CompanyPath = Type.Object({ company: Type.String({ maxLength: 100 }) })
/** Each opens a connection to wherever it was told. */
const tryRate = { isShared: true, bucket: 'plant-attach', perMinute: 20, by: 'person' } as const
const text = (maxLength: number) => Type.Optional(Type.String({ maxLength }))

const personOf = (request: FastifyRequest): Person => ({ actor: requireTenant(request), origin: originOf(request) })

/** Steps that can be gone to, by what is known. */
const openSteps = (draft: Draft | null): readonly Step[] =>
  draft === null ? ['connection'] : draft.timeZone === null ? steps.slice(0, 3) : steps.slice(0, 5)

const modelOf = (request: FastifyRequest, step: Step, draft: Draft | null, refused: Refused): StepPage => ({
  page: pageOf(request),
  actor: requireTenant(request),
  step,
  open: openSteps(draft),
  refused,
})

type Show = (request: FastifyRequest, refused: Refused) => Promise<Html | Answer>

/** Of a step that needs the draft: without one, or with the plant attached, the first step says so. */
const ofDraft =
  (deps: AttachRouteDeps, step: Step, view: (model: StepPage, draft: Draft) => Promise<Html>): Show =>
  async (request, refused) => {
    const { tenantId, slug } = requireTenant(request).tenant
    const draft = await findDraft({ ...deps.db, tenantId }, deps.secrets, deps.clock.nowMs())
    if (!draft || !openSteps(draft).includes(step)) return seeOther(request, attachPaths.step(slug, draft ? 'time-zone' : 'connection'))
    return looking(draft.url, () => view(modelOf(request, step, draft, refused), draft))
  }

const showConnection =
  (deps: AttachRouteDeps): Show =>
  async (request, refused) => {
    const { tenantId } = requireTenant(request).tenant
    const situation = await situationOf(deps, tenantId)
    const draft = await findDraft({ ...deps.db, tenantId }, deps.secrets, deps.clock.nowMs())
    const model = modelOf(request, 'connection', draft, refused)
    if (situation === 'attached' || situation === 'sealed') return nothingToDo(model, situation)
    return connectionView(model, situation, draft && knownOf(draft))
  }

function knownOf({ url, canManage }: Draft): Known {
  const address = parseDatabaseUrl(url)
  if (address.engine === 'sqlite') return {}
  const { engine, host, port, database, user, sslMode } = address
  const encryption = sslMode === 'disable' ? 'none' : sslMode
  return { engine, host, port: String(port), database, user, encryption, mode: canManage ? 'managed' : 'read' }
}

const showVerification = (deps: AttachRouteDeps): Show =>
  ofDraft(deps, 'verification', (model, draft) =>
    withDraft(deps, model.actor.tenant.tenantId, draft, async (plant) =>
      verificationView(model, await verifyPlant(plant, deps.clock.nowMs())),
    ),
  )

const nowOf = ({ clock }: AttachRouteDeps): number => Math.floor(clock.nowMs() / 1000)

const showZone = (deps: AttachRouteDeps): Show =>
  ofDraft(deps, 'time-zone', (model, draft) =>
    withDraft(deps, model.actor.tenant.tenantId, draft, async (plant) => {
      const newestLocalS = (await endsOf(plant)).lastLocalS
      const configured = plant.model.settings.timeZone
      const proposal = proposeZone(newestLocalS, nowOf(deps), configured === 'UTC' ? null : configured)
      const zone: ZoneModel = { proposal, newestLocalS, chosen: draft.timeZone, nowS: nowOf(deps) }
      return zoneView(model, zone)
    }),
  )

/** Ends of all lines' tables together. */
async function endsOf({ db, model }: OpenPlant): Promise<Pick<Found, 'firstLocalS' | 'lastLocalS'>> {
  let [firstLocalS, lastLocalS]: [number | null, number | null] = [null, null]
  for (const { detectionTable } of model.lines) {
    if (!detectionTable) continue
    const ends = await tableEnds(db, detectionTable.name)
    if (ends.firstLocalS !== null) firstLocalS = Math.min(firstLocalS ?? ends.firstLocalS, ends.firstLocalS)
    if (ends.lastLocalS !== null) lastLocalS = Math.max(lastLocalS ?? ends.lastLocalS, ends.lastLocalS)
  }
  return { firstLocalS, lastLocalS }
}

const showFound = (deps: AttachRouteDeps): Show =>
  ofDraft(deps, 'found', async (model, draft) => {
    const { tenantId } = model.actor.tenant
    const byName = await withDraft(deps, tenantId, { ...draft, lineTables: [] }, async (plant) => plant.model.lines)
    return withDraft(deps, tenantId, draft, async (plant) => {
      const { lines, products, shifts, settings } = plant.model
      const names = new Map(byName.map(({ lineId, detectionTable }) => [lineId, detectionTable?.name ?? null]))
      const chosen = new Map(draft.lineTables.map(({ lineId, tableName }) => [lineId, tableName]))
      return foundView(model, {
        ...(await endsOf(plant)),
        areas: lines.reduce((sum, { areas }) => sum + areas.length, 0),
        products: products.size,
        shifts: shifts.length,
        lines: lines.map(({ lineId, lineName }) => ({
          lineId,
          lineName,
          byName: names.get(lineId) ?? null,
          chosen: chosen.get(lineId) ?? null,
        })),
        tables: detectionTables(plant.loaded),
        nowLocalS: zoneOf(settings.timeZone).toLocalS(nowOf(deps)),
      })
    })
  })

const showSpeed = (deps: AttachRouteDeps): Show =>
  ofDraft(deps, 'speed', (model, draft) =>
    withDraft(deps, model.actor.tenant.tenantId, draft, async (plant) => {
      const speed = await speedOf(plant)
      return speedView(model, { ...speed, proposed: draft.performanceUnit ?? speed.proposed })
    }),
  )

async function speedOf({ db, model }: OpenPlant): Promise<Speed> {
  const under = (unit: PerformanceUnit): PlantModel => ({ ...model, settings: { ...model.settings, performanceUnit: unit } })
  const lines: Speed['lines'][number][] = []
  for (const line of model.lines.filter(({ isActive }) => isActive)) {
    const rows = await readSample(db, line)
    const of = (unit: PerformanceUnit): number | null => impliedPerformance({ line, rows }, under(unit))
    const implied = { units_per_minute: of('units_per_minute'), units_per_hour: of('units_per_hour'), percent: null }
    lines.push({ lineId: line.lineId, lineName: line.lineName, stored: line.performance, implied })
  }
  const plausible = (unit: PerformanceUnit): number =>
    lines.filter(({ implied }) => implied[unit] !== null && isPlausible(implied[unit])).length
  // nearest to full speed where both are plausible
  const distance = (unit: PerformanceUnit): number => lines.reduce((sum, { implied }) => sum + Math.abs(Math.log(implied[unit] ?? 1)), 0)
  const ranked = performanceUnits.toSorted((a, b) => plausible(b) - plausible(a) || distance(a) - distance(b))
  const isTold = lines.some(({ implied }) => implied.units_per_minute !== null)
  return { lines, proposed: isTold ? (ranked[0] ?? model.settings.performanceUnit) : model.settings.performanceUnit }
}

async function loadingOf(deps: AttachRouteDeps, tenantId: number): Promise<LoadingModel> {
  try {
    return await deps.plants.withPlant(tenantId, async (plant) => {
      const lines = plant.model.lines.filter(({ isActive, detectionTable }) => isActive && detectionTable !== null)
      // asking is what begins the loading
      await Promise.allSettled(deps.histories.of(plant).answers(lines).values())
      const waiting = new Map((await loadingLines({ ...deps.db, tenantId })).map((one) => [one.lineId, one.loadedFraction]))
      return { isAnswering: true, lines: lines.map(({ lineId, lineName }) => ({ lineName, fraction: waiting.get(lineId) ?? 1 })) }
    })
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return { isAnswering: false, lines: [] }
  }
}

/** Of the steps after attaching: without a plant they lead to the first one. */
const ofPlant =
  (deps: AttachRouteDeps, step: Step, view: (model: StepPage) => Promise<Html> | Html): Show =>
  async (request, refused) => {
    const { tenantId, slug } = requireTenant(request).tenant
    const situation = await situationOf(deps, tenantId)
    if (situation === 'none' || situation === 'sealed') return seeOther(request, attachPaths.begin(slug))
    return view({ ...modelOf(request, step, null, refused), open: ['dashboard', 'loading'] })
  }

export function registerAttachPages(app: FastifyInstance, deps: AttachRouteDeps): void {
  const page = (step: Step, summary: string, show: Show) =>
    route(app, {
      method: 'GET',
      url: attachPaths.step(':company', step),
      access,
      summary,
      tags,
      params: CompanyPath,
      ...(step !== 'loading' && { rate: { bucket: 'plant-attach-pages', perMinute: 60 } }),
      keepsSessionAlive: step !== 'loading',
      reply: { 200: htmlReply },
      handler: async ({ request }) => {
        try {
          return await show(request, nothingRefused)
        } catch (error) {
          return firstStepWith(request, error)
        }
      },
    })
  const first = showConnection(deps)
  /** A database that went away between two steps: the first step says why, and is where it is put right. */
  const firstStepWith = async (request: FastifyRequest, error: unknown): Promise<Answer> => {
    if (!(error instanceof Problem)) throw error
    const shown = await first(request, { values: {}, errors: {}, refusal: error.detail(request.language) })
    return isAnswer(shown) ? shown : answer(error.status, shown)
  }
  const form = (
    step: Step,
    summary: string,
    body: TObject,
    show: Show,
    work: (person: Person, values: Readonly<Record<string, string | undefined>>) => Promise<Step>,
  ) =>
    route(app, {
      method: 'POST',
      url: attachPaths.step(':company', step),
      access,
      summary,
      tags,
      params: CompanyPath,
      form: true,
      body,
      rate: tryRate,
      reply: { 303: emptyReply },
      handler: async ({ request, body: given }) => {
        const values = given as Readonly<Record<string, string | undefined>>
        const person = personOf(request)
        try {
          const next = await work(person, values)
          return seeOther(request, attachPaths.step(person.actor.tenant.slug, next))
        } catch (error) {
          if (!(error instanceof Problem)) throw error
          const errors = fieldErrorsOf(error, request.language)
          const refusal = Object.keys(errors).length > 0 ? null : error.detail(request.language)
          const { password: _p, url: _u, csrf_token: _c, ...shown } = values
          const again = await show(request, { values: shown as Record<string, string>, errors, refusal }).catch((other: unknown) =>
            firstStepWith(request, other),
          )
          // the step itself is not open any more: the first one says why
          return isAnswer(again) ? firstStepWith(request, error) : answer(error.status, again)
        }
      },
    })

  page('connection', 'Page: the connection to the plant database', first)
  form(
    'connection',
    'Form: tries the connection and keeps it for the next steps',
    Type.Object(
      {
        url: text(2000),
        engine: text(20),
        host: text(253),
        port: text(5),
        database: text(64),
        user: text(100),
        password: text(500),
        encryption: text(20),
        mode: text(10),
      },
      { default: {} },
    ),
    first,
    async (person, values) => {
      await saveConnection(deps, person, values)
      return 'verification'
    },
  )
  page('verification', 'Page: what verification of the database found, and what to do', showVerification(deps))
  page('time-zone', 'Page: the time zone that the newest row speaks of', showZone(deps))
  form(
    'time-zone',
    'Form: keeps the time zone',
    Type.Object({ timezone: text(100) }, { default: {} }),
    showZone(deps),
    async (person, values) => {
      await saveTimeZone(deps, person, values.timezone ?? '')
      return 'found'
    },
  )
  page('found', 'Page: lines, areas, products, shifts and history that were found', showFound(deps))
  form(
    'found',
    'Form: keeps the tables of lines that were corrected by hand (`table_{line id}`)',
    Type.Object({}, { default: {}, additionalProperties: Type.String({ maxLength: 255 }) }),
    showFound(deps),
    async (person, values) => {
      const chosen = Object.entries(values).flatMap(([name, value]): [number, string][] => {
        const lineId = /^table_(\d{1,10})$/.exec(name)?.[1]
        return lineId === undefined ? [] : [[Number(lineId), value ?? '']]
      })
      await saveLineTables(deps, person, new Map(chosen))
      return 'speed'
    },
  )
  page('speed', 'Page: performance that results with each unit', showSpeed(deps))
  form(
    'speed',
    'Form: attaches the plant',
    Type.Object({ performance_unit: text(30) }, { default: {} }),
    showSpeed(deps),
    async (person, values) => {
      await finish(deps, person, values.performance_unit ?? '')
      return 'dashboard'
    },
  )
  const showDashboard = ofPlant(deps, 'dashboard', dashboardView)
  page('dashboard', 'Page: the first dashboard', showDashboard)
  form(
    'dashboard',
    'Form: keeps the first dashboard',
    Type.Object({ dashboard: text(20) }, { default: {} }),
    showDashboard,
    async (person, values) => {
      const chosen = firstDashboards.find((one) => one === values.dashboard) ?? ('complete' satisfies FirstDashboard)
      await saveFirstDashboard(deps, person, chosen)
      return 'loading'
    },
  )
  page('loading', 'Page: how far the history is loaded; with HX-Request only that part', async (request, refused) =>
    ofPlant(deps, 'loading', async (model) => {
      const loading = await loadingOf(deps, model.actor.tenant.tenantId)
      return request.isHtmx ? loadingPart(model, loading) : loadingView(model, loading)
    })(request, refused),
  )
  route(app, {
    method: 'POST',
    url: attachPaths.cancel(':company'),
    access,
    summary: 'Form: forgets the connection that was being prepared',
    tags,
    params: CompanyPath,
    form: true,
    body: Type.Object({}, { default: {} }),
    reply: { 303: emptyReply },
    handler: async ({ request }) => {
      const person = personOf(request)
      await cancel(deps, person)
      return seeOther(request, attachPaths.begin(person.actor.tenant.slug))
    },
  })
}

const isAnswer = (value: Html | Answer): value is Answer => typeof value === 'object' && 'kind' in value && value.kind === 'answer'
