/** `/t/{company}/plant/tables…`: the tables of detections, their retention, and the work on them. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { pageOf, requireTenant } from '../../identity/index.ts'
import { answer, emptyReply, htmlReply, Problem, rawReply, route, seeOther } from '../../platform/http/index.ts'
import { formatText } from '../../platform/i18n/index.ts'
import type { Html } from '../../platform/ui/index.ts'
import { currentMonth } from './lines.ts'
import { tablePaths } from './paths.ts'
import { mostMonthsAhead, readPolicy } from './policy.ts'
import { problem } from './problems.ts'
import { reportTables, sqlText } from './report.ts'
import { changePolicy, personOf, workKinds, workOf } from './routes.ts'
import { askFor, type RunDeps } from './run.ts'
import { previewLines } from './take-out.ts'
import { listTasks } from './tasks.ts'
import { previewPage, tablesPage, workPart } from './views.ts'

const see = 'configure_plant'
const manage = 'manage_partitions'
const tags = ['pages']
const params = Type.Object({ company: Type.String({ maxLength: 100 }) })
const rate = { bucket: 'tables-page', perMinute: 60 } as const
const shownOnPage = 5

const wordsOf = (error: Problem, request: FastifyRequest): string =>
  [
    error.detail(request.language),
    ...(error.options.fields ?? []).map(({ message, parameters }) => formatText(message, request.language, parameters)),
  ].join(' ')

async function draw(
  deps: RunDeps,
  request: FastifyRequest,
  { done = null, refusal = null }: { readonly done?: 'saved' | 'asked' | null; readonly refusal?: string | null },
): Promise<Html> {
  const actor = requireTenant(request)
  const tenant = { ...deps.db, tenantId: actor.tenant.tenantId }
  const policy = await readPolicy(tenant)
  return deps.plants.withPlant(tenant.tenantId, async (plant) =>
    tablesPage(pageOf(request), actor, {
      reports: await reportTables(deps, plant, policy.monthsAhead),
      policy,
      tasks: await listTasks(tenant, shownOnPage),
      isManaged: plant.canManage,
      engine: plant.db.engine,
      timeZone: plant.model.settings.timeZone,
      month: currentMonth(plant, deps.clock.nowMs()),
      done,
      refusal,
    }),
  )
}

export function registerTablePages(app: FastifyInstance, deps: RunDeps): void {
  const company = (request: FastifyRequest) => requireTenant(request).tenant
  route(app, {
    method: 'GET',
    url: tablePaths.page(':company'),
    access: see,
    summary: 'Page: the tables of detections, their partitions, indexes, retention and archived months',
    tags,
    params,
    query: Type.Object({ done: Type.Optional(Type.String({ maxLength: 10 })) }),
    rate,
    reply: { 200: htmlReply },
    handler: ({ request, query: { done } }) => draw(deps, request, { done: done === 'saved' || done === 'asked' ? done : null }),
  })
  route(app, {
    method: 'GET',
    url: tablePaths.preview(':company'),
    access: see,
    summary: 'Page: what taking old months out of a line’s table would take',
    tags,
    params,
    query: Type.Object({ line_id: Type.Integer({ minimum: 0 }), month: Type.String({ maxLength: 7 }) }),
    rate,
    reply: { 200: htmlReply },
    handler: ({ request, query }) =>
      deps.plants.withPlant(company(request).tenantId, async (plant) => {
        const [planned] = await previewLines(deps, requireTenant(request), plant, query.line_id, query.month)
        if (!planned) throw problem('line_not_found')
        const { isArchiving } = await readPolicy({ ...deps.db, tenantId: plant.db.tenantId })
        return previewPage(pageOf(request), requireTenant(request), { planned, month: query.month, isArchiving })
      }),
  })
  route(app, {
    method: 'GET',
    url: tablePaths.task(':company'),
    access: see,
    summary: 'Fragment: the latest work on the tables, with its progress',
    tags,
    params,
    rate: { bucket: 'tables-progress', perMinute: 120 },
    keepsSessionAlive: false,
    reply: { 200: htmlReply },
    handler: async ({ request }) => {
      const { tenantId } = company(request)
      const tasks = await listTasks({ ...deps.db, tenantId }, shownOnPage)
      const timeZone = await deps.plants.withPlant(tenantId, async ({ model }) => model.settings.timeZone)
      return workPart(pageOf(request), requireTenant(request), { tasks, timeZone })
    },
  })
  route(app, {
    method: 'GET',
    url: tablePaths.sql(':company'),
    access: see,
    summary: 'SQL that would help the plant’s database, for whoever looks after it',
    tags,
    params,
    rate,
    reply: { 200: rawReply('application/sql') },
    handler: ({ request, reply }) =>
      deps.plants.withPlant(company(request).tenantId, async (plant) => {
        const { monthsAhead } = await readPolicy({ ...deps.db, tenantId: plant.db.tenantId })
        const text = sqlText(await reportTables(deps, plant, monthsAhead))
        return reply
          .header('content-type', 'application/sql; charset=utf-8')
          .header('content-disposition', 'attachment; filename="andon-tablas.sql"')
          .header('cache-control', 'no-store')
          .send(text === '' ? '-- OK\n' : text)
      }),
  })
  registerForms(app, deps)
}

function registerForms(app: FastifyInstance, deps: RunDeps): void {
  const shared = { method: 'POST', access: manage, tags, params, form: true, rate, reply: { 303: emptyReply } } as const
  const refusing = async (request: FastifyRequest, work: () => Promise<unknown>, done: 'saved' | 'asked') => {
    try {
      await work()
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      return answer(error.status, await draw(deps, request, { refusal: wordsOf(error, request) }))
    }
    return seeOther(request, `${tablePaths.page(requireTenant(request).tenant.slug)}?done=${done}`)
  }
  const text = (maxLength: number) => Type.Optional(Type.String({ maxLength }))

  route(app, {
    ...shared,
    url: tablePaths.policy(':company'),
    summary: 'Form: how long rows stay in the tables',
    body: Type.Object(
      {
        retention: Type.Enum(['never', '12', '24']),
        archive: Type.Optional(Type.Array(Type.String({ maxLength: 1 }), { maxItems: 2 })),
        months_ahead: text(3),
      },
      { default: {} },
    ),
    handler: ({ request, body }) =>
      refusing(
        request,
        async () => {
          const monthsAhead = Number(body.months_ahead)
          if (!Number.isInteger(monthsAhead) || monthsAhead < 1 || monthsAhead > mostMonthsAhead) {
            const message = {
              es: `Los meses por adelantado van de 1 a ${mostMonthsAhead}.`,
              en: `Months ahead are 1 to ${mostMonthsAhead}.`,
            }
            throw problem('validation_failed', { fields: [{ path: 'months_ahead', rule: 'range', message }] })
          }
          const retentionMonths = body.retention === 'never' ? null : body.retention === '12' ? 12 : 24
          await changePolicy(deps, request, { retentionMonths, isArchiving: body.archive?.at(-1) === '1', monthsAhead })
        },
        'saved',
      ),
  })
  route(app, {
    ...shared,
    url: tablePaths.task(':company'),
    summary: 'Form: asks for work on the tables',
    body: Type.Object({ kind: text(20), line_id: text(12), month: text(7), archive: text(1) }, { default: {} }),
    handler: ({ request, body }) =>
      refusing(
        request,
        async () => {
          const kind = workKinds.find((one) => one === body.kind)
          const lineId = body.line_id === undefined || body.line_id === '' ? null : Number(body.line_id)
          if (!kind || (lineId !== null && !Number.isInteger(lineId))) throw problem('validation_failed')
          const tenant = { ...deps.db, tenantId: requireTenant(request).tenant.tenantId }
          const work = await workOf(tenant, { kind, line_id: lineId, ...(body.month !== undefined && { month: body.month }) })
          // what the page said would happen, and nothing else
          if (kind === 'take_out' && work.isArchiving !== (body.archive === '1')) throw problem('table_policy_changed')
          await deps.plants.withPlant(tenant.tenantId, (plant) => askFor(deps, plant, personOf(request), work))
        },
        'asked',
      ),
  })
}
