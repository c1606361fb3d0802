/** For whoever looks after the installation. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { route } from '../../platform/http/index.ts'
import type { Language } from '../../platform/i18n/index.ts'
import { listWorkers } from '../../platform/jobs/index.ts'
import { markAlias } from '../login/index.ts'
import type { Finding } from './env-audit.ts'
import { type AuditDeps, runEnvAudit } from './observe.ts'

const Findings = Type.Array(Type.Object({ code: Type.String(), message: Type.String() }))
const shown = (findings: readonly Finding[], language: Language) =>
  findings.map(({ code, message }) => ({ code, message: message[language] }))

export function registerOperationRoutes(app: FastifyInstance, deps: AuditDeps): void {
  const common = { method: 'GET', access: 'view_platform', tags: ['system'] } as const
  route(app, {
    ...common,
    url: ['/api/v1/system/env-audit', '/agent/env-audit'],
    summary: 'What of this installation should be otherwise',
    reply: { 200: Type.Object({ ok: Type.Boolean(), issues: Findings, information: Findings }) },
    handler: async ({ request, reply }) => {
      markAlias(request, reply)
      // A server that answers has migrated.
      const { isOk, issues, information } = await runEnvAudit(deps, 0)
      return { ok: isOk, issues: shown(issues, request.language), information: shown(information, request.language) }
    },
  })
  route(app, {
    ...common,
    url: '/api/v1/system/workers',
    summary: 'Workers, and whether they live',
    reply: {
      200: Type.Object({
        items: Type.Array(
          Type.Object({
            name: Type.String(),
            pid: Type.Integer(),
            host: Type.String(),
            started_at: Type.String(),
            beat_at: Type.String(),
            is_stale: Type.Boolean(),
          }),
        ),
      }),
    },
    handler: async () => {
      const workers = await listWorkers(deps.db, deps.clock.nowMs())
      const iso = (atMs: number) => new Date(atMs).toISOString()
      return {
        items: workers.map(({ name, pid, host, startedAtMs, beatAtMs, isStale }) => ({
          name,
          pid,
          host,
          started_at: iso(startedAtMs),
          beat_at: iso(beatAtMs),
          is_stale: isStale,
        })),
      }
    },
  })
}
