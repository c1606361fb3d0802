/** Layouts as people and programs change them: whose, checked, saved. */
import { findTenant, type originOf, type TenantActor } from '../../identity/index.ts'
import type { Db } from '../../platform/db/database.ts'
import { knownIds } from './known-ids.ts'
import { layoutFaults } from './layout-faults.ts'
import { readLayoutJson } from './layout-json.ts'
import { companyDefault, type LayoutOwner } from './layout-owner.ts'
import { type SaveDeps, saveLayout } from './layout-store.ts'
import { problem } from './problems.ts'
import { listTemplates } from './queries.ts'
import type { DashboardDeps } from './service.ts'

export type EditDeps = SaveDeps & Pick<DashboardDeps, 'db' | 'plants' | 'layouts' | 'clock'>

const ofPlant = ['OWNER', 'ADMIN', 'MANAGER', 'OPERATOR', 'VIEWER'] as const

const sameWord = (a: string, b: string): boolean => a.trim().toUpperCase() === b.trim().toUpperCase()

/** Roles that may have a layout: the company's default, ours, the company's own words, and whatever has one already. */
export async function layoutRoles(db: Db, tenantId: number): Promise<string[]> {
  const [tenant, templates] = await Promise.all([findTenant(db, tenantId), listTemplates({ ...db, tenantId })])
  const named = tenant?.config.roles
  const own = typeof named === 'object' && named !== null && !Array.isArray(named) ? Object.keys(named) : []
  const words = [companyDefault, ...ofPlant, ...own, ...templates.map(({ roleAccess }) => roleAccess)]
  return words.filter((word, i) => word.trim() !== '' && words.findIndex((other) => sameWord(other, word)) === i)
}

/** Throws 422 `unknown_role`. */
export async function ownerOfRole(db: Db, actor: TenantActor, role: string): Promise<LayoutOwner> {
  const known = (await layoutRoles(db, actor.tenant.tenantId)).find((word) => sameWord(word, role))
  if (known === undefined) throw problem('unknown_role', { parameters: { role: role.slice(0, 50) } })
  return { kind: 'role', role: known }
}

/** Throws 403 `persons_only`. */
export function ownerOfPerson(actor: TenantActor): LayoutOwner {
  if (actor.kind !== 'person') throw problem('persons_only')
  return { kind: 'person', userId: actor.userId }
}

/** Checks and saves; answers the new version. Throws 422 `invalid_layout` naming each fault, 409 `layout_edited_meanwhile`. */
export async function editLayout(
  deps: EditDeps,
  actor: TenantActor,
  owner: LayoutOwner,
  edit: { readonly layout: unknown; readonly seenVersion: number; readonly origin: ReturnType<typeof originOf> },
): Promise<number> {
  const fields = layoutFaults(edit.layout, await knownIds(deps, actor))
  const layout = readLayoutJson(edit.layout)
  if (fields.length > 0 || layout === null) throw problem('invalid_layout', { fields, parameters: { count: fields.length } })
  return saveLayout({ ...deps.db, tenantId: actor.tenant.tenantId }, deps, actor, { ...edit, owner, layout })
}

/** Takes it away: the next step of the chain counts. Throws 409 `layout_edited_meanwhile`. */
export const removeLayout = (
  deps: EditDeps,
  actor: TenantActor,
  owner: LayoutOwner,
  edit: { readonly seenVersion: number; readonly origin: ReturnType<typeof originOf> },
): Promise<number> => saveLayout({ ...deps.db, tenantId: actor.tenant.tenantId }, deps, actor, { ...edit, owner, layout: null })
