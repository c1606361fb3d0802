/** SQL of the dashboards: catalogue (shared by all companies) and templates (one company's). */

import type { Db, TenantDb } from '../../platform/db/database.ts'
import { decodeJson } from '../../platform/db/index.ts'
import { type CatalogueRow, missingRows } from './catalogue.ts'
import type { TemplateRow } from './layout-choice.ts'

export const listCatalogue = async ({ kysely }: Db): Promise<CatalogueRow[]> => {
  const rows = await kysely
    .selectFrom('widget_catalog as w')
    .select(['w.widget_id', 'w.widget_name', 'w.description'])
    .orderBy('w.widget_id')
    .execute()
  return rows.map((row) => ({ widgetId: row.widget_id, widgetName: row.widget_name, description: row.description }))
}

/** Every template of the company; letter case of roles is the caller's to ignore. */
export const listTemplates = async ({ kysely, tenantId }: TenantDb): Promise<TemplateRow[]> => {
  const rows = await kysely
    .selectFrom('dashboard_templates as d')
    .select(['d.template_id', 'd.role_access', 'd.layout_config'])
    .where('d.tenant_id', '=', tenantId)
    .orderBy('d.template_id')
    .limit(500)
    .execute()
  return rows.map((row) => {
    const layout = decodeJson(row.layout_config)
    return { templateId: row.template_id, roleAccess: row.role_access, layout: layout.ok ? layout.value : undefined }
  })
}

export type SeedOutcome = { readonly inserted: readonly string[]; readonly existing: number }

/** Fills an empty catalogue; with `merge` adds the widgets that a filled one lacks. Running it again changes nothing. */
export const seedWidgetCatalog = async (db: Db, options: { readonly merge: boolean; readonly dryRun: boolean }): Promise<SeedOutcome> => {
  const existing = await listCatalogue(db)
  const wanted = existing.length === 0 || options.merge ? missingRows(existing) : []
  if (!options.dryRun && wanted.length > 0) {
    await db.kysely
      .insertInto('widget_catalog')
      .values(wanted.map(({ widgetName, description }) => ({ widget_name: widgetName, description })))
      .execute()
  }
  return { inserted: wanted.map(({ widgetName }) => widgetName), existing: existing.length }
}
