/** The single checks of `andon doctor`: each says what it found and, where something is wrong, what to do. */
import { statfsSync, statSync } from 'node:fs'
import { sql } from 'kysely'
import type { Context } from '../context.ts'
import { migrations } from '../migrations/index.ts'
import { listBackups } from '../plant/backup/index.ts'
import { isDemoMode } from '../plant/demo/index.ts'
import { durabilityOf, listActivity } from '../plant/ingest/index.ts'
import { listAttachedTenants } from '../plant/source/index.ts'
import { secretKeyFault } from '../platform/config/index.ts'
import { type Db, describeDatabase, type Engine, migrationStatus } from '../platform/db/index.ts'
import { Problem } from '../platform/http/index.ts'
import { listWorkers } from '../platform/jobs/index.ts'
import { scrub } from '../platform/log/index.ts'

export type Check = { readonly name: string; readonly status: 'ok' | 'warn' | 'error'; readonly text: string }

export const ok = (name: string, text: string): Check => ({ name, status: 'ok', text })
export const warn = (name: string, text: string): Check => ({ name, status: 'warn', text })
export const error = (name: string, text: string): Check => ({ name, status: 'error', text })

const reason = (failure: unknown): string => scrub(failure instanceof Error ? failure.message : String(failure))

const megabyte = 1e6

/** Of the folder's disk. */
export function checkDisk(name: string, folder: string): Check {
  try {
    const { bavail, blocks, bsize } = statfsSync(folder)
    const [freeMb, percent] = [Math.round((bavail * bsize) / megabyte), Math.round((100 * bavail) / blocks)]
    const text = `${freeMb} MB free (${percent} %)`
    if (freeMb < 100) return error(name, `${text}: writing will fail soon; make room`)
    return freeMb < 1_000 ? warn(name, `${text}: a backup may not fit`) : ok(name, text)
  } catch {
    return ok(name, 'not there yet')
  }
}

/** Databases and the secret are in it. Windows has no such rights. */
export function checkRights(dataDir: string): Check {
  const others = statSync(dataDir).mode & 0o007
  return others === 0 || process.platform === 'win32'
    ? ok('data folder rights', 'other accounts of this machine cannot look into it')
    : warn('data folder rights', `other accounts of this machine can look into ${dataDir}: chmod 700`)
}

export function checkSecret({ secretKey, isProduction }: Context['config']): Check {
  const fault = secretKeyFault(secretKey)
  if (fault) return (isProduction ? error : warn)('secret key', `SECRET_KEY ${fault}`)
  return ok('secret key', 'strong; keep a copy beside the backups’ copy, not in it')
}

export const checkMail = ({ mail, isProduction }: Context['config']): Check =>
  mail.transport === 'none' && isProduction
    ? warn('mail', 'none is sent: set SMTP_HOST; until then mail waits')
    : ok('mail', mail.transport === 'smtp' ? `through ${mail.smtp.host}:${mail.smtp.port}` : mail.transport)

/** Nothing in it may be believed before the schema is right: the other checks of the database ask `isUsable`. */
export async function checkDatabase({
  db,
  config,
  clock,
}: Context): Promise<{ readonly checks: readonly Check[]; readonly isUsable: boolean }> {
  const where = describeDatabase(config.database.url)
  try {
    const { version, durability } = await describeServer(db)
    const checks = [ok('database', `${where}, ${version}`), durability, await checkClock(db, clock.nowMs())]
    const { pending, unknown } = await migrationStatus(db, migrations)
    if (unknown.length > 0) return { checks: [...checks, error('schema', `of a newer version (${unknown.join(', ')})`)], isUsable: false }
    if (pending.length > 0)
      return { checks: [...checks, warn('schema', `${pending.length} migrations pending; run \`andon migrate\``)], isUsable: false }
    const { count } = await db.kysely
      .selectFrom('widget_catalog')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
    const catalogue =
      Number(count) > 0 ? ok('widget catalogue', `${count} rows`) : error('widget catalogue', 'empty; run `andon seed-widget-catalog`')
    return { checks: [...checks, ok('schema', `${migrations.length} migrations applied`), catalogue], isUsable: true }
  } catch (failure) {
    return { checks: [error('database', `${where}: ${reason(failure)}`)], isUsable: false }
  }
}

const first = async (db: Db, statement: string): Promise<Record<string, unknown>> =>
  (await sql.raw<Record<string, unknown>>(statement).execute(db.kysely)).rows[0] ?? {}

/** What a power cut would take. */
const asked: Readonly<
  Record<Engine, { readonly statement: string; readonly isDurable: (row: Record<string, unknown>) => boolean; readonly advice: string }>
