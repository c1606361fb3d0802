/** `andon archive …`: months of detections in the object store. */
import { listArchives, partsToRestore } from '../plant/archive/index.ts'
import { monthText } from '../plant/source/index.ts'
import { demandMonth, lineOf } from '../plant/tables/index.ts'
import type { CliCommand } from './cli.ts'
import { doAndTell, lineIdOf } from './partitions.ts'
import { withTenantPlant } from './tenant-plant.ts'

type Options = {
  readonly line: string
  readonly month: string
  readonly customerTables?: boolean
  readonly dryRun?: boolean
  readonly json?: boolean
}

export const archiveCommand: CliCommand = (program, cli) => {
  const group = program
    .command('archive')
    .description('Months of detections in the object store (they get there by `andon partitions drop --archive`)')
  group
    .command('list')
    .description('Archived months with their rows and checksums')
    .argument('<tenant>', 'id, UUID or slug')
    .option('--json', 'one JSON document')
    .action((ref: string, { json = false }: { json?: boolean }) =>
      withTenantPlant(cli, ref, async (_plant, ctx, tenantId) => {
        const archives = (await listArchives({ ...ctx.db, tenantId })).map((archive) => ({
          line_id: archive.lineId,
          month: monthText(archive.month),
          part: archive.part,
          state: archive.state,
          rows: archive.rows,
          bytes: archive.sizeBytes,
          sha256: archive.sha256,
        }))
        if (json) return cli.printJson(archives)
        if (archives.length === 0) return cli.print('Nothing is archived')
        for (const one of archives)
          cli.print(
            `line ${one.line_id}  ${one.month}  part ${one.part}  ${one.state}  ${one.rows} rows  ${one.bytes} bytes  ${one.sha256}`,
          )
      }),
    )
  group
    .command('restore')
    .description('Put an archived month back into its table, row for row; again after an interruption it goes on')
    .argument('<tenant>', 'id, UUID or slug')
    .requiredOption('--line <line>', 'id or code')
    .requiredOption('--month <month>', 'as 2025-01')
    .option('--customer-tables', 'also in a plant that was attached to be read: the operator answers for it')
    .option('--dry-run', 'only say what would be put back')
    .option('--json', 'one JSON document')
    .action((ref: string, { line, month, customerTables = false, dryRun = false, json = false }: Options) =>
      withTenantPlant(cli, ref, async (plant, ctx) => {
        const lineId = lineIdOf(cli, plant, line)
        if (dryRun) {
          const wanted = demandMonth(month, plant, ctx.clock.nowMs(), false)
          const { parts } = await partsToRestore(ctx, plant, lineOf(plant, lineId), wanted, customerTables)
          const told = parts.map(({ part, state, rows, sha256 }) => ({ part, state, rows, sha256 }))
          if (json) return cli.printJson(told)
          for (const { part, state, rows, sha256 } of told) cli.print(`would put back part ${part} (${state}): ${rows} rows  ${sha256}`)
          return
        }
        const work = { kind: 'restore', lineId, month, mayTouchCustomers: customerTables } as const
        return doAndTell(cli, ctx, plant, work, json)
      }),
    )
}
