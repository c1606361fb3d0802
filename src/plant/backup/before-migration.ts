/** A migration changes the platform database for good: what is there is kept first. */
import { type Db, type Migration, migrateUp, migrationStatus } from '../../platform/db/index.ts'
import { type BackupDeps, type MadeBackup, makeBackup } from './make.ts'
import { lookAt } from './target.ts'

export type Migrated = { readonly applied: readonly string[]; readonly backup: MadeBackup | null }

/** Nothing pending or nobody's data: no backup. When it cannot be made nothing is migrated either. */
export async function migrateWithBackup(
  deps: BackupDeps & { readonly db: Db },
  migrations: readonly Migration[],
  { withoutBackup }: { readonly withoutBackup: boolean },
): Promise<Migrated> {
  const { db, clock } = deps
  const { applied, pending, unknown } = await migrationStatus(db, migrations)
  const isAtStake = applied.length > 0 && pending.length > 0 && unknown.length === 0
  const { companies, people } = isAtStake ? await lookAt(db, clock.nowMs()) : { companies: 0, people: 0 }
  const isWanted = !withoutBackup && companies + people > 0
  const backup = isWanted
    ? await makeBackup(deps, { what: 'platform', reason: 'before-migration' }).catch((cause: unknown) => {
        throw new Error(
          `Nothing was migrated: the backup before it failed (${(cause as Error).message}). Make room in BACKUP_DIR, or run \`andon migrate up --no-backup <reason>\``,
          { cause },
        )
      })
    : null
  return { applied: await migrateUp(db, migrations, clock.nowMs), backup }
}
