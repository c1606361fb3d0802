/** The audit log's own work. */
import type { Db } from '../../platform/db/database.ts'
import type { JobDefinition } from '../../platform/jobs/index.ts'
import type { Log } from '../../platform/log/index.ts'
import { purgeAudit, type SealDeps, sealAudit } from './sealing.ts'

const dayMs = 86_400_000

export type AuditJobDeps = SealDeps & { readonly db: Db; readonly log: Log; readonly config: { readonly auditRetentionDays: number } }

export const auditJobs = ({ db, log, config, ...deps }: AuditJobDeps): readonly JobDefinition[] => [
  {
    name: 'audit.seal',
    schedule: '*/10 * * * * *',
    run: async () => {
      const rows = await sealAudit(db, deps)
      if (rows > 0) log.debug({ event: 'audit_sealed', rows }, 'audit sealed')
    },
  },
  {
    name: 'audit.purge',
    schedule: '40 3 * * *',
    run: async () => {
      const rows = await purgeAudit(db, deps, deps.clock.nowMs() - config.auditRetentionDays * dayMs)
      log.info({ event: 'audit_purged', rows }, 'audit purged')
    },
  },
]
