/** `andon backup [list | verify | prune]`: copies of the installation, or of one company, and looking after them. */
import path from 'node:path'
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { findTenant } from '../identity/index.ts'
import { type KeptBackup, listBackups, type Manifest, makeBackup, manifestOf, pruneBackups, verifyFolder } from '../plant/backup/index.ts'
import { BackupFaultError, openFolder } from '../platform/backup/index.ts'
import type { Cli, CliCommand } from './cli.ts'

type Json = { readonly json?: boolean }

export const backupCommand: CliCommand = (program, cli) => {
  const backup = program
    .command('backup')
    .description('Copy the platform database, the plants that Andon keeps and the stored files into BACKUP_DIR, and read the copy back')
    .option('--tenant <company>', 'only this company (slug, id or UUID): its rows, plant and files')
    .option('--platform-only', 'only the platform database')
    .option('--prune', 'then remove backups older than BACKUP_RETENTION_DAYS')
    .option('--dry-run', 'only say what would be copied')
    .option('--json', 'one JSON document')
    .action((options: MakeOptions) => cli.withContext((ctx) => make(cli, ctx, options)))
  addList(backup, cli)
  addVerify(backup, cli)
  addPrune(backup, cli)
}

type MakeOptions = Json & {
  readonly tenant?: string
  readonly platformOnly?: boolean
  readonly prune?: boolean
  readonly dryRun?: boolean
}

async function make(cli: Cli, ctx: Context, { tenant: ref, platformOnly, prune = false, dryRun, json }: MakeOptions): Promise<void> {
  if (ref !== undefined && platformOnly) cli.fail('Say either --tenant or --platform-only')
  const tenant = ref === undefined ? null : ((await findTenant(ctx.db, ref)) ?? cli.fail(`There is no company ${ref}`))
  const what = tenant ? { tenant } : platformOnly ? 'platform' : 'full'
  const { dir } = ctx.config.backup
  if (dryRun) {
    const subject = tenant ? `company ${tenant.slug}` : platformOnly ? 'the platform database' : 'everything'
    return json ? cli.printJson({ dry_run: true, what: subject, folder: dir }) : cli.print(`Would copy ${subject} into ${dir}`)
  }
  const made = await makeBackup(ctx, { what, reason: 'manual', onProgress: (text) => json || cli.note(text) })
  const { manifest } = made
  // the copy is there, whatever becomes of the old ones
  const gone = prune ? await pruneBackups(ctx).catch((error: unknown) => notPruned(cli, error)) : []
  process.exitCode = manifest.faults.length > 0 || gone === null ? 1 : 0
  if (json) return cli.printJson({ ...report(made.name, made.path, manifest), pruned: gone?.map(({ name }) => name) ?? null })
  cli.print(`${made.path}\n${inWords(manifest)}, read back and equal`)
  for (const one of notInIt(manifest.faults)) cli.note(one)
  for (const { name } of gone ?? []) cli.print(`removed ${name}`)
}

function notPruned(cli: Cli, error: unknown): null {
  cli.note(`Old backups could not be removed: ${error instanceof Error ? error.message : String(error)}`)
  return null
}

/** What could not be had when the backup was made, a line each. */
export const notInIt = (faults: readonly string[]): string[] => faults.map((fault) => `not in it: ${fault}`)

const rowsOf = ({ platform, plants }: Manifest): number =>
  [...platform.tables, ...plants.flatMap(({ tables }) => tables)].reduce((sum, { rows }) => sum + rows, 0)

const inWords = (manifest: Manifest): string =>
  `${rowsOf(manifest)} rows of ${manifest.platform.tables.length} tables and ${manifest.plants.length} plants, ${manifest.files.length} files`

