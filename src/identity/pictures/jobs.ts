/** Pictures whose person or company is gone let go of their files. */
import { dropUnnamed } from '../../platform/files/index.ts'
import type { JobDefinition } from '../../platform/jobs/index.ts'
import type { PictureDeps } from './pictures.ts'
import { namedFiles } from './queries.ts'

export const pictureJobs = (deps: Pick<PictureDeps, 'db' | 'clock'>): readonly JobDefinition[] => [
  {
    name: 'pictures.sweep',
    schedule: '13 4 * * *',
    run: async () => {
      for (const kind of ['avatar', 'logo'] as const) await dropUnnamed(deps.db, deps, kind, (ids) => namedFiles(deps.db, kind, ids))
    },
  },
]
