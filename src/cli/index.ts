/** `andon`: every command is one file and one line here. */
import { Command, CommanderError } from 'commander'
import { ConfigError, type Environment } from '../platform/config/index.ts'
import { isDatabaseUnavailable } from '../platform/db/index.ts'
import { Problem } from '../platform/http/index.ts'
import { scrub } from '../platform/log/index.ts'
import { archiveCommand } from './archive.ts'
import { auditCommand } from './audit.ts'
import { backupCommand } from './backup.ts'
import { cleanupRefreshCommand } from './cleanup-refresh.ts'
import { type CliCommand, CliFailure, createCli } from './cli.ts'
import { configCommand } from './config.ts'
import { demoCommand } from './demo.ts'
import { doctorCommand } from './doctor.ts'
import { downtimeJobCommand } from './downtime-job.ts'
import { envAuditCommand, versionCommand } from './env-audit.ts'
import { importCommand } from './import.ts'
import { initDynamicTablesCommand } from './init-dynamic-tables.ts'
import { loadDetectionsCommand } from './load-detections.ts'
import { loadHistoryCommand } from './load-history.ts'
import { migrateCommand } from './migrate.ts'
import { monitorCommand } from './monitor.ts'
import { partitionsCommand } from './partitions.ts'
import { recalculateDowntimeCommand } from './recalculate-downtime.ts'
import { registerTenantCommand } from './register-tenant.ts'
import { restoreCommand } from './restore.ts'
import { seedCommand } from './seed.ts'
import { seedAdminCommand } from './seed-admin.ts'
import { seedFiltersCommand } from './seed-filters.ts'
import { seedWidgetCatalogCommand } from './seed-widget-catalog.ts'
import { serveCommand } from './serve.ts'
import { setupCommand } from './setup.ts'
import { tenantCommand } from './tenant.ts'
import { userCommand } from './user.ts'
import { verifyClientCommand } from './verify-client.ts'
import { workerCommand } from './worker.ts'

const commands: readonly CliCommand[] = [
  serveCommand,
  workerCommand,
  migrateCommand,
  backupCommand,
  restoreCommand,
  doctorCommand,
  monitorCommand,
  setupCommand,
  envAuditCommand,
  versionCommand,
  cleanupRefreshCommand,
  registerTenantCommand,
  verifyClientCommand,
  tenantCommand,
  userCommand,
  seedAdminCommand,
  auditCommand,
  importCommand,
  configCommand,
  initDynamicTablesCommand,
  seedWidgetCatalogCommand,
  seedFiltersCommand,
  seedCommand,
  loadDetectionsCommand,
  loadHistoryCommand,
  downtimeJobCommand,
  recalculateDowntimeCommand,
  partitionsCommand,
  archiveCommand,
  demoCommand,
]

type Streams = { readonly out: { write: (text: string) => unknown }; readonly err: { write: (text: string) => unknown } }

const words = (error: unknown): string => {
  if (error instanceof Problem) return error.detail('en')
  const text = error instanceof Error ? error.message : String(error)
  return isDatabaseUnavailable(error) ? `The database cannot be used: ${text}. \`andon doctor\` says which one` : text
}

/** Runs one command line (without `node` and script). Answers the exit code; nothing is thrown. */
export async function runCli(
  argv: readonly string[],
  env: Environment,
  { out, err }: Streams = { out: process.stdout, err: process.stderr },
): Promise<number> {
  const program = new Command('andon')
    .description('Plant monitoring on the customer’s own database')
    .showHelpAfterError()
    .configureOutput({ writeOut: (text) => out.write(text), writeErr: (text) => err.write(text) })
    .exitOverride()
  const cli = createCli(env, out, err)
  for (const add of commands) add(program, cli)
  // commander copies neither to commands that exist already.
  for (const command of allCommands(program)) command.exitOverride().configureOutput(program.configureOutput())
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return typeof process.exitCode === 'number' ? process.exitCode : 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode
    err.write(`andon: ${scrub(words(error))}\n`)
    if (
      !(error instanceof CliFailure || error instanceof ConfigError || error instanceof Problem) &&
      env.LOG_LEVEL === 'debug' &&
      error instanceof Error
    )
      err.write(`${scrub(error.stack ?? '')}\n`)
    return error instanceof CliFailure ? error.exitCode : 1
  }
}

const allCommands = (command: Command): Command[] => command.commands.flatMap((child) => [child, ...allCommands(child)])
