/** `andon monitor`: how the installation is doing, once or every so often. */
import { sql } from 'kysely'
import type { Context } from '../context.ts'
import { listBackups } from '../plant/backup/index.ts'
import { isDatabaseUnavailable } from '../platform/db/index.ts'
import { listWorkers } from '../platform/jobs/index.ts'
import { scrub } from '../platform/log/index.ts'
import type { CliCommand } from './cli.ts'

const count = async ({ db }: Context, query: ReturnType<typeof sql<{ n: number }>>): Promise<number> =>
  Number((await query.execute(db.kysely)).rows[0]?.n ?? 0)

async function figures(ctx: Context) {
  const nowMs = ctx.clock.nowMs()
  const startedMs = performance.now()
  await sql`select 1`.execute(ctx.db.kysely)
  const databaseMs = Math.round((performance.now() - startedMs) * 10) / 10
  const { backups } = await listBackups(ctx.config.backup.dir)
  const last = backups.at(-1)
  return {
    at: new Date(nowMs).toISOString(),
    database_ms: databaseMs,
    companies: await count(ctx, sql`select count(*) as n from tenants where is_active = 1`),
    sessions: await count(ctx, sql`select count(*) as n from sessions where ended_at is null and idle_expires_at > ${nowMs}`),
    workers: (await listWorkers(ctx.db, nowMs)).filter(({ isStale }) => !isStale).length,
    jobs_due: await count(ctx, sql`select count(*) as n from jobs where status = 'waiting' and run_at <= ${nowMs}`),
    jobs_failed: await count(ctx, sql`select count(*) as n from jobs where status = 'failed'`),
    mails_waiting: await count(ctx, sql`select count(*) as n from email_outbox where status = 'pending'`),
    backup_age_hours: last ? Math.floor((nowMs - last.createdAtMs) / 3_600_000) : null,
  }
}

/** Whoever watches wants to see an outage, and its end. */
const outage = ({ clock }: Context, error: unknown) => {
  if (!isDatabaseUnavailable(error)) throw error
  return { at: new Date(clock.nowMs()).toISOString(), fault: scrub((error as Error).message) }
}

const seconds = (text: string): number => {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new Error('--every must be a whole number of seconds')
  return Number(text)
}

export const monitorCommand: CliCommand = (program, cli) => {
  program
    .command('monitor')
    .description('Companies, sessions, workers, jobs, mails and the last backup in one line; exit code 1 when a job failed for good')
    .option('--every <seconds>', 'again and again, until Ctrl-C', seconds)
    .option('--json', 'one JSON document, or one per line with --every')
    .action(({ every, json }: { every?: number; json?: boolean }) =>
      cli.withContext(async (ctx) => {
        for (;;) {
          const now = await figures(ctx).catch((error: unknown) => {
            if (every === undefined) throw error
            return outage(ctx, error)
          })
          if (every !== undefined && json) cli.print(JSON.stringify(now))
          else if (json) cli.printJson(now)
          else
            cli.print(
              Object.entries(now)
                .map(([name, value]) => `${name}=${value ?? 'none'}`)
                .join('  '),
            )
          process.exitCode = 'fault' in now || now.jobs_failed > 0 ? 1 : 0
          if (every === undefined) return
          await new Promise((resolve) => setTimeout(resolve, every * 1_000))
        }
      }),
    )
}
