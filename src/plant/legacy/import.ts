/** `andon import legacy-global`: companies, people, dashboard templates and the query log of an earlier installation.
 *  Done again, it adds what is new there and doubles nothing. */
import { sql } from 'kysely'
import {
  findImported,
  type ImportDeps,
  type ImportedCompany,
  type ImportLine,
  importTenants,
  importUsers,
  markImported,
} from '../../identity/index.ts'
import { type Db, insertId, transaction } from '../../platform/db/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import { translateLayout } from './layouts.ts'
import * as source from './source.ts'

export type ImportReport = {
  readonly lines: readonly ImportLine[]
  readonly queries: { readonly imported: number; readonly known: number; readonly refused: number }
}

export type ImportOptions = {
  /** Where it comes from, without secrets: what was taken from there is not taken again. */
  readonly name: string
  readonly isDryRun: boolean
  readonly onProgress?: (done: number, total: number) => void
}

/** Thrown to take back what a dry run wrote. */
class DryRun extends Error {
  readonly report: ImportReport
  constructor(report: ImportReport) {
    super('dry run')
    this.report = report
  }
}

/** Companies, people and templates come in whole or not at all; the query log follows in batches. Throws 422 `not_a_legacy_database`. */
export async function importLegacy(
  db: Db,
  deps: { readonly clock: Clock },
  from: source.LegacySource,
  options: ImportOptions,
): Promise<ImportReport> {
  const tables = await source.demandLegacyTables(from)
  const importDeps: ImportDeps = { ...deps, source: options.name }
  const total = tables.has('user_query') ? await source.countQueries(from) : 0
  const [tenants, users] = [await source.readTenants(from), await source.readUsers(from)]
  const widgets = tables.has('widget_catalog') ? await source.readWidgets(from) : []
  const templates = tables.has('dashboard_template') ? await source.readTemplates(from) : []
  try {
    const done = await transaction(db, async (tx) => {
      const { companies, lines: ofTenants } = await importTenants(tx, importDeps, tenants)
      const { userIds, lines: ofUsers } = await importUsers(tx, importDeps, companies, users)
      const ofTemplates = await importTemplates(tx, importDeps, companies, await ownWidgets(tx, widgets), templates)
      const lines = [...ofTenants, ...ofUsers, ...ofTemplates]
      if (options.isDryRun) throw new DryRun({ lines, queries: { imported: total, known: 0, refused: 0 } })
      return { lines, userIds, companies }
    })
    const tenantOf = new Map(users.map(({ userId, tenantId }) => [userId, done.companies.get(tenantId)?.tenantId]))
    const queries =
      total > 0 ? await importQueries(db, importDeps, from, { ...done, tenantOf, total, onProgress: options.onProgress }) : noQueries
    return { lines: done.lines, queries }
  } catch (error) {
    if (error instanceof DryRun) return error.report
    throw error
  }
}

const noQueries = { imported: 0, known: 0, refused: 0 }

/** Ours by theirs: the same name, else a new row of the catalogue (a name that nothing implements is shown as being developed). */
async function ownWidgets(tx: Db, theirs: readonly source.LegacyWidget[]): Promise<ReadonlyMap<number, number>> {
  const own = await tx.kysely.selectFrom('widget_catalog').select(['widget_id', 'widget_name']).execute()
  const byName = new Map(own.map((row) => [row.widget_name, row.widget_id]))
  const ids = new Map<number, number>()
  for (const { widgetId, widgetName, description } of theirs) {
    let id = byName.get(widgetName)
    if (id === undefined) {
      await tx.kysely.insertInto('widget_catalog').values({ widget_name: widgetName, description }).execute()
      const row = await tx.kysely
        .selectFrom('widget_catalog')
        .select(sql<number>`max(widget_id)`.as('id'))
        .where('widget_name', '=', widgetName)
        .executeTakeFirstOrThrow()
      id = Number(row.id)
      byName.set(widgetName, id)
    }
    ids.set(widgetId, id)
  }
  return ids
}

