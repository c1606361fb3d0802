/** `andon restore`: an installation, or one company, as a backup has it. */
import { migrations } from '../migrations/index.ts'
import { type Restored, RestoreRefusedError, restoreAll, restoreTenant } from '../plant/backup/index.ts'
import { BackupFaultError, openFolder } from '../platform/backup/index.ts'
import { folderOf, notInIt } from './backup.ts'
import type { Cli, CliCommand } from './cli.ts'

type Options = {
  readonly tenant?: string
  readonly forceReplace?: string
  readonly whileRunning?: boolean
  /** commander: `--no-backup <reason>` given. */
  readonly backup?: string | boolean
  readonly dryRun?: boolean
  readonly json?: boolean
}

export const restoreCommand: CliCommand = (program, cli) => {
  program
    .command('restore')
    .description('Make the database of DATABASE_URL, the plants and the files what a backup has; checked before anything is touched')
    .argument('<backup>', 'its name in BACKUP_DIR, or its folder')
    .option('--tenant <company>', 'only this company of the backup; the others go on working')
    .option('--force-replace <name>', 'what is there is replaced: the name of the database, or of the company, typed')
    .option('--no-backup <reason>', 'do not back up what is replaced first')
    .option('--while-running', 'although web or worker processes are running')
    .option('--dry-run', 'check the backup and the target, change nothing')
    .option('--json', 'one JSON document')
    .action((name: string, options: Options) =>
      cli.withContext(async (ctx) => {
        try {
          const folder = await openFolder(folderOf(ctx.config.backup.dir, name))
          const restore = {
            replacing: options.forceReplace ?? null,
            whileRunning: options.whileRunning ?? false,
            withoutBackup: typeof options.backup === 'string' ? options.backup : null,
            dryRun: options.dryRun ?? false,
            onProgress: (text: string) => options.json || cli.note(text),
          }
          const deps = { ...ctx, migrations }
          tell(
            cli,
            options,
            options.tenant === undefined
              ? await restoreAll(deps, folder, restore)
              : await restoreTenant(deps, folder, options.tenant, restore),
          )
        } catch (error) {
          if (error instanceof BackupFaultError || error instanceof RestoreRefusedError) cli.fail(error.message)
          throw error
        }
      }),
    )
}

function tell(cli: Cli, { dryRun = false, json }: Options, { manifest, rows, tables, safety, plants, files, faults }: Restored): void {
  process.exitCode = faults.length + manifest.faults.length > 0 ? 1 : 0
  if (json) {
    cli.printJson({
      dry_run: dryRun,
      backup_of: manifest.createdAt,
      rows,
      tables,
      plants: plants.map(({ slug, address, rows: count, fault }) => ({ slug, address, rows: count, fault })),
      files,
      backup_of_replaced: safety?.path ?? null,
      faults,
      not_in_it: manifest.faults,
    })
    return
  }
  for (const one of notInIt(manifest.faults)) cli.note(one)
  if (dryRun) {
    cli.print(`The backup of ${manifest.createdAt} is whole and can be restored here. Nothing was changed`)
    return
  }
  if (safety) cli.print(`What was there: ${safety.path}`)
  cli.print(
    `Restored as of ${manifest.createdAt}: ${rows} rows of ${tables} tables, ${plants.filter(({ fault }) => fault === null).length} plants, ${files} files put back`,
  )
  for (const fault of faults) cli.note(fault)
  cli.print('Start, or restart, web and worker; everybody signs in again')
}
