/** Lists of people: by page for screens and programs, whole as CSV. */
import type { Static } from 'typebox'
import { Type } from 'typebox'
import type { Db } from '../../platform/db/database.ts'
import { type Paging, PagingQuery } from '../../platform/http/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import type { Actor } from '../actor.ts'
import { lockStateOf } from '../lockout/index.ts'
import { hasPermission } from '../permissions.ts'
import { problem as identityProblem } from '../problems.ts'
import { findTenant, type Tenant } from '../tenants/index.ts'
import { parsePersonRef, roleWord } from './person.ts'
import { type PersonObject, personObject } from './person-object.ts'
import * as q from './queries.ts'

export const ListFilter = {
  status: Type.Optional(Type.Enum([...q.listStatuses])),
  q: Type.Optional(Type.String({ maxLength: 254 })),
  role: Type.Optional(Type.String({ maxLength: 50 })),
}
export const ListQuery = Type.Object({ ...ListFilter, ...PagingQuery })
const Filter = Type.Object(ListFilter)
export type ListWish = Static<typeof Filter>

export type ListDeps = { readonly db: Db; readonly clock: Clock }
type Viewer = Pick<Actor, 'userId' | 'isSuperAdmin' | 'tenant' | 'role' | 'permissions'>

export const scopeOf = ({ tenant }: Pick<Actor, 'tenant'>): q.Scope => ({ tenantId: tenant?.tenantId ?? null })

const manages = (viewer: Viewer): boolean => hasPermission(viewer, 'manage_users')

/** Throws 403 `permission_denied`: who waits, and who was refused, is for those who decide it. */
function filterFor(viewer: Viewer, { status, q: text, role }: ListWish): q.PeopleFilter {
  const isManager = manages(viewer)
  if (!isManager && (status === 'pending' || status === 'rejected')) throw identityProblem('permission_denied')
  return {
    status,
    q: text,
    role: role?.trim() ? roleWord(role) : undefined,
    isDecidedOnly: !isManager,
    knowsAccounts: viewer.isSuperAdmin,
  }
}

const companyOf = async (db: Db, { tenant }: Viewer): Promise<Tenant | null> => (tenant ? await findTenant(db, tenant.tenantId) : null)

async function shownRows({ db, clock }: ListDeps, viewer: Viewer, rows: readonly q.PersonRow[]): Promise<PersonObject[]> {
  const tenant = await companyOf(db, viewer)
  if (!manages(viewer)) return rows.map((row) => personObject(row, viewer, tenant))
  const ids = rows.map((row) => row.id)
  const locks = ids.length === 0 ? new Map<number, number>() : await lockStateOf(db, ids, clock.nowMs())
  return rows.map((row) => personObject(row, viewer, tenant, locks.get(row.id) ?? null))
}

/** By id. In platform scope (no company) everybody, for the platform's operators. */
export async function listPeople(
  deps: ListDeps,
  viewer: Viewer,
  wish: ListWish,
  paging: Paging,
): Promise<{ readonly items: readonly PersonObject[]; readonly total: number }> {
  const { rows, total } = await q.listRows(deps.db, scopeOf(viewer), filterFor(viewer, wish), paging)
  return { items: await shownRows(deps, viewer, rows), total }
}

/** Everybody that `listPeople` would page through. */
export async function* allPeople(deps: ListDeps, viewer: Viewer, wish: ListWish): AsyncGenerator<PersonObject> {
  const tenant = await companyOf(deps.db, viewer)
  for await (const row of q.allRows(deps.db, scopeOf(viewer), filterFor(viewer, wish))) yield personObject(row, viewer, tenant)
}

/** `ref`: id, UUID, username or `me`. Throws 403 `permission_denied` for somebody else without view_users, 404 `user_not_found`:
 *  who is not of this company is not there. */
export async function getPerson(deps: ListDeps, viewer: Viewer, ref: string): Promise<PersonObject> {
  const row = await findVisible(deps.db, viewer, ref)
  const [shown] = await shownRows(deps, viewer, [row])
  if (!shown) throw identityProblem('user_not_found')
  return shown
}

async function findVisible(db: Db, viewer: Viewer, ref: string): Promise<q.PersonRow> {
  const key = parsePersonRef(ref, viewer.userId)
  const row = await q.findRow(db, scopeOf(viewer), key)
  const isSelf = row?.id === viewer.userId || ('userId' in key && key.userId === viewer.userId)
  if (!isSelf && !hasPermission(viewer, 'view_users')) throw identityProblem('permission_denied')
  // A platform's operator is in companies without being a member of them.
  const found = row ?? (isSelf ? await q.findRow(db, { tenantId: null }, { userId: viewer.userId }) : undefined)
  if (!found) throw identityProblem('user_not_found')
  const isUndecided = found.status === 'pending' || found.status === 'rejected'
  if (!isSelf && isUndecided && !manages(viewer)) throw identityProblem('user_not_found')
  return found
}