async function importTemplates(
  tx: Db,
  deps: ImportDeps,
  companies: ReadonlyMap<number, ImportedCompany>,
  widgetIds: ReadonlyMap<number, number>,
  templates: readonly source.LegacyTemplate[],
): Promise<ImportLine[]> {
  const known = await findImported(tx, deps, 'template')
  const seen = new Set<string>()
  const lines: ImportLine[] = []
  for (const { templateId, tenantId, roleAccess, layout } of templates) {
    const company = companies.get(tenantId)
    const name = `${company?.slug ?? `company ${tenantId}`} / ${roleAccess}`
    const line = (outcome: ImportLine['outcome'], notes: readonly string[]) => lines.push({ kind: 'template', name, outcome, notes })
    if (known.has(templateId)) {
      line('known', [])
      continue
    }
    const translated = translateLayout(layout, widgetIds)
    if (!company || !translated) {
      line('refused', [company ? 'its layout is no JSON object' : 'its company does not exist'])
      continue
    }
    await tx.kysely
      .insertInto('dashboard_templates')
      .values({ tenant_id: company.tenantId, role_access: roleAccess.slice(0, 50), layout_config: translated.layout })
      .execute()
    await markImported(tx, deps, 'template', templateId, null)
    const unknown = translated.unknownWidgetIds
    line('imported', [
      ...(unknown.length > 0 ? [`widgets that its catalogue did not know were left out: ${unknown.join(', ')}`] : []),
      ...(seen.has(name.toUpperCase()) ? ['is one of several for this role: the last one is used'] : []),
    ])
    seen.add(name.toUpperCase())
  }
  return lines
}

type QueryWork = {
  readonly userIds: ReadonlyMap<number, number>
  readonly tenantOf: ReadonlyMap<number, number | undefined>
  readonly total: number
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

const batch = 500

/** Each batch with its mark in one transaction: killed anywhere, the next run goes on after the last one. */
async function importQueries(db: Db, deps: ImportDeps, from: source.LegacySource, { userIds, tenantOf, total, onProgress }: QueryWork) {
  const column = await source.queryColumn(from)
  let afterId = await lastQuery(db, deps)
  const counts = { imported: 0, known: 0, refused: 0 }
  for (;;) {
    const rows = await source.readQueries(from, column, afterId, batch)
    const last = rows.at(-1)
    if (!last) break
    await transaction(db, async (tx) => {
      for (const row of rows) {
        const [userId, tenantId] = [userIds.get(row.userId), tenantOf.get(row.userId)]
        if (userId !== undefined && tenantId !== undefined) await insertId(tx, 'user_queries', queryRow(row, userId, tenantId))
      }
      await markImported(tx, deps, 'query', last.queryId, null)
    })
    const imported = rows.filter(({ userId }) => userIds.has(userId) && tenantOf.get(userId) !== undefined).length
    counts.imported += imported
    counts.refused += rows.length - imported
    afterId = last.queryId
    onProgress?.(counts.imported + counts.refused, total)
  }
  counts.known = total - counts.imported - counts.refused
  return counts
}

async function lastQuery({ kysely }: Db, { source: name }: ImportDeps): Promise<number> {
  const row = await kysely
    .selectFrom('legacy_imports')
    .select(({ fn }) => fn.max('legacy_id').as('last'))
    .where('source', '=', name)
    .where('kind', '=', 'query')
    .executeTakeFirst()
  return Number(row?.last ?? 0)
}

function queryRow(query: source.LegacyQuery, userId: number, tenantId: number) {
  const createdAtMs = Date.parse(`${query.createdAt.replace(' ', 'T').slice(0, 19)}Z`)
  const atMs = Number.isNaN(createdAtMs) ? 0 : createdAtMs
  const { parameters, durationMs } = parametersOf(query.parameters)
  return {
    user_id: userId,
    tenant_id: tenantId,
    username: query.username.slice(0, 50),
    sql_query: query.sqlQuery,
    query_parameters: JSON.stringify(parameters),
    start_date: query.startDate,
    start_time: query.startTime,
    end_date: query.endDate,
    end_time: query.endTime,
    line: query.line,
    interval_type: query.interval,
    duration_ms: durationMs,
    created_at: atMs,
    updated_at: atMs,
  }
}

/** Whatever was written there is kept; what is no JSON object is kept as text. */
function parametersOf(text: string): { parameters: Record<string, unknown>; durationMs: number } {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      const parameters = value as Record<string, unknown>
      const durationMs = Number(parameters._duration_ms)
      return { parameters, durationMs: Number.isFinite(durationMs) ? Math.round(durationMs) : 0 }
    }
  } catch {
    // kept below
  }
  return { parameters: { text }, durationMs: 0 }
}
