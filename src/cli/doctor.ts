/** `andon doctor`: what this installation needs and lacks, one line per check. Exit code 0 fine, 1 warnings, 2 errors. `andon test-db`: only
 *  its databases. */
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { type Context, createContext, rootDir } from '../context.ts'
import { ConfigError, type Environment, readConfig } from '../platform/config/index.ts'
import { scrub, silentLog } from '../platform/log/index.ts'
import type { Cli, CliCommand } from './cli.ts'
import {
  type Check,
  checkBackups,
  checkDatabase,
  checkDisk,
  checkMail,
  checkPlants,
  checkRights,
  checkSecret,
  checkWork,
  error,
  ok,
  warn,
} from './doctor-checks.ts'

const checkNode = (): Check =>
  Number(process.versions.node.split('.')[0]) >= 24
    ? ok('node', process.versions.node)
    : error('node', `${process.versions.node}; 24 or newer is needed`)

function checkDataDir(dataDir: string): readonly Check[] {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    accessSync(dataDir, constants.W_OK)
    return [ok('data folder', dataDir), checkRights(dataDir), checkDisk('disk of the data folder', dataDir)]
  } catch {
    return [error('data folder', `${dataDir} cannot be written; set DATA_DIR or its rights`)]
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

const databases = async (ctx: Context): Promise<readonly Check[]> => {
  const { checks, isUsable } = await checkDatabase(ctx)
  return isUsable ? [...checks, ...(await checkPlants(ctx))] : checks
}

async function everything(ctx: Context): Promise<readonly Check[]> {
  const { config } = ctx
  const { checks, isUsable } = await checkDatabase(ctx)
  const ofData = isUsable ? [...(await checkWork(ctx)), await checkBackups(ctx), ...(await checkPlants(ctx))] : []
  return [
    checkNode(),
    ok('configuration', config.appEnv),
    checkSecret(config),
    checkHttp(config),
    ...checkDataDir(config.dataDir),
    checkDisk('disk of backups', existsSync(config.backup.dir) ? config.backup.dir : config.dataDir),
    checkMail(config),
    checkAssets(),
    ...checks,
    ...ofData,
  ]
}

async function examine(env: Environment, look: (ctx: Context) => Promise<readonly Check[]>): Promise<readonly Check[]> {
  try {
    const ctx = await createContext(readConfig(env), { log: silentLog() })
    try {
      return await look(ctx)
    } finally {
      await ctx.close()
    }
  } catch (failure) {
    if (failure instanceof ConfigError) return [checkNode(), ...failure.problems.map((problem) => error('configuration', problem))]
    return [checkNode(), error('start', scrub(failure instanceof Error ? failure.message : String(failure)))]
  }
}

async function report(cli: Cli, look: (ctx: Context) => Promise<readonly Check[]>, json: boolean): Promise<void> {
  const checks = await examine(cli.env, look)
  if (json) cli.printJson({ checks })
  else for (const check of checks) cli.print(`${check.status.padEnd(5)}  ${check.name}: ${check.text}`)
  process.exitCode = checks.some(({ status }) => status === 'error') ? 2 : checks.some(({ status }) => status === 'warn') ? 1 : 0
}

export const doctorCommand: CliCommand = (program, cli) => {
  program
    .command('doctor')
    .alias('verify-dependencies')
    .description('Check this installation: Node, settings, folders, disk, database, clock, workers, backups, plants; exit code 0, 1 or 2')
    .option('--json', 'one JSON document')
    .action(({ json = false }: { json?: boolean }) => report(cli, everything, json))
  program
    .command('test-db')
    .description('Check that the platform database and every plant database answer; exit code 0, 1 or 2')
    .option('--json', 'one JSON document')
    .action(({ json = false }: { json?: boolean }) => report(cli, databases, json))
}
