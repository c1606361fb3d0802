/** The frame of everything that is done to a person: found in the actor's company, under the locks that counting needs. */
import type { Db } from '../../platform/db/database.ts'
import { lockRow, transaction } from '../../platform/db/index.ts'
import type { Origin } from '../audit/index.ts'
import type { LoginDeps } from '../login/index.ts'
import { problem as identityProblem } from '../problems.ts'
import { findTenant, type Tenant } from '../tenants/index.ts'
import { scopeOf } from './list.ts'
import { type Manager, type Person, parsePersonRef, refusalToTouch, refusalToTouchAccount, roleOf } from './person.ts'
import { problem } from './problems.ts'
import * as q from './queries.ts'

export type PeopleDeps = LoginDeps

export type Doing = {
  readonly tx: Db
  readonly person: Person
  /** The actor's; null in platform scope. */
  readonly tenant: Tenant | null
  /** All companies that the person has a part in. Their rows are held. */
  readonly tenantIds: readonly number[]
}

/** Runs `work` in a transaction that holds the rows of all companies of the person, in the order of their ids: owners and members can be counted.
 *  Throws 404 `user_not_found` for somebody who is not of the actor's company. */
export async function actOn<T>(deps: PeopleDeps, actor: Manager, ref: string, work: (doing: Doing) => Promise<T>): Promise<T> {
  const key = parsePersonRef(ref, actor.userId)
  const found = await q.findRow(deps.db, scopeOf(actor), key)
  if (!found) throw identityProblem('user_not_found')
  // Before the transaction: on MySQL a plain read inside would fix what its later reads see.
  const tenantIds = await q.listTenantIds(deps.db, found.id)
  return transaction(deps.db, async (tx) => {
    const own = actor.tenant === null ? [] : [actor.tenant.tenantId]
    const held = [...new Set([...tenantIds, ...own])].sort((a, b) => a - b)
    for (const id of held) await lockRow(tx, 'tenants', { id })
    const row = await q.findRow(tx, scopeOf(actor), { userId: found.id })
    if (!row) throw identityProblem('user_not_found')
    const tenant = actor.tenant && (await findTenant(tx, actor.tenant.tenantId))
    return work({ tx, person: q.toPerson(row), tenant, tenantIds })
  })
}

/** Throws 403 `role_above_own`. */
export function demandTouch(actor: Manager, { person, tenant }: Doing): void {
  const refusal = refusalToTouch(actor, person, tenant)
  if (refusal) throw problem(refusal)
}

/** Throws 403 `role_above_own`, `other_home_tenant`. */
export function demandAccount(actor: Manager, { person, tenant }: Doing): void {
  const refusal = refusalToTouchAccount(actor, person, tenant)
  if (refusal) throw problem(refusal)
}

/** Throws 403 `own_account`. */
export function demandOther(actor: Manager, { person }: Doing): void {
  if (person.userId === actor.userId) throw problem('own_account')
}

/** Each of these companies has somebody else who owns it and can work, or the person does not own it. Throws 409 `last_owner`. */
export async function demandOwnerRemains(tx: Db, tenantIds: readonly number[], userId: number): Promise<void> {
  for (const tenantId of tenantIds) {
    const tenant = await findTenant(tx, tenantId)
    if (!tenant) continue
    const owners = (await q.listWorking({ ...tx, tenantId })).filter(({ role }) => roleOf(role, tenant) === 'OWNER')
    if (owners.some(({ user_id }) => user_id === userId) && owners.length === 1) throw problem('last_owner')
  }
}

/** What audit rows of people have in common. */
export const about = ({ person, tenant }: Pick<Doing, 'person' | 'tenant'>, origin: Origin) => ({
  tenantId: tenant?.tenantId ?? person.homeTenantId,
  entityType: 'user',
  entityId: person.userId,
  origin,
})
