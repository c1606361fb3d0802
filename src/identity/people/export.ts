/** A list of people as a file. */
import type { Readable } from 'node:stream'
import { csvStream } from '../../platform/csv/index.ts'
import type { Actor } from '../actor.ts'
import { type Origin, recordAudit } from '../audit/index.ts'
import { hasPermission } from '../permissions.ts'
import { problem } from '../problems.ts'
import { allPeople, type ListDeps, type ListWish } from './list.ts'
import type { PersonObject } from './person-object.ts'

const columns = [
  'user_id',
  'username',
  'email',
  'full_name',
  'first_name',
  'last_name',
  'role',
  'status',
  'membership_status',
  'disabled',
  'category',
  'title',
  'phone',
  'email_verified',
  'mfa_enabled',
  'last_login_at',
  'created_at',
] as const satisfies readonly (keyof PersonObject)[]

/** Streams; who took it and with what filter is in the audit log. Throws 403 `permission_denied` without export_data, too. */
export async function exportPeople(deps: ListDeps, actor: Actor, wish: ListWish, origin: Origin): Promise<Readable> {
  if (!hasPermission(actor, 'export_data')) throw problem('permission_denied')
  const { status, role, q } = wish
  const data = { what: 'users', ...(status && { status }), ...(role && { role }), ...(q && { isSearch: true }) }
  await recordAudit(deps.db, deps, actor, 'EXPORT', { entityType: 'user', origin, data })
  async function* rows() {
    for await (const person of allPeople(deps, actor, wish)) yield columns.map((column) => person[column])
  }
  return csvStream(columns, rows())
}
