/** Layouts and catalogue as every request needs them. Rows are read again after a second, so that a change made by another process, or by hand
 *  in the database, shows by then; what they say is worked out again only when they differ. */
import { LRUCache } from 'lru-cache'
import type { TenantActor } from '../../identity/index.ts'
import type { Db } from '../../platform/db/database.ts'
import { decodeJson } from '../../platform/db/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import type { CatalogueRow } from './catalogue.ts'
import type { ResolvedLayout } from './layout.ts'
import { chooseLayout, type TemplateRow } from './layout-choice.ts'
import { currentText, listPersonVersions } from './layout-queries.ts'
import { listCatalogue, listTemplates } from './queries.ts'

type Who = Pick<TenantActor, 'tenant' | 'role' | 'roleName'>

export type Layouts = {
  /** What the actor sees in the actor's company, a person's own layout first: the same object while the rows are the same. */
  readonly of: (actor: Who & Partial<Pick<TenantActor, 'kind' | 'userId'>>) => Promise<ResolvedLayout>
  /** What the role sees, whatever the actor made for themselves. */
  readonly ofRole: (actor: Who) => Promise<ResolvedLayout>
  /** Roles that have a layout of their own, in upper case. */
  readonly rolesWithOwn: (actor: Pick<TenantActor, 'tenant'>) => Promise<readonly string[]>
  readonly catalogueOf: (actor: Pick<TenantActor, 'tenant'>) => Promise<readonly CatalogueRow[]>
  /** After a change made here: it shows at once. */
  readonly forget: (tenantId: number) => void
}

type Rows = {
  readonly text: string
  readonly catalogue: readonly CatalogueRow[]
  readonly templates: readonly TemplateRow[]
  /** Version of their own layout, by person. */
  readonly persons: ReadonlyMap<number, number>
  /** By role, and by person with a layout of their own. */
  readonly layouts: Map<string, ResolvedLayout>
}
type Held = { readonly readAtMs: number; readonly rows: Promise<Rows> }

const heldMs = 1_000
const mostTenants = 200
/** Roles of a company are few, and few people make a layout of their own; words that nobody uses must not add up. */
const mostLayouts = 200

export function createLayouts({ db, clock }: { readonly db: Db; readonly clock: Clock }): Layouts {
  const held = new LRUCache<number, Held>({ max: mostTenants })

  const read = async (tenantId: number, before: Promise<Rows | null>): Promise<Rows> => {
    const mine = { ...db, tenantId }
    const [catalogue, templates, persons] = await Promise.all([listCatalogue(db), listTemplates(mine), listPersonVersions(mine)])
    const text = JSON.stringify([catalogue, templates])
    const known = await before
    const byPerson = new Map(persons.map(({ userId, version }) => [userId, version]))
    // layouts of roles stay the same objects when somebody saves their own
    return known?.text === text ? { ...known, persons: byPerson } : { text, catalogue, templates, persons: byPerson, layouts: new Map() }
  }

  const rowsOf = ({ tenant: { tenantId } }: Pick<TenantActor, 'tenant'>): Promise<Rows> => {
    const nowMs = clock.nowMs()
    const known = held.get(tenantId)
    if (known && nowMs >= known.readAtMs && nowMs - known.readAtMs < heldMs) return known.rows
    const next: Held = { readAtMs: nowMs, rows: read(tenantId, known?.rows.catch(() => null) ?? Promise.resolve(null)) }
    held.set(tenantId, next)
    next.rows.catch(() => {
      if (held.get(tenantId) === next) held.delete(tenantId)
    })
    return next.rows
  }

  const keep = (layouts: Rows['layouts'], key: string, layout: ResolvedLayout): ResolvedLayout => {
    if (layouts.size >= mostLayouts) layouts.clear()
    layouts.set(key, layout)
    return layout
  }

  const ofRole = async (actor: Who): Promise<ResolvedLayout> => {
    const { roleName, role } = actor
    const { catalogue, templates, layouts } = await rowsOf(actor)
    const key = `${role} ${roleName}`
    return layouts.get(key) ?? keep(layouts, key, chooseLayout({ roleName, role, templates, catalogue }))
  }

  return {
    ofRole,
    async of(actor) {
      const { roleName, role, userId, tenant } = actor
      const { persons, layouts, catalogue, templates } = await rowsOf(actor)
      const version = actor.kind === 'person' && userId !== undefined ? persons.get(userId) : undefined
      if (userId === undefined || version === undefined) return ofRole(actor)
      const key = `person ${userId} ${version} ${role} ${roleName}`
      const known = layouts.get(key)
      if (known) return known
      const text = await currentText({ ...db, tenantId: tenant.tenantId }, { kind: 'person', userId })
      const decoded = text === null ? null : decodeJson(text)
      const own = decoded && { layout: decoded.ok ? decoded.value : undefined }
      return keep(layouts, key, chooseLayout({ roleName, role, templates, catalogue, own }))
    },
    rolesWithOwn: async (actor) => (await rowsOf(actor)).templates.map(({ roleAccess }) => roleAccess.trim().toUpperCase()),
    catalogueOf: async (actor) => (await rowsOf(actor)).catalogue,
    forget(tenantId) {
      const known = held.get(tenantId)
      // read again, but what did not change stays the same object
      if (known) held.set(tenantId, { ...known, readAtMs: Number.NEGATIVE_INFINITY })
    },
  }
}
