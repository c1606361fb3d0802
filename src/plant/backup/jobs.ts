/** Each night a backup of everything, and old ones go. */
import type { JobDefinition } from '../../platform/jobs/index.ts'
import type { Log } from '../../platform/log/index.ts'
import { pruneBackups } from './keep.ts'
import { type BackupDeps, makeBackup } from './make.ts'

/** `isWanted`: not of a demo, say. */
export const backupJobs = (deps: BackupDeps & { readonly log: Log }, isWanted: () => Promise<boolean>): readonly JobDefinition[] => [
  {
    name: 'backup.nightly',
    schedule: '0 3 * * *',
    isLong: true,
    run: async (_, { signal }) => {
      if (!(await isWanted())) return
      const { name, manifest } = await makeBackup(deps, { what: 'full', reason: 'nightly', signal })
      const gone = await pruneBackups(deps).catch((error: unknown) => {
        // thrown on, the whole backup would be made again at each attempt
        deps.log.error({ event: 'backups_not_pruned', err: error }, 'old backups could not be removed')
        return []
      })
      const about = { event: 'backup_made', backup: name, faults: manifest.faults, pruned: gone.length }
      if (manifest.faults.length > 0) deps.log.warn(about, 'backup made, without what could not be read')
      else deps.log.info(about, 'backup made')
    },
  },
]
