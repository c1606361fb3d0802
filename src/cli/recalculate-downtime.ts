/** `andon recalculate-downtime`: automatic stops of a range calculated anew; manual and explained ones stay. */
import type { Line } from '../plant/model/index.ts'
import { recalculateAlone } from '../plant/stops/index.ts'
import { dayS, formatLocal, parseLocal, zoneOf } from '../platform/time/index.ts'
import type { CliCommand } from './cli.ts'
import { withTenantPlant } from './tenant-plant.ts'

type Options = {
  readonly from: string
  readonly to: string
  readonly line?: string
  readonly threshold?: string
  readonly dryRun?: boolean
  readonly json?: boolean
}

export const recalculateDowntimeCommand: CliCommand = (program, cli) => {
  program
    .command('recalculate-downtime')
    .description('Calculate automatic stops of a range anew; manual and explained ones stay as they are')
    .argument('<tenant>', 'id, UUID or slug')
    .requiredOption('--from <date>', 'first day, as 2026-10-01')
    .requiredOption('--to <date>', 'last day, that one included')
    .option('--line <line>', 'only this line (id or code)')
    .option('--threshold <seconds>', 'instead of each line’s own')
    .option('--dry-run', 'only say what would change')
    .option('--json', 'one JSON document')
    .action((ref: string, { from, to, line: wanted, threshold, dryRun = false, json = false }: Options) =>
      withTenantPlant(cli, ref, async ({ model }, ctx, tenantId) => {
        const [fromLocalS, toLocalS] = [parseLocal(from), parseLocal(to)]
        if (fromLocalS === null || toLocalS === null || toLocalS < fromLocalS) return cli.fail('--from and --to are dates, as 2026-10-01')
        const thresholdS = threshold === undefined ? null : Number(threshold)
        if (thresholdS !== null && !(Number.isInteger(thresholdS) && thresholdS > 0))
          return cli.fail('--threshold is a whole number of seconds')
        const isWanted = ({ lineId, lineCode }: Line): boolean =>
          wanted === undefined || String(lineId) === wanted || lineCode.toLowerCase() === wanted.toLowerCase()
        const isDetecting = ({ isActive, autoDetectDowntime, downtimeThresholdS, detectionTable }: Line): boolean =>
          isActive && autoDetectDowntime && detectionTable !== null && (thresholdS ?? downtimeThresholdS) > 0
        const lines = model.lines.filter((line) => isWanted(line) && isDetecting(line))
        if (lines.length === 0)
          return cli.fail(wanted === undefined ? 'No line detects stops' : `There is no line ${wanted} that detects stops`)
        const zone = zoneOf(model.settings.timeZone)
        const { preview, ...counts } = await recalculateAlone(ctx, tenantId, {
          lineIds: lines.map(({ lineId }) => lineId),
          fromS: zone.toEpochS(fromLocalS),
          toS: zone.toEpochS(toLocalS + dayS),
          thresholdS,
          isDryRun: dryRun,
        })
        const rows = preview.map(({ action, lineId, eventId, startLocalS, endLocalS }) => ({
          action,
          line_id: lineId,
          event_id: eventId,
          start_time: formatLocal(startLocalS),
          end_time: formatLocal(endLocalS),
        }))
        if (json) return cli.printJson({ dry_run: dryRun, ...counts, downtimes: rows })
        for (const row of rows) cli.print(`${row.action}  line ${row.line_id}  ${row.start_time} – ${row.end_time}`)
        cli.print(
          `${dryRun ? 'Would be' : 'Done'}: ${counts.inserted} inserted, ${counts.updated} updated, ${counts.deleted} deleted, ${counts.kept} kept`,
        )
      }),
    )
}
