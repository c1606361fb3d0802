/** Layouts and catalogue as every request needs them. Rows are read again after a second, so that a change made by another process, or by hand
 *  in the database, shows by then; what they say is worked out again only when they differ. */
import { LRUCache } from 'lru-cache'
import type { TenantActor } from '../../identity/index.ts'
import type { Db } from '../../platform/db/database.ts'
import type { Clock } from '../../platform/time/index.ts'
import type { CatalogueRow } from './catalogue.ts'
import type { ResolvedLayout } from './layout.ts'
import { chooseLayout, type TemplateRow } from './layout-choice.ts'
import { listCatalogue, listTemplates } from './queries.ts'

export type Layouts = {
  /** What the actor's role sees in the actor's company: the same object while the rows are the same. */
  readonly of: (actor: Pick<TenantActor, 'tenant' | 'role' | 'roleName'>) => Promise<ResolvedLayout>
  readonly catalogueOf: (actor: Pick<TenantActor, 'tenant'>) => Promise<readonly CatalogueRow[]>
  /** After a change made here: it shows at once. */
  readonly forget: (tenantId: number) => void
}

type Rows = {
  readonly text: string
  readonly catalogue: readonly CatalogueRow[]
  readonly templates: readonly TemplateRow[]
  /** By role. */
  readonly layouts: Map<string, ResolvedLayout>
}
type Held = { readonly readAtMs: number; readonly rows: Promise<Rows> }

const heldMs = 1_000
const mostTenants = 200
/** Roles of a company are few; words that nobody uses must not add up. */
const mostRoles = 50

export function createLayouts({ db, clock }: { readonly db: Db; readonly clock: Clock }): Layouts {
  const held = new LRUCache<number, Held>({ max: mostTenants })

  const read = async (tenantId: number, before: Promise<Rows | null>): Promise<Rows> => {
    const [catalogue, templates] = await Promise.all([listCatalogue(db), listTemplates({ ...db, tenantId })])
    const text = JSON.stringify([catalogue, templates])
    const known = await before
    return known?.text === text ? known : { text, catalogue, templates, layouts: new Map() }
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

  return {
    async of(actor) {
      const { roleName, role } = actor
      const { catalogue, templates, layouts } = await rowsOf(actor)
      const key = `${role} ${roleName}`
      const known = layouts.get(key)
      if (known) return known
      const layout = chooseLayout({ roleName, role, templates, catalogue })
      if (layouts.size >= mostRoles) layouts.clear()
      layouts.set(key, layout)
      return layout
    },
    catalogueOf: async (actor) => (await rowsOf(actor)).catalogue,
    forget: (tenantId) => void held.delete(tenantId),
  }
}
