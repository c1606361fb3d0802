/** `/api/v1/detections/partitions…`, `/api/v1/plant/tables…` and `/api/v1/archive`: partitions, retention, indexes and archived months. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { originOf, recordAudit, requireTenant } from '../../identity/index.ts'
import { transaction } from '../../platform/db/index.ts'
import { answer, route } from '../../platform/http/index.ts'
import { listArchives } from '../archive/index.ts'
import { partitionsOf, tableFigures } from '../partitions/index.ts'
import {
  ArchiveSchema,
  archiveBody,
  PartitionSchema,
  PlanSchema,
  PolicySchema,
  partitionsBody,
  planBody,
  policyBody,
  TableSchema,
  TaskSchema,
  tableBody,
  taskBody,
} from './body.ts'
import { linesOf, tableOf } from './lines.ts'
import { readPolicy, savePolicy } from './policy.ts'
import { reportTables } from './report.ts'
import { askFor, ensureNow, type RunDeps } from './run.ts'
import { previewLines } from './take-out.ts'
import { findTask, listTasks, type Work } from './tasks.ts'

const see = 'configure_plant'
const manage = 'manage_partitions'
const tags = ['tables']
/** Each reads the catalogue of the plant's server. */
const rate = { bucket: 'tables', perMinute: 30 } as const
const Month = Type.String({ pattern: '^\\d{4}-\\d{2}$', maxLength: 7, description: 'As 2026-03' })
const LineId = Type.Integer({ minimum: 0, maximum: 2_147_483_647 })

export const workKinds = ['ensure', 'take_out', 'restore', 'convert', 'indexes', 'create'] as const
export const WorkBody = Type.Object({
  kind: Type.Union(workKinds.map((kind) => Type.Literal(kind))),
  line_id: Type.Optional(Type.Union([LineId, Type.Null()])),
  month: Type.Optional(Month),
  months_ahead: Type.Optional(Type.Integer({ minimum: 1, maximum: 24 })),
})

export const personOf = (request: FastifyRequest) => {
  const { userId, username } = requireTenant(request)
  return { userId, name: username, origin: originOf(request) }
}

export function registerTableRoutes(app: FastifyInstance, deps: RunDeps): void {
  registerPartitions(app, deps)
  registerTables(app, deps)
}

function registerPartitions(app: FastifyInstance, deps: RunDeps): void {
  const params = Type.Object({ line_id: LineId })
  route(app, {
    method: 'GET',
    url: '/api/v1/detections/partitions/:line_id',
    access: see,
    summary: "Partitions of a line's table; none where it is not partitioned by month",
    tags,
    params,
    rate,
    reply: { 200: Type.Object({ table: Type.String(), partitions: Type.Array(PartitionSchema), count: Type.Integer() }) },
    handler: ({ request, params: { line_id: lineId } }) =>
      deps.plants.withPlant(requireTenant(request).tenant.tenantId, async (plant) => {
        const table = linesOf(plant, lineId).map(tableOf)[0] ?? ''
        const partitions = partitionsBody(await tableFigures(plant.db, table, await partitionsOf(plant.db, table)))
        return { table, partitions, count: partitions.length }
      }),
  })
  route(app, {
    method: 'POST',
    url: '/api/v1/detections/partitions/ensure/:line_id',
    access: manage,
    summary: 'Makes the partitions of the current month and the months ahead that are missing; nothing on a table without partitions',
    tags,
    params,
    query: Type.Object({ months_ahead: Type.Optional(Type.Integer({ minimum: 1, maximum: 24, default: 3 })) }),
    rate,
    reply: { 200: Type.Object({ table: Type.String(), partitions_created: Type.Array(Type.String()), count: Type.Integer() }) },
    handler: ({ request, params: { line_id: lineId }, query }) => {
      const { tenantId } = requireTenant(request).tenant
      return deps.plants.withPlant(tenantId, async (plant) => {
        const { line, created } = await ensureNow(deps, plant, personOf(request), lineId, query.months_ahead ?? 3)
        return { table: tableOf(line), partitions_created: [...created], count: created.length }
      })
    },
  })
}

