import type { Generated } from 'kysely'

/** Which widgets exist, for every company: a name that the registry resolves, and words for people. */
export type WidgetCatalogRow = { widget_id: Generated<number>; widget_name: string; description: string }

/** What a role of a company sees. Several rows may match a role: the newest is used. */
export type DashboardTemplateRow = {
  template_id: Generated<number>
  tenant_id: number
  /** As typed; compared without case. */
  role_access: string
  /** JSON text, any of the shapes that `layout.ts` reads. */
  layout_config: string
}

export interface DashboardTables {
  widget_catalog: WidgetCatalogRow
  dashboard_templates: DashboardTemplateRow
}
