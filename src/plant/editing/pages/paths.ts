/** Addresses of the pages: below the tab that they belong to. */
import { type ConfigurationSection, configurationPaths } from '../../configuration/index.ts'
import type { Entity } from '../../model/index.ts'

/** Tab of each kind, and the folder of its forms. */
export const placeOf: Readonly<Record<Entity, { readonly section: ConfigurationSection; readonly folder: string }>> = {
  line: { section: 'lines', folder: 'lines' },
  area: { section: 'lines', folder: 'areas' },
  product: { section: 'products', folder: 'products' },
  shift: { section: 'shifts', folder: 'shifts' },
  filter: { section: 'filters', folder: 'filters' },
  failure: { section: 'reasons', folder: 'failures' },
  incident: { section: 'reasons', folder: 'incidents' },
}

const folder = (entity: Entity, slug: string): string => `${configurationPaths.overview(slug)}/${placeOf[entity].folder}`

export const editingPaths = {
  list: (entity: Entity, slug: string): string => configurationPaths[placeOf[entity].section](slug),
  create: (entity: Entity, slug: string): string => `${folder(entity, slug)}/new`,
  one: (entity: Entity, slug: string, id: string | number): string => `${folder(entity, slug)}/${id}`,
  removal: (entity: Entity, slug: string, id: string | number): string => `${folder(entity, slug)}/${id}/removal`,
  reversion: (entity: Entity, slug: string, id: string | number): string => `${folder(entity, slug)}/${id}/reversion`,
  areaOrder: (slug: string, lineId: string | number): string => `${folder('line', slug)}/${lineId}/area-order`,
  undo: (slug: string, editId: string | number): string => `${configurationPaths.overview(slug)}/edits/${editId}/undo`,
} as const
