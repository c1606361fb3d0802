/** The own sessions over the API: which there are, ending one, how long this one lasts. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { transaction } from '../../platform/db/index.ts'
import { emptyReply, Problem, route } from '../../platform/http/index.ts'
import { type AccessDeps, originOf, requirePerson, requireSignedIn } from '../access/index.ts'
import type { PersonActor } from '../actor.ts'
import type { Origin } from '../audit/index.ts'
import { markAlias } from '../login/index.ts'
import { endSession, idleEndMs, listLiveSessions, updateActivity } from '../sessions/index.ts'
import { problem } from './problems.ts'

const tags = ['auth']

/** Ends one of the person's own sessions. Throws 404 `session_not_found`, the same for another's and for one that is over. */
export async function endOwnSession(deps: AccessDeps, actor: PersonActor, uuid: string, origin: Origin): Promise<void> {
  const session = (await listLiveSessions(deps.db, actor.userId, deps.clock.nowMs())).find((own) => own.uuid === uuid)
  if (!session || !(await transaction(deps.db, (tx) => endSession(tx, deps, actor, session, 'logout', origin))))
    throw problem('session_not_found')
  deps.log.info({ event: 'logout_ok', user_id: actor.userId, request_id: origin.requestId, ip: origin.ip }, 'logout ok')
}

const Life = Type.Object({
  idle_expires_in: Type.Integer({ description: 'Seconds until the session ends if nothing more is done in it' }),
  absolute_expires_in: Type.Integer({ description: 'Seconds until it ends in any case' }),
})

const secondsUntil = (atMs: number, nowMs: number): number => Math.max(0, Math.floor((atMs - nowMs) / 1000))

export function registerSessionRoutes(app: FastifyInstance, deps: AccessDeps): void {
  route(app, {
    method: 'GET',
    url: ['/api/v1/auth/sessions', '/auth/sessions'],
    access: 'signed_in',
    summary: "The person's live sessions, the last used first",
    tags,
    reply: {
      200: Type.Object({
        items: Type.Array(
          Type.Object({
            uuid: Type.String(),
            kind: Type.String(),
            ip: Type.String(),
            user_agent: Type.String(),
            created_at: Type.String(),
            last_seen_at: Type.String(),
            expires_at: Type.String(),
            mfa: Type.Boolean(),
            is_current: Type.Boolean(),
          }),
        ),
      }),
    },
    handler: async ({ request, reply }) => {
      markAlias(request, reply)
      const { userId, sessionUuid } = requirePerson(request)
      const sessions = await listLiveSessions(deps.db, userId, deps.clock.nowMs())
      return {
        items: sessions.map((session) => ({
          uuid: session.uuid,
          kind: session.kind,
          ip: session.ip,
          user_agent: session.userAgent,
          created_at: new Date(session.createdAtMs).toISOString(),
          last_seen_at: new Date(session.lastSeenAtMs).toISOString(),
          expires_at: new Date(Math.min(session.idleExpiresAtMs, session.absoluteExpiresAtMs)).toISOString(),
          mfa: session.hasSecondFactor,
          is_current: session.uuid === sessionUuid,
        })),
      }
    },
  })
  route(app, {
    method: 'DELETE',
    url: ['/api/v1/auth/sessions/:uuid', '/auth/sessions/:uuid'],
    access: 'signed_in',
    summary: "Ends one of the person's sessions; its tokens are dead at the next request",
    tags,
    params: Type.Object({ uuid: Type.String() }),
    reply: { 204: emptyReply },
    handler: async ({ request, reply, params }) => {
      markAlias(request, reply)
      await endOwnSession(deps, requirePerson(request), params.uuid, originOf(request))
      return undefined
    },
  })
  route(app, {
    method: 'GET',
    url: ['/api/v1/auth/session', '/auth/session'],
    access: 'any_session',
    summary: 'How long this session still lasts. Asking does not prolong it',
    tags,
    keepsSessionAlive: false,
    reply: { 200: Life },
    handler: ({ request, reply }) => {
      markAlias(request, reply)
      return lifeOf(request)
    },
  })
  route(app, {
    method: 'POST',
    url: ['/api/v1/auth/session/renewal', '/auth/session/renewal'],
    access: 'any_session',
    summary: 'The person is still there: the idle time starts anew',
    tags,
    keepsSessionAlive: false,
    reply: { 200: Life },
    handler: async ({ request, reply }) => {
      markAlias(request, reply)
      const { sessionKind } = requirePerson(request)
      const { sessionId, nowMs, absoluteExpiresAtMs } = requireSignedIn(request)
      const endsAtMs = idleEndMs(sessionKind, deps.config.session, nowMs, absoluteExpiresAtMs)
      await updateActivity(deps.db, sessionId, nowMs, endsAtMs)
      return lifeOf(request, endsAtMs)
    },
  })
}

function lifeOf(request: FastifyRequest, idleExpiresAtMs = requireSignedIn(request).idleExpiresAtMs) {
  const { nowMs, absoluteExpiresAtMs } = requireSignedIn(request)
  return {
    idle_expires_in: secondsUntil(idleExpiresAtMs, nowMs),
    absolute_expires_in: secondsUntil(absoluteExpiresAtMs, nowMs),
  }
}

/** For forms: whether the refusal only says that the session is over already. */
export const isSessionGone = (error: unknown): boolean => error instanceof Problem && error.code === 'session_not_found'
