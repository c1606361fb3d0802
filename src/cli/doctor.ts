/** `andon doctor`: what this installation needs and lacks, one line per check. Exit code 0 fine, 1 warnings, 2 errors. */
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { sql } from 'kysely'
import { type Context, createContext, rootDir } from '../context.ts'
import { migrations } from '../migrations/index.ts'
import { ConfigError, type Environment, readConfig } from '../platform/config/index.ts'
import { describeDatabase, migrationStatus } from '../platform/db/index.ts'
import { scrub, silentLog } from '../platform/log/index.ts'
import type { CliCommand } from './cli.ts'

type Check = { readonly name: string; readonly status: 'ok' | 'warn' | 'error'; readonly text: string }

const ok = (name: string, text: string): Check => ({ name, status: 'ok', text })
const warn = (name: string, text: string): Check => ({ name, status: 'warn', text })
const error = (name: string, text: string): Check => ({ name, status: 'error', text })

const checkNode = (): Check =>
  Number(process.versions.node.split('.')[0]) >= 24
    ? ok('node', process.versions.node)
    : error('node', `${process.versions.node}; 24 or newer is needed`)

function checkDataDir(dataDir: string): Check {
  try {
    mkdirSync(dataDir, { recursive: true })
    accessSync(dataDir, constants.W_OK)
    return ok('data folder', dataDir)
  } catch {
    return error('data folder', `${dataDir} cannot be written; set DATA_DIR or its rights`)
  }
}

const checkAssets = (): Check =>
  existsSync(path.join(rootDir, 'dist/manifest.json'))
    ? ok('browser assets', 'built')
    : warn('browser assets', 'not built; `node scripts/run.mjs serve` builds them')

const checkHttp = ({ http, isProduction }: Context['config']): Check => {
  if (http.isInsecureLan) return warn('address', `${http.publicUrl} is plain http: passwords cross the factory network in the clear`)
  return isProduction && !http.isSecure
    ? warn('address', `${http.publicUrl} is reachable from this machine only`)
    : ok('address', http.publicUrl)
}

async function checkDatabase({ db, config }: Context): Promise<readonly Check[]> {
  const where = describeDatabase(config.database.url)
  try {
    await sql`select 1`.execute(db.kysely)
    const { pending, unknown } = await migrationStatus(db, migrations)
    if (unknown.length > 0) return [ok('database', where), error('schema', `of a newer version (${unknown.join(', ')})`)]
    if (pending.length > 0) return [ok('database', where), warn('schema', `${pending.length} migrations pending; run \`andon migrate\``)]
    const { count } = await db.kysely
      .selectFrom('widget_catalog')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
    return [
      ok('database', where),
      ok('schema', `${migrations.length} migrations applied`),
      Number(count) > 0 ? ok('widget catalogue', `${count} rows`) : error('widget catalogue', 'empty; run `andon seed-widget-catalog`'),
    ]
  } catch (failure) {
    return [error('database', `${where}: ${scrub(failure instanceof Error ? failure.message : String(failure))}`)]
  }
}

async function examine(env: Environment): Promise<readonly Check[]> {
  try {
    const config = readConfig(env)
    const ctx = await createContext(config, { log: silentLog() })
    try {
      return [
        checkNode(),
        ok('configuration', config.appEnv),
        checkHttp(config),
        checkDataDir(config.dataDir),
        checkAssets(),
        ...(await checkDatabase(ctx)),
      ]
    } finally {
      await ctx.close()
    }
  } catch (failure) {
    if (failure instanceof ConfigError) return [checkNode(), ...failure.problems.map((problem) => error('configuration', problem))]
    return [checkNode(), error('start', scrub(failure instanceof Error ? failure.message : String(failure)))]
  }
}

export const doctorCommand: CliCommand = (program, cli) => {
  program
    .command('doctor')
    .description('Check this installation: Node, configuration, folders, database, schema')
    .option('--json', 'one JSON document')
    .action(async ({ json }: { json?: boolean }) => {
      const checks = await examine(cli.env)
      if (json) cli.printJson({ checks })
      else for (const check of checks) cli.print(`${check.status.padEnd(5)}  ${check.name}: ${check.text}`)
      process.exitCode = checks.some(({ status }) => status === 'error') ? 2 : checks.some(({ status }) => status === 'warn') ? 1 : 0
    })
}