function registerTables(app: FastifyInstance, deps: RunDeps): void {
  const url = '/api/v1/plant/tables'
  const dbOf = (request: FastifyRequest) => ({ ...deps.db, tenantId: requireTenant(request).tenant.tenantId })
  route(app, {
    method: 'GET',
    url,
    access: see,
    summary: 'Each line’s table: rows, size, partitions, missing months and indexes, archived months',
    tags,
    rate,
    reply: {
      200: Type.Object({ engine: Type.String(), is_managed: Type.Boolean(), policy: PolicySchema, tables: Type.Array(TableSchema) }),
    },
    handler: async ({ request }) => {
      const policy = await readPolicy(dbOf(request))
      return deps.plants.withPlant(requireTenant(request).tenant.tenantId, async (plant) => ({
        engine: plant.db.engine,
        is_managed: plant.canManage,
        policy: policyBody(policy),
        tables: (await reportTables(deps, plant, policy.monthsAhead)).map((report) => tableBody(report, request.language)),
      }))
    },
  })
  route(app, {
    method: 'PUT',
    url: `${url}/policy`,
    access: manage,
    summary: 'How long rows stay in the tables, whether they are archived before they go, and how many months are made ahead',
    tags,
    body: PolicySchema,
    rate,
    reply: { 200: PolicySchema },
    handler: async ({ request, body }) => {
      const policy = { retentionMonths: body.retention_months, isArchiving: body.archive, monthsAhead: body.months_ahead }
      await changePolicy(deps, request, policy)
      return policyBody(await readPolicy(dbOf(request)))
    },
  })
  route(app, {
    method: 'GET',
    url: `${url}/preview`,
    access: see,
    summary: 'What taking out everything before a month would take: partitions, months and rows; writes nothing',
    tags,
    query: Type.Object({ month: Month, line_id: Type.Optional(LineId) }),
    rate,
    reply: { 200: PlanSchema },
    handler: ({ request, query }) =>
      deps.plants.withPlant(requireTenant(request).tenant.tenantId, async (plant) =>
        planBody(query.month, await previewLines(deps, requireTenant(request), plant, query.line_id ?? null, query.month)),
      ),
  })
  route(app, {
    method: 'GET',
    url: `${url}/tasks`,
    access: see,
    summary: 'The latest work on the tables, newest first, with its progress',
    tags,
    rate: { bucket: 'tables-progress', perMinute: 120 },
    reply: { 200: Type.Object({ tasks: Type.Array(TaskSchema) }) },
    handler: async ({ request }) => ({ tasks: (await listTasks(dbOf(request))).map((task) => taskBody(task, request.language)) }),
  })
  route(app, {
    method: 'POST',
    url: `${url}/tasks`,
    access: manage,
    summary: 'Asks for work on the tables; the worker does it, one at a time per company',
    tags,
    body: WorkBody,
    rate,
    reply: { 202: TaskSchema },
    handler: ({ request, body }) =>
      deps.plants.withPlant(requireTenant(request).tenant.tenantId, async (plant) => {
        const taskId = await askFor(deps, plant, personOf(request), await workOf(dbOf(request), body))
        const task = await findTask(dbOf(request), taskId)
        if (!task) throw new Error('the task that was just added is not there')
        return answer(202, taskBody(task, request.language))
      }),
  })
  route(app, {
    method: 'GET',
    url: '/api/v1/archive',
    access: see,
    summary: 'Months of detections in the object store; `archived` ones are no longer in the table',
    tags,
    query: Type.Object({ line_id: Type.Optional(LineId) }),
    rate,
    reply: { 200: Type.Object({ archives: Type.Array(ArchiveSchema), count: Type.Integer() }) },
    handler: async ({ request, query }) => {
      const archives = await listArchives(dbOf(request), query.line_id ?? null)
      return { archives: archives.map(archiveBody), count: archives.length }
    },
  })
}

type Asked = { readonly kind: Work['kind']; readonly line_id?: number | null; readonly month?: string; readonly months_ahead?: number }

/** With what the company decided, where the request leaves it open. */
export async function workOf(tenant: Parameters<typeof readPolicy>[0], body: Asked): Promise<Work> {
  const policy = await readPolicy(tenant)
  return {
    kind: body.kind,
    lineId: body.line_id ?? null,
    ...(body.month !== undefined && { month: body.month }),
    ...(body.kind === 'ensure' && { monthsAhead: body.months_ahead ?? policy.monthsAhead }),
    ...(body.kind === 'take_out' && { isArchiving: policy.isArchiving }),
  }
}

export async function changePolicy(deps: RunDeps, request: FastifyRequest, policy: Parameters<typeof savePolicy>[1]): Promise<void> {
  const actor = requireTenant(request)
  const { tenantId } = actor.tenant
  await transaction({ ...deps.db, tenantId }, async (tx) => {
    const before = await readPolicy(tx)
    await savePolicy(tx, policy, deps.clock.nowMs())
    await recordAudit(tx, deps, actor, 'UPDATE', {
      entityType: 'table_policy',
      entityId: tenantId,
      origin: originOf(request),
      data: { before: policyBody(before), after: policyBody({ ...policy, maintainedMonth: 0 }) },
    })
  })
}
