/** What nobody needs any more goes. */
import type { Db } from '../db/database.ts'
import type { JobDefinition } from '../jobs/index.ts'
import { type FileDeps, sweepFiles } from './files.ts'

export const fileJobs = (deps: FileDeps & { readonly db: Db }): readonly JobDefinition[] => [
  { name: 'files.sweep', schedule: '23 * * * *', run: async () => void (await sweepFiles(deps.db, deps)) },
]
