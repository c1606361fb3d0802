/** `andon downtime-job`: stores calculated stops now, as the worker does every 15 minutes; for cron. */
import { findTenant } from '../identity/index.ts'
import { type LineRun, storeStops } from '../plant/stops/index.ts'
import type { CliCommand } from './cli.ts'

const describe = ({ lineName, outcome, stored, extended, lateDays, error }: LineRun): string =>
  outcome === 'stored'
    ? `${lineName}: ${stored} stored, ${extended} extended${lateDays > 0 ? `, ${lateDays} days looked at again for late rows` : ''}`
    : `${lineName}: ${words[outcome]}${error === null ? '' : `: ${error}`}`

const words: Readonly<Record<LineRun['outcome'], string>> = {
  stored: 'stored',
  busy: 'another process is at it',
  loading: 'its history is still loading',
  off: 'the company has it turned off, stops are calculated on read',
  no_data: 'no detection yet',
  no_right: 'the account may not write its downtime table, stops are calculated on read',
  no_table: 'no detection or downtime table',
  not_detecting: 'no automatic detection',
  failed: 'failed',
}

export const downtimeJobCommand: CliCommand = (program, cli) => {
  program
    .command('downtime-job')
    .description('Store calculated stops that are over in the plants’ downtime tables; exit code 1 when a line failed')
    .argument('[tenant]', 'id, UUID or slug; without it every company with a plant')
    .option('--json', 'one JSON document')
    .action((ref: string | undefined, { json = false }: { json?: boolean }) =>
      cli.withContext(async (ctx) => {
        const tenant = ref === undefined ? null : ((await findTenant(ctx.db, ref)) ?? cli.fail(`There is no company ${ref}`))
        const runs = await storeStops(ctx, tenant && [tenant.tenantId])
        const hasFailed = runs.some(({ error, lines }) => error !== null || lines.some(({ outcome }) => outcome === 'failed'))
        process.exitCode = hasFailed ? 1 : 0
        if (json)
          return cli.printJson(
            runs.map(({ tenantId, error, lines }) => ({
              tenant_id: tenantId,
              error,
              lines: lines.map(({ lineId, outcome, stored, extended, lateDays, error: lineError }) => ({
                line_id: lineId,
                outcome,
                stored,
                extended,
                late_days: lateDays,
                error: lineError,
              })),
            })),
          )
        for (const { tenantId, error, lines } of runs) {
          cli.print(`Company ${tenantId}${error === null ? '' : `: ${error}`}`)
          for (const line of lines) cli.print(`  ${describe(line)}`)
        }
      }),
    )
}
