/** The configuration as it is now, written as a file. */
import { createHash } from 'node:crypto'
import type { TenantActor } from '../../identity/index.ts'
import type { Db } from '../../platform/db/database.ts'
import type { Clock } from '../../platform/time/index.ts'
import { readPlantSettings } from '../configuration/index.ts'
import { type CatalogueRow, type EditDeps, layoutRoles, readLayoutJson, readStoredLayout } from '../dashboards/index.ts'
import { readAllRecords } from '../editing/index.ts'
import type { OpenPlant, Plants } from '../model/index.ts'
import type { Current } from './diff.ts'
import { canonical } from './diff.ts'
import { type ConfigurationFile, fileFormat, fileVersion, recordKinds } from './document.ts'

export type FileDeps = {
  readonly db: Db
  readonly clock: Clock
  readonly plants: Pick<Plants, 'withPlant'>
  readonly layouts: EditDeps['layouts']
}

export type Company = Pick<TenantActor, 'tenant'>

/** A plant that is open already, for those who would open it. */
export const opened = (plant: OpenPlant): Pick<Plants, 'withPlant'> => ({ withPlant: (_tenantId, work) => work(plant) })

/** `db` may be a transaction; `catalogue` was read before it began. */
export async function currentOf(
  { db, clock }: Pick<FileDeps, 'db' | 'clock'>,
  { tenant }: Company,
  plant: OpenPlant,
  catalogue: readonly CatalogueRow[],
): Promise<Current> {
  const { tenantId, uuid, name } = tenant
  const own = { ...db, tenantId }
  const records = await readAllRecords({ db, clock, plants: opened(plant) }, tenantId)
  const { body } = await readPlantSettings({ db }, plant.model)
  const names = new Map(catalogue.map(({ widgetId, widgetName }) => [widgetId, widgetName]))
  const layouts: ConfigurationFile['layouts'] = []
  for (const role of await layoutRoles(db, tenantId)) {
    const { layout } = await readStoredLayout(own, { kind: 'role', role })
    const json = layout === null || layout === undefined ? null : readLayoutJson(layout)
    if (!json) continue
    const widgets = json.widgets.flatMap(({ widget_id: id, ...rest }) => {
      const widget = names.get(id)
      return widget === undefined ? [] : [{ widget, ...rest }]
    })
    layouts.push({
      role,
      widgets,
      filters: [...json.filters],
      tabs: json.tabs.map((tab) => ({ ...tab, line_ids: tab.line_ids && [...tab.line_ids] })),
    })
  }
  const file: ConfigurationFile = {
    format: fileFormat,
    version: fileVersion,
    exported_at: new Date(clock.nowMs()).toISOString(),
    company: { uuid, name },
    settings: body,
    records: Object.fromEntries(
      recordKinds.map((kind) => [kind, records[kind].records.map(({ id, values }) => ({ id, values: { ...values } }))]),
    ) as ConfigurationFile['records'],
    layouts,
  }
  return { file, records, canManage: plant.canManage }
}

/** Equal for equal configurations, whenever they were written. */
export const stampOf = ({ exported_at: _, ...file }: ConfigurationFile): string =>
  createHash('sha256').update(canonical(file)).digest('hex')
