/** The catalogue of widgets, filled with those of this version, and the layouts of each company's roles. */
import { column, type Migration } from '../platform/db/index.ts'

/** Frozen: later widgets come with `seed-widget-catalog --merge` or a later migration. */
const firstWidgets = [
  ['KpiOee', 'OEE'],
  ['KpiAvailability', 'Disponibilidad'],
  ['KpiPerformance', 'Rendimiento'],
  ['KpiQuality', 'Calidad'],
  ['ProductionTimeChart', 'Producción por tiempo'],
  ['ProductDistributionChart', 'Distribución'],
  ['ProductRanking', 'Ranking de productos'],
  ['KpiTotalProduction', 'Producción total'],
  ['KpiTotalWeight', 'Peso total'],
  ['KpiTotalDowntime', 'Paradas'],
  ['LineStatusIndicator', 'Estado de líneas'],
  ['AreaDetectionChart', 'Detecciones por área'],
  ['EntryOutputCompareChart', 'Entrada vs Salida'],
  ['ScatterChart', 'Paradas: hora × duración'],
  ['DowntimeTable', 'Paradas'],
  ['MetricsSummary', 'Resumen'],
  ['EventFeed', 'Eventos'],
  ['KpiWeightEfficiency', 'Eficiencia en peso'],
  ['KpiRejectedRate', 'Tasa de rechazo'],
] as const

export const migration: Migration = {
  name: '0250-dashboards',
  up: async ({ createTable, db }) => {
    await createTable('widget_catalog', { widget_id: column.id(), widget_name: column.text(100), description: column.text(255) })
    await createTable(
      'dashboard_templates',
      {
        template_id: column.id(),
        tenant_id: column.reference('tenants', { onDelete: 'cascade' }),
        role_access: column.text(50),
        layout_config: column.json(),
      },
      { indexes: [['tenant_id']] },
    )
    // One statement, so a kill leaves all or none; the ids are the table's own first ones.
    const any = await db.kysely.selectFrom('widget_catalog').select('widget_id').limit(1).executeTakeFirst()
    if (any !== undefined) return
    await db.kysely
      .insertInto('widget_catalog')
      .values(firstWidgets.map(([widget_name, description]) => ({ widget_name, description })))
      .execute()
  },
  down: async ({ dropTable }) => {
    await dropTable('dashboard_templates')
    await dropTable('widget_catalog')
  },
}