> = {
  sqlite: {
    // `pragma` answers of the connection that writes
    statement: 'pragma synchronous',
    isDurable: ({ synchronous }) => Number(synchronous) >= 2,
    advice: '',
  },
  postgres: {
    statement: `select current_setting('fsync') as a, current_setting('synchronous_commit') as b, current_setting('full_page_writes') as c`,
    isDurable: ({ a, b, c }) => a === 'on' && b !== 'off' && c === 'on',
    advice: 'set fsync, synchronous_commit and full_page_writes to on',
  },
  mysql: {
    statement: 'select @@innodb_flush_log_at_trx_commit as a, @@innodb_doublewrite as b',
    isDurable: ({ a, b }) => Number(a) === 1 && String(b) !== '0' && String(b).toUpperCase() !== 'OFF',
    advice: 'set innodb_flush_log_at_trx_commit = 1 and innodb_doublewrite = ON',
  },
}

async function describeServer(db: Db): Promise<{ readonly version: string; readonly durability: Check }> {
  const { version } = await first(db, db.engine === 'sqlite' ? 'select sqlite_version() as version' : 'select version() as version')
  const { statement, isDurable, advice } = asked[db.engine]
  const isSafe = isDurable(await first(db, statement))
  return {
    version: String(version),
    durability: isSafe
      ? ok('durability', 'what was answered survives a power cut')
      : warn('durability', `a power cut may lose what was answered: ${advice}`),
  }
}

const maxSkewS = 5

/** Ours against the database server's. */
async function checkClock(db: Db, nowMs: number): Promise<Check> {
  const ours = new Date(nowMs).toISOString()
  if (nowMs < Date.UTC(2025, 0)) return error('clock', `${ours}: this machine’s clock is wrong`)
  if (db.engine === 'sqlite') return ok('clock', ours)
  const { s } = await first(
    db,
    db.engine === 'postgres' ? 'select extract(epoch from clock_timestamp()) as s' : 'select unix_timestamp(now(3)) as s',
  )
  const skewS = Math.round(Number(s) - nowMs / 1000)
  return Math.abs(skewS) <= maxSkewS
    ? ok('clock', `${ours}, the database server agrees`)
    : warn('clock', `${ours}, the database server is ${skewS} s off: set both by NTP`)
}

export async function checkWork(ctx: Context): Promise<readonly Check[]> {
  const { db, clock, config } = ctx
  const nowMs = clock.nowMs()
  const live = (await listWorkers(db, nowMs)).filter(({ isStale }) => !isStale)
  const { rows } = await sql<{ status: string; n: number }>`select status, count(*) as n from jobs group by status`.execute(db.kysely)
  const count = (status: string) => Number(rows.find((row) => row.status === status)?.n ?? 0)
  const workers =
    live.length > 0
      ? ok('workers', live.map(({ name, pid, host }) => `${name} ${pid} on ${host}`).join(', '))
      : config.database.isEmbedded
        ? ok('workers', 'none runs now; `serve` does their work')
        : warn('workers', 'none runs now: mail, stops and backups wait; start `andon worker`, or call `andon worker --once` by cron')
  const failed = count('failed')
  return [workers, failed === 0 ? ok('jobs', `${count('waiting')} waiting`) : warn('jobs', `${failed} failed for good; see the log`)]
}

const hourMs = 3_600_000

/** Nightly ones are 24 hours apart. */
export async function checkBackups(ctx: Context): Promise<Check> {
  const { config, clock, db } = ctx
  if (await isDemoMode(config, db)) return ok('backups', 'none of a demo')
  const { dir } = config.backup
  const { backups, broken } = await listBackups(dir)
  const last = backups.filter(({ manifest }) => manifest.kind === 'full').at(-1)
  if (broken.length > 0) return error('backups', broken.map(({ fault }) => fault).join('; '))
  if (!last) return warn('backups', `none in ${dir}; run \`andon backup\``)
  const hours = Math.floor((clock.nowMs() - last.createdAtMs) / hourMs)
  const text = `${last.name}, ${hours} h ago`
  if (last.manifest.faults.length > 0) return warn('backups', `${text}, is incomplete: ${last.manifest.faults.join('; ')}`)
  return hours <= 26
    ? ok('backups', text)
    : warn('backups', `${text}: nightly ones do not come; run \`andon backup\` and look at the worker`)
}

/** Each company's, as a request would open it. */
export async function checkPlants({ db, plants }: Context): Promise<readonly Check[]> {
  const checks: Check[] = []
  for (const tenantId of await listAttachedTenants(db)) {
    const name = `plant of company ${tenantId}`
    try {
      const [lines, settings] = await plants.withPlant(tenantId, async ({ db: plantDb, model }) => {
        const { isSynced, settings } = await durabilityOf(plantDb)
        return [model.lines.length, isSynced || (await listActivity({ ...db, tenantId }, 1)).length === 0 ? [] : settings] as const
      })
      checks.push(ok(name, `${lines} lines`))
      if (settings.length > 0)
        checks.push(warn(name, `a power cut may lose rows whose taking in was acknowledged: its server has ${settings.join(', ')}`))
    } catch (failure) {
      checks.push(warn(name, failure instanceof Problem ? failure.detail('en') : reason(failure)))
    }
  }
  return checks
}
