/** `andon load-detections`: test rows for one line of a managed plant. */
import { loadTestData } from '../plant/system/index.ts'
import type { Cli, CliCommand } from './cli.ts'
import { withTenantPlant } from './tenant-plant.ts'

type Options = {
  readonly db?: string
  readonly line: string
  readonly nDet: string
  readonly nDt: string
  readonly dryRun?: boolean
  readonly json?: boolean
}

const countOf = (cli: Cli, name: string, text: string): number =>
  /^\d{1,7}$/.test(text) ? Number(text) : cli.fail(`${name} ${text}: a whole number up to 9 999 999`)

export const loadDetectionsCommand: CliCommand = (program, cli) => {
  program
    .command('load-detections')
    .description('Add test detections (10–20 s apart, over the last 7 days) and stops to one line of a managed plant')
    .argument('[tenant]', 'id, UUID or slug')
    .option('--db <tenant>', 'instead of the argument')
    .requiredOption('--line <line>', 'id or code of the line')
    .option('--n-det <count>', 'detections', '1000')
    .option('--n-dt <count>', 'stops', '10')
    .option('--dry-run', 'only check')
    .option('--json', 'report as JSON')
    .action((argument: string | undefined, { dryRun = false, json = false, ...options }: Options) => {
      const ref = argument ?? options.db ?? cli.fail('Name the company: load-detections <tenant>')
      const counts = { detections: countOf(cli, '--n-det', options.nDet), downtimes: countOf(cli, '--n-dt', options.nDt) }
      return withTenantPlant(cli, ref, async (plant, ctx) => {
        const line =
          plant.model.lines.find(
            ({ lineId, lineCode }) => String(lineId) === options.line || lineCode.toLowerCase() === options.line.toLowerCase(),
          ) ?? cli.fail(`There is no line ${options.line}`)
        const written = dryRun ? { detections: 0, downtimes: 0 } : await loadTestData(plant, line, counts, ctx.clock.nowMs(), Math.random)
        if (json) return cli.printJson({ dry_run: dryRun, line_id: line.lineId, ...written })
        cli.print(
          dryRun
            ? `Would add up to ${counts.detections} detections and ${counts.downtimes} stops to ${line.lineName}`
            : `Added ${written.detections} detections and ${written.downtimes} stops to ${line.lineName}`,
        )
      })
    })
}
