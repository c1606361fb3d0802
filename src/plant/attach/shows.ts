/** What each step shows: the draft or the plant that was attached, read and put into its view. */
import type { FastifyRequest } from 'fastify'
import { pageOf, requireTenant } from '../../identity/index.ts'
import { parseDatabaseUrl } from '../../platform/db/index.ts'
import { type Answer, Problem, seeOther } from '../../platform/http/index.ts'
import { zoneOf } from '../../platform/time/index.ts'
import type { Html } from '../../platform/ui/index.ts'
import { type Histories, loadingLines } from '../history/index.ts'
import type { OpenPlant, Plants } from '../model/index.ts'
import { verifyPlant } from '../system/index.ts'
import { dashboardView, type LoadingModel, loadingPart, loadingView, nothingToDo } from './after-views.ts'
import { type Draft, findDraft } from './draft.ts'
import type { FirstDashboardDeps } from './first-dashboard.ts'
import type { Refused, StepPage } from './frame.ts'
import { detectionTables, type TableEnds, tableEnds, withDraft } from './look.ts'
import { attachPaths, type Step, steps } from './paths.ts'
import { type AttachDeps, looking, situationOf } from './service.ts'
import { speedOf } from './speed.ts'
import { proposeZone } from './time-zones.ts'
import { connectionView, foundView, type Known, speedView, verificationView, type ZoneModel, zoneView } from './views.ts'

export type AttachRouteDeps = AttachDeps & FirstDashboardDeps & { readonly plants: Plants; readonly histories: Pick<Histories, 'of'> }

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

export type Show = (request: FastifyRequest, refused: Refused) => Promise<Html | Answer>

/** Of a step that needs the draft: without one, or with the plant attached, the first step says so. */
const ofDraft =
  (deps: AttachRouteDeps, step: Step, view: (model: StepPage, draft: Draft) => Promise<Html>): Show =>
  async (request, refused) => {
    const { tenantId, slug } = requireTenant(request).tenant
    const draft = await findDraft({ ...deps.db, tenantId }, deps.secrets, deps.clock.nowMs())
    if (!draft || !openSteps(draft).includes(step)) return seeOther(request, attachPaths.step(slug, draft ? 'time-zone' : 'connection'))
    return looking(draft.url, () => view(modelOf(request, step, draft, refused), draft))
  }

export const showConnection =
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

export const showVerification = (deps: AttachRouteDeps): Show =>
  ofDraft(deps, 'verification', (model, draft) =>
    withDraft(deps, model.actor.tenant.tenantId, draft, async (plant) =>
      verificationView(model, await verifyPlant(plant, deps.clock.nowMs())),
    ),
  )

const nowOf = ({ clock }: AttachRouteDeps): number => Math.floor(clock.nowMs() / 1000)

export const showZone = (deps: AttachRouteDeps): Show =>
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
async function endsOf({ db, model }: OpenPlant): Promise<TableEnds> {
  let [firstLocalS, lastLocalS]: [number | null, number | null] = [null, null]
  for (const { detectionTable } of model.lines) {
    if (!detectionTable) continue
    const ends = await tableEnds(db, detectionTable.name)
    if (ends.firstLocalS !== null) firstLocalS = Math.min(firstLocalS ?? ends.firstLocalS, ends.firstLocalS)
    if (ends.lastLocalS !== null) lastLocalS = Math.max(lastLocalS ?? ends.lastLocalS, ends.lastLocalS)
  }
  return { firstLocalS, lastLocalS }
}

export const showFound = (deps: AttachRouteDeps): Show =>
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

export const showSpeed = (deps: AttachRouteDeps): Show =>
  ofDraft(deps, 'speed', (model, draft) =>
    withDraft(deps, model.actor.tenant.tenantId, draft, async (plant) => {
      const speed = await speedOf(plant)
      return speedView(model, { ...speed, proposed: draft.performanceUnit ?? speed.proposed })
    }),
  )

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

export const showDashboard = (deps: AttachRouteDeps): Show => ofPlant(deps, 'dashboard', dashboardView)

/** Only the part that changes when HTMX asks. */
export const showLoading =
  (deps: AttachRouteDeps): Show =>
  async (request, refused) =>
    ofPlant(deps, 'loading', async (model) => {
      const loading = await loadingOf(deps, model.actor.tenant.tenantId)
      return request.isHtmx ? loadingPart(model, loading) : loadingView(model, loading)
    })(request, refused)
