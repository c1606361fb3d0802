/** What load balancers, monitors and people ask first. Never a tenant's name, never an error text. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { answer, rawReply, route } from './route.ts'

export function registerHealth(app: FastifyInstance): void {
  const { app: identity, readiness } = app.shell
  const common = { method: 'GET', access: 'public', tags: ['system'], rate: false, sheds: 'never' } as const
  route(app, {
    ...common,
    url: '/health',
    summary: 'The process is up',
    reply: { 200: Type.Object({ status: Type.Literal('healthy'), app: Type.String() }) },
    handler: () => ({ status: 'healthy' as const, app: identity.name }),
  })
  route(app, {
    ...common,
    url: '/healthz',
    summary: 'The process is up',
    reply: { 200: Type.Object({ status: Type.Literal('ok') }) },
    handler: () => ({ status: 'ok' as const }),
  })
  route(app, {
    ...common,
    url: '/api/v1/health',
    summary: 'The process reaches its database',
    reply: {
      200: Type.Object({ status: Type.Literal('ok'), db: Type.Literal('ok') }),
      503: Type.Object({ status: Type.Literal('error'), db: Type.Literal('unavailable') }),
    },
    handler: async () =>
      (await readiness()).db === true ? { status: 'ok' as const, db: 'ok' as const } : answer(503, { status: 'error', db: 'unavailable' }),
  })
  route(app, {
    ...common,
    url: '/ping',
    summary: 'pong',
    reply: { 200: rawReply('text/plain') },
    handler: ({ reply }) => reply.type('text/plain; charset=utf-8').send('pong'),
  })
  route(app, {
    ...common,
    url: '/api/v1/ping',
    summary: 'Which version of the API answers',
    reply: { 200: Type.Object({ ok: Type.Literal(true), version: Type.Literal('v1') }) },
    handler: () => ({ ok: true as const, version: 'v1' as const }),
  })
  const nullable = Type.Union([Type.String(), Type.Null()])
  route(app, {
    ...common,
    url: '/api/version',
    summary: 'Version, commit and environment of this installation',
    reply: { 200: Type.Object({ version: Type.String(), commit: nullable, env: nullable }) },
    handler: () => ({ version: identity.version, commit: identity.commit || null, env: identity.environment || null }),
  })
  const Ready = Type.Object({
    status: Type.Union([Type.Literal('ready'), Type.Literal('not_ready')]),
    checks: Type.Record(Type.String(), Type.Boolean()),
  })
  route(app, {
    ...common,
    url: '/ready',
    summary: 'The process may receive traffic',
    reply: { 200: Ready, 503: Ready },
    handler: async () => {
      const checks = await readiness()
      const isReady = Object.values(checks).every(Boolean)
      return answer(isReady ? 200 : 503, { status: isReady ? 'ready' : 'not_ready', checks })
    },
  })
}
