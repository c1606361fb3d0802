/** `andon partitions …`: monthly partitions, retention and indexes of a company's detection tables. Tables of the customer are touched only with
 *  `--customer-tables`. */
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { findTenant } from '../identity/index.ts'
import type { OpenPlant } from '../plant/model/index.ts'
import { keptFrom } from '../plant/partitions/index.ts'
import { listAttachedTenants, monthText } from '../plant/source/index.ts'
import {
  currentMonth,
  demandMonth,
  doNow,
  ensureLines,
  indexSql,
  maintain,
  planLines,
  readPolicy,
  reportTables,
  sqlText,
  type Task,
  tableOf,
  type Work,
} from '../plant/tables/index.ts'
import type { Cli, CliCommand } from './cli.ts'
import { withTenantPlant } from './tenant-plant.ts'

type Options = {
  readonly line?: string
  readonly monthsAhead?: string
  readonly before?: string
  readonly archive?: boolean
  readonly customerTables?: boolean
  readonly dryRun?: boolean
  readonly sql?: boolean
  readonly json?: boolean
}

const commandLine = { userId: null, name: 'andon' }

export function lineIdOf(cli: Cli, { model }: OpenPlant, wanted: string | undefined): number | null {
  if (wanted === undefined) return null
  const line = model.lines.find((one) => String(one.lineId) === wanted || one.lineCode.toLowerCase() === wanted.toLowerCase())
  return line?.lineId ?? cli.fail(`There is no line ${wanted}`)
}

export async function doAndTell(cli: Cli, ctx: Context, plant: OpenPlant, work: Work, json: boolean): Promise<void> {
  const task = await doNow(ctx, plant, commandLine, work)
  if (json) cli.printJson(taskJson(task))
  else if (task.state === 'done') cli.print(task.note?.en ?? 'Done')
  if (task.state !== 'done') cli.fail(task.note?.en ?? 'Not done')
}

const taskJson = ({ work, state, note }: Task) => ({ kind: work.kind, state, note: note?.en ?? null })

const common = (command: Command): Command =>
  command
    .argument('<tenant>', 'id, UUID or slug')
    .option('--line <line>', 'only this line (id or code)')
    .option('--customer-tables', 'also in a plant that was attached to be read: the operator answers for it')
    .option('--dry-run', 'only say what would be done')
    .option('--json', 'one JSON document')