const report = (name: string, folder: string, manifest: Manifest) => ({
  name,
  folder,
  kind: manifest.kind,
  reason: manifest.reason,
  created_at: manifest.createdAt,
  company: manifest.tenant?.slug ?? null,
  rows: rowsOf(manifest),
  plants: manifest.plants.map(({ slug }) => slug),
  files: manifest.files.length,
  faults: manifest.faults,
})

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`

const lineOf = ({ name, manifest, sizeBytes }: KeptBackup): string =>
  `${name}  ${manifest.createdAt}  ${manifest.reason}  ${megabytes(sizeBytes)}  ${inWords(manifest)}${manifest.faults.length > 0 ? `  INCOMPLETE: ${manifest.faults.join('; ')}` : ''}`

const addList = (backup: Command, cli: Cli) =>
  backup
    .command('list')
    .description('The backups in BACKUP_DIR, oldest first; exit code 1 when there is none or one is damaged')
    .option('--json', 'one JSON document')
    .action((_: Json, command: Command) =>
      cli.withContext(async ({ config }) => {
        const { backups, broken } = await listBackups(config.backup.dir)
        process.exitCode = backups.length === 0 || broken.length > 0 ? 1 : 0
        if (command.optsWithGlobals<Json>().json)
          return cli.printJson({
            folder: config.backup.dir,
            backups: backups.map((one) => ({ ...report(one.name, one.path, one.manifest), size_bytes: one.sizeBytes })),
            broken,
          })
        for (const one of backups) cli.print(lineOf(one))
        for (const { fault } of broken) cli.print(`DAMAGED  ${fault}`)
        if (backups.length + broken.length === 0) cli.print(`No backups in ${config.backup.dir}`)
      }),
    )

const addVerify = (backup: Command, cli: Cli) =>
  backup
    .command('verify')
    .description('Read backups back: every checksum, every row. Without a name, the newest; exit code 1 when one is damaged')
    .argument('[backup]', 'its name, or its folder')
    .option('--all', 'all of them')
    .option('--json', 'one JSON document')
    .action((name: string | undefined, { all }: { all?: boolean }, command: Command) =>
      cli.withContext(async ({ config }) => {
        const { dir } = config.backup
        const { backups, broken } = await listBackups(dir)
        const names = [...backups.map((one) => one.name), ...broken.map((one) => one.name)]
        const wanted = name !== undefined ? [name] : all ? names : backups.slice(-1).map((one) => one.name)
        if (wanted.length === 0) cli.fail(`No backups in ${dir}`)
        const results = []
        for (const one of wanted) results.push({ name: one, ...(await verified(folderOf(dir, one))) })
        process.exitCode = results.some(({ fault }) => fault !== null) ? 1 : 0
        if (command.optsWithGlobals<Json>().json)
          return cli.printJson({ results: results.map(({ name: one, fault, missing }) => ({ name: one, fault, not_in_it: missing })) })
        for (const { name: one, fault, missing } of results) {
          cli.print(fault === null ? `ok       ${one}` : `DAMAGED  ${fault}`)
          for (const line of notInIt(missing)) cli.print(line)
        }
      }),
    )

async function verified(name: string): Promise<{ readonly fault: string | null; readonly missing: readonly string[] }> {
  try {
    const folder = await openFolder(name)
    await verifyFolder(folder)
    return { fault: null, missing: manifestOf(folder).faults }
  } catch (error) {
    if (error instanceof BackupFaultError) return { fault: error.message, missing: [] }
    throw error
  }
}

/** A name is looked for in BACKUP_DIR; anything with a slash is a folder. */
export const folderOf = (dir: string, name: string): string => (/[\\/]/.test(name) ? path.resolve(name) : path.join(dir, name))

const addPrune = (backup: Command, cli: Cli) =>
  backup
    .command('prune')
    .description('Remove backups older than BACKUP_RETENTION_DAYS; the newest of everything stays')
    .option('--dry-run', 'only say which')
    .option('--json', 'one JSON document')
    .action((_: unknown, command: Command) =>
      cli.withContext(async (ctx) => {
        const { dryRun = false, json } = command.optsWithGlobals<Json & { dryRun?: boolean }>()
        const gone = (await pruneBackups(ctx, { dryRun })).map(({ name }) => name)
        if (json) return cli.printJson({ removed: gone, dry_run: dryRun })
        for (const name of gone) cli.print(`${dryRun ? 'would remove' : 'removed'} ${name}`)
        if (gone.length === 0) cli.print('Nothing to remove')
      }),
    )
