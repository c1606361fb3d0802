/** Edits that live beside the customer's rows: applied right after reading, so that whatever is made of the rows cannot tell the difference. */
import type { TenantDb } from '../../platform/db/database.ts'
import { decodeJson } from '../../platform/db/index.ts'
import type { Text } from '../../platform/i18n/i18n.ts'
import type { CustomerRow } from '../source/index.ts'
import { members } from './json.ts'
import { wholeNumber } from './parse.ts'
import type { PlantOverlayRow } from './tables.ts'

export type Entity = PlantOverlayRow['entity']

/** `fields`: column of the customer's table → what it would hold. Besides their columns, `is_retired`: kept for old rows, not to be chosen any more. */
export type Overlay = {
  readonly entity: Entity
  readonly recordId: number
  readonly kind: PlantOverlayRow['kind']
  readonly fields: CustomerRow
}

export const entities: Readonly<Record<Entity, { readonly table: string; readonly idColumn: string }>> = {
  line: { table: 'production_line', idColumn: 'line_id' },
  area: { table: 'area', idColumn: 'area_id' },
  product: { table: 'product', idColumn: 'product_id' },
  shift: { table: 'shift', idColumn: 'shift_id' },
  filter: { table: 'filter', idColumn: 'filter_id' },
  failure: { table: 'failure', idColumn: 'failure_id' },
  incident: { table: 'incident', idColumn: 'incident_id' },
}

/** Ids of rows that exist here only. The customer's count up from 1 and would have to pass two thousand million to meet them; a stop's reason
 *  code, a 32-bit column, still holds them. */
export const firstOverlayId = 2_000_000_001

export async function listOverlays(db: TenantDb): Promise<Overlay[]> {
  const rows = await db.kysely
    .selectFrom('plant_overlays')
    .select(['entity', 'record_id', 'kind', 'fields'])
    .where('tenant_id', '=', db.tenantId)
    .orderBy('id')
    .execute()
  return rows.map(({ entity, record_id, kind, fields }) => {
    const decoded = decodeJson(fields)
    return { entity, recordId: record_id, kind, fields: members(decoded.ok ? decoded.value : null) }
  })
}

/** For a plant that moved to another database: its ids mean nothing there. */
export async function forgetOverlays(db: TenantDb): Promise<void> {
  await db.kysely.deleteFrom('plant_overlays').where('tenant_id', '=', db.tenantId).execute()
  await db.kysely.deleteFrom('plant_edits').where('tenant_id', '=', db.tenantId).execute()
}

/** The customer's rows as people of the company want them. What no longer fits is left out and said. */
export function applyOverlays(
  entity: Entity,
  rows: readonly CustomerRow[],
  overlays: readonly Overlay[],
): { readonly rows: readonly CustomerRow[]; readonly warnings: readonly Text[] } {
  const own = overlays.filter((overlay) => overlay.entity === entity)
  if (own.length === 0) return { rows, warnings: [] }
  const { table, idColumn } = entities[entity]
  const byId = new Map(own.map((overlay) => [overlay.recordId, overlay]))
  const met = new Set<number>()
  const warnings: Text[] = []
  const shown = rows.flatMap((row) => {
    const id = wholeNumber(row[idColumn])
    const overlay = id === null ? undefined : byId.get(id)
    if (id === null || overlay === undefined) return [row]
    met.add(id)
    if (overlay.kind === 'removed') return []
    if (overlay.kind === 'changed') return [{ ...row, ...overlay.fields }]
    warnings.push({
      es: `La base de datos tiene ahora un registro propio con el número ${id} en "${table}": el que se agregó en Andon no se usa`,
      en: `The database now has a record of its own with number ${id} in "${table}": the one added in Andon is not used`,
    })
    return [row]
  })
  for (const { recordId, kind } of own) {
    if (kind !== 'changed' || met.has(recordId)) continue
    warnings.push({
      es: `Un cambio hecho en Andon no tiene efecto: el registro ${recordId} ya no está en "${table}"`,
      en: `A change made in Andon has no effect: record ${recordId} is no longer in "${table}"`,
    })
  }
  const added = own.filter(({ kind, recordId }) => kind === 'added' && !met.has(recordId))
  return { rows: [...shown, ...added.map(({ recordId, fields }) => ({ ...fields, [idColumn]: recordId }))], warnings }
}
