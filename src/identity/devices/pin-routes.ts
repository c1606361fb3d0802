/** PINs of others: for whoever leads the operators. One's own is set on the account page. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { emptyReply, route, type SharedRate } from '../../platform/http/index.ts'
import { type AccessDeps, requirePerson } from '../access/index.ts'
import { displayProblem, listSigners, removePin, setPin } from '../displays/index.ts'
import { roleRank } from '../permissions.ts'
import { access, isUsable, listMemberships } from '../tenants/index.ts'
import { ofTenant } from './key-routes.ts'
import { problem } from './problems.ts'

const tags = ['displays']
const rate: SharedRate = { isShared: true, bucket: 'operator-pins', perMinute: 30, by: 'person' }

export function registerPinRoutes(app: FastifyInstance, deps: AccessDeps): void {
  const ByUser = Type.Object({ user_id: Type.Integer() })
  /** Nobody signs as somebody above them. Throws 404 `member_not_found`, 403 `role_above_own`. */
  const subordinate = async (request: FastifyRequest, userId: number) => {
    const person = requirePerson(request)
    const { actor, db, origin } = ofTenant(deps, request)
    const memberships = await listMemberships(deps.db, userId)
    const member = memberships.filter(isUsable).find(({ tenant }) => tenant.tenantId === actor.tenant.tenantId)
    if (!member) throw displayProblem('member_not_found')
    if (roleRank[access(member).role] > roleRank[actor.role]) throw problem('role_above_own')
    return { person, db, origin }
  }
  route(app, {
    method: 'GET',
    url: '/api/v1/operator-pins',
    access: 'manage_field_operators',
    summary: 'Who may sign on the shared screens: people with a PIN whose role may explain stops',
    tags,
    reply: { 200: Type.Object({ items: Type.Array(Type.Object({ user_id: Type.Integer(), name: Type.String() })) }) },
    handler: async ({ request }) => ({
      items: (await listSigners(ofTenant(deps, request).db)).map(({ userId, name }) => ({ user_id: userId, name })),
    }),
  })
  route(app, {
    method: 'PUT',
    url: '/api/v1/operator-pins/:user_id',
    access: 'manage_field_operators',
    summary: "Sets a person's PIN anew, and lifts the pause after wrong ones",
    tags,
    params: ByUser,
    body: Type.Object({ pin: Type.String() }),
    rate,
    reply: { 204: emptyReply },
    handler: async ({ request, params, body }) => {
      const { person, db, origin } = await subordinate(request, params.user_id)
      await setPin(db, deps, person, params.user_id, body.pin, origin)
      return undefined
    },
  })
  route(app, {
    method: 'DELETE',
    url: '/api/v1/operator-pins/:user_id',
    access: 'manage_field_operators',
    summary: "Takes a person's PIN away",
    tags,
    params: ByUser,
    rate,
    reply: { 204: emptyReply },
    handler: async ({ request, params }) => {
      const { person, db, origin } = await subordinate(request, params.user_id)
      if (!(await removePin(db, deps, person, params.user_id, origin))) throw displayProblem('member_not_found')
      return undefined
    },
  })
}
