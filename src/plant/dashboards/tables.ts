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

/** What somebody made of their dashboard for themselves, in one company. */
export type PersonLayoutRow = {
  id: Generated<number>
  tenant_id: number
  user_id: number
  layout_config: string
  /** Of `layout_versions`, so that caches need not compare texts. */
  version: number
  created_at: number
  updated_at: number
}

/** What a layout was, newest number last. */
export type LayoutVersionRow = {
  id: Generated<number>
  tenant_id: number
  /** `role ADMIN` or `person 7`. */
  owner: string
  version: number
  /** Null: taken away. */
  layout_config: string | null
  /** A name, kept when its person goes; null: not by the editor. */
  saved_by: string | null
  created_at: number
  updated_at: number
}

/** Insert only. Dates and times are plant wall time, as people chose them. */
export type UserQueryRow = {
  id: Generated<number>
  user_id: number
  tenant_id: number
  username: string
  sql_query: string
  query_parameters: string
  start_date: string
  start_time: string
  end_date: string
  end_time: string
  line: string
  interval_type: string
  duration_ms: number
  created_at: number
  updated_at: number
}

export interface DashboardTables {
  widget_catalog: WidgetCatalogRow
  dashboard_templates: DashboardTemplateRow
  person_layouts: PersonLayoutRow
  layout_versions: LayoutVersionRow
  user_queries: UserQueryRow
}