export const partitionsCommand: CliCommand = (program, cli) => {
  const group = program.command('partitions').description('Monthly partitions, retention and indexes of detection tables')
  const ensure = async (ref: string, options: Options): Promise<void> =>
    withTenantPlant(cli, ref, async (plant, ctx, tenantId) => {
      const policy = await readPolicy({ ...ctx.db, tenantId })
      const monthsAhead = options.monthsAhead === undefined ? policy.monthsAhead : Number(options.monthsAhead)
      if (!(Number.isInteger(monthsAhead) && monthsAhead >= 1 && monthsAhead <= 24)) return cli.fail('--months-ahead is 1 to 24')
      const lineId = lineIdOf(cli, plant, options.line)
      if (!options.dryRun) {
        const work = { kind: 'ensure', lineId, monthsAhead, mayTouchCustomers: options.customerTables ?? false } as const
        return doAndTell(cli, ctx, plant, work, options.json ?? false)
      }
      const planned = await ensureLines(ctx, plant, { lineId, monthsAhead }, null)
      const lines = planned.map(({ line, created, isPartitioned }) => ({ table: tableOf(line), partitions: [...created], isPartitioned }))
      if (options.json) return cli.printJson({ dry_run: true, lines })
      for (const { table, partitions, isPartitioned } of lines)
        cli.print(
          `${table}: ${!isPartitioned ? 'not partitioned by month, nothing to do' : partitions.length === 0 ? 'nothing is missing' : `would make ${partitions.join(', ')}`}`,
        )
    })
  for (const command of [group.command('ensure'), program.command('ensure-partitions')])
    common(command)
      .description('Make the partitions of the current month and the months ahead that are missing')
      .option('--months-ahead <n>', '1 to 24; default: what the company decided, else 3')
      .action(ensure)

  const drop = async (ref: string, options: Options): Promise<void> =>
    withTenantPlant(cli, ref, async (plant, ctx, tenantId) => {
      const policy = await readPolicy({ ...ctx.db, tenantId })
      if (options.before === undefined && policy.retentionMonths === null)
        return cli.fail('The company keeps everything: choose 12 or 24 months on the page "Tablas", or name --before 2025-01')
      const month = options.before ?? keptMonth(ctx, plant, policy.retentionMonths ?? 24)
      // a month that somebody named is that month, whatever the rows say of the clock
      const keptMonths = options.before === undefined ? (policy.retentionMonths ?? undefined) : undefined
      const isArchiving = options.archive ?? policy.isArchiving
      const lineId = lineIdOf(cli, plant, options.line)
      const before = demandMonth(month, plant, ctx.clock.nowMs(), true)
      if (!options.dryRun) {
        const work = {
          kind: 'take_out',
          lineId,
          month,
          isArchiving,
          keptMonths,
          mayTouchCustomers: options.customerTables ?? false,
        } as const
        return doAndTell(cli, ctx, plant, work, options.json ?? false)
      }
      const planned = await planLines(ctx, null, plant, lineId, before, { keptMonths })
      const lines = planned.map(({ line, units, rows }) => ({
        table: tableOf(line),
        rows,
        partitions: units.map((unit) => ({
          partition: unit.slot?.name ?? null,
          months: unit.months.map((one) => monthText(one.month)),
          rows: unit.rows,
        })),
      }))
      if (options.json) return cli.printJson({ dry_run: true, before: month, archive: isArchiving, lines })
      cli.print(`Before ${month}, ${isArchiving ? 'archived first' : 'deleted for good'}:`)
      for (const { table, partitions, rows } of lines) {
        cli.print(`${table}: ${rows} rows`)
        for (const unit of partitions) cli.print(`  ${unit.partition ?? 'rows'}  ${unit.months.join(' ')}  ${unit.rows} rows`)
      }
    })
  for (const command of [group.command('drop'), program.command('drop-old-partitions')])
    common(command)
      .description('Take old months out of the tables: what the company’s retention says, or everything before a month')
      .option('--before <month>', 'as 2025-01; at least the last three months stay')
      .option('--archive', 'into the object store first (default: what the company decided)')
      .option('--no-archive', 'delete for good')
      .action(drop)

  group
    .command('report')
    .description('How the tables are: rows, size, partitions, missing months and indexes, archived months')
    .argument('<tenant>', 'id, UUID or slug')
    .option('--sql', 'only the SQL that would help')
    .option('--json', 'one JSON document')
    .action((ref: string, { sql = false, json = false }: Options) =>
      withTenantPlant(cli, ref, async (plant, ctx, tenantId) => {
        const { monthsAhead } = await readPolicy({ ...ctx.db, tenantId })
        const reports = await reportTables(ctx, plant, monthsAhead)
        if (sql) return cli.print(sqlText(reports).trimEnd())
        const told = reports.map(({ line, table, rows, bytes, scheme, slots, missingMonths, indexes, archives }) => ({
          line: line.lineName,
          table,
          rows,
          bytes,
          scheme,
          partitions: slots.map(({ name }) => name),
          missing_months: missingMonths.map(monthText),
          missing_indexes: indexes.map(({ columns }) => columns.join(', ')),
          archived: archives.filter(({ state }) => state === 'archived').map(({ month }) => monthText(month)),
        }))
        if (json) return cli.printJson(told)
        for (const one of told)
          cli.print(
            `${one.line} (${one.table ?? 'no table'}): ${one.rows} rows, ${one.scheme === null ? 'no partitions' : `${one.partitions.length} partitions (${one.scheme})`}, missing months: ${one.missing_months.join(' ') || 'none'}, missing indexes: ${one.missing_indexes.join('; ') || 'none'}, archived: ${one.archived.join(' ') || 'none'}`,
          )
      }),
    )

  for (const command of [group.command('indexes'), program.command('optimize-indexes')])
    common(command)
      .description('Make the indexes that are missing; --dry-run shows their SQL. Reads each table whole: at a quiet hour')
      .action((ref: string, options: Options) =>
        withTenantPlant(cli, ref, async (plant, ctx) => {
          const lineId = lineIdOf(cli, plant, options.line)
          if (options.dryRun) return cli.print(indexSql(await reportTables(ctx, plant, 3, lineId)).trimEnd() || 'No index is missing')
          const work = { kind: 'indexes', lineId, mayTouchCustomers: options.customerTables ?? false } as const
          return doAndTell(cli, ctx, plant, work, options.json ?? false)
        }),
      )

  common(group.command('convert'))
    .description('Give a table monthly partitions that prune. The table is copied and nobody writes to it meanwhile: make a backup first')
    .action((ref: string, options: Options) =>
      withTenantPlant(cli, ref, async (plant, ctx) => {
        const lineId = lineIdOf(cli, plant, options.line) ?? cli.fail('--line says which table')
        const line = plant.model.lines.find((one) => one.lineId === lineId)
        if (options.dryRun) return cli.print(`Would copy ${line ? tableOf(line) : ''} into monthly partitions`)
        const work = { kind: 'convert', lineId, mayTouchCustomers: options.customerTables ?? false } as const
        return doAndTell(cli, ctx, plant, work, options.json ?? false)
      }),
    )

  group
    .command('maintain')
    .description('The monthly run now: partitions ahead, and what retention says; for cron where no worker runs')
    .argument('[tenant]', 'id, UUID or slug; without it every company with a plant')
    .option('--json', 'one JSON document')
    .action((ref: string | undefined, { json = false }: Options) =>
      cli.withContext(async (ctx) => {
        const tenant = ref === undefined ? null : ((await findTenant(ctx.db, ref)) ?? cli.fail(`There is no company ${ref}`))
        const results: { tenant_id: number; tasks: ReturnType<typeof taskJson>[] | null; error: string | null }[] = []
        for (const tenantId of tenant ? [tenant.tenantId] : await listAttachedTenants(ctx.db)) {
          try {
            const tasks = await ctx.plants.withPlant(tenantId, (plant) => maintain(ctx, plant, true))
            results.push({ tenant_id: tenantId, tasks: tasks?.map(taskJson) ?? null, error: null })
          } catch (error) {
            results.push({ tenant_id: tenantId, tasks: null, error: (error as Error).message })
          }
        }
        const hasFailed = results.some(({ error, tasks }) => error !== null || tasks?.some(({ state }) => state !== 'done'))
        process.exitCode = hasFailed ? 1 : 0
        if (json) return cli.printJson(results)
        for (const { tenant_id: id, tasks, error } of results)
          cli.print(
            `Company ${id}: ${error ?? tasks?.map(({ note }) => note).join(' ') ?? 'the tables are the customer’s, nothing is changed'}`,
          )
      }),
    )
}

const keptMonth = ({ clock }: Context, plant: OpenPlant, retentionMonths: number): string =>
  monthText(keptFrom(currentMonth(plant, clock.nowMs()), retentionMonths))
