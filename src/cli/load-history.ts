/** `andon load-history`: reads a company's detections into day summaries before anybody waits for them. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from '../context.ts'
import { historyStatus } from '../plant/history/index.ts'
import type { Line, OpenPlant } from '../plant/model/index.ts'
import type { CliCommand } from './cli.ts'
import { progressBar } from './progress.ts'
import { withTenantPlant } from './tenant-plant.ts'

type Options = { readonly line?: string; readonly check?: boolean; readonly json?: boolean }

const retryMs = 1_000

/** Another process may hold the line: its batches count as ours, and when it is gone we go on where it stopped. */
async function loadLine(
  { histories }: Context,
  plant: OpenPlant,
  line: Line,
  { show, onWait }: { readonly show: (fraction: number) => void; readonly onWait: () => void },
): Promise<void> {
  for (let isFirst = true; ; isFirst = false) {
    const { loadedFraction } = await histories.load(plant, line, (loading) => show(loading.loadedFraction))
    show(loadedFraction)
    if (loadedFraction >= 1) return
    if (isFirst) onWait()
    await sleep(retryMs)
  }
}

export const loadHistoryCommand: CliCommand = (program, cli) => {
  program
    .command('load-history')
    .description('Read a company’s detections into day summaries, newest days first; interrupted, it goes on where it was')
    .argument('<tenant>', 'id, UUID or slug')
    .option('--line <line>', 'only this line (id or code)')
    .option('--check', 'then compare every day with the detections and read those that differ anew: after a correction or a restored table')
    .option('--json', 'report as JSON; no progress bar')
    .action((ref: string, { line: wanted, check = false, json = false }: Options) =>
      withTenantPlant(cli, ref, async (plant, ctx, tenantId) => {
        const isWanted = ({ lineId, lineCode }: Line): boolean =>
          wanted === undefined || String(lineId) === wanted || lineCode.toLowerCase() === wanted.toLowerCase()
        const lines = plant.model.lines.filter((line) => line.detectionTable !== null && isWanted(line))
        if (wanted !== undefined && lines.length === 0) cli.fail(`There is no line ${wanted} with detections`)
        const startedMs = performance.now()
        const compared = { checked: 0, rebuilt: 0, purged: 0 }
        for (const [i, line] of lines.entries()) {
          const bar = progressBar(json ? null : process.stderr)
          await loadLine(ctx, plant, line, {
            show: (fraction) => bar.show(fraction, `${line.lineName} (${i + 1}/${lines.length})`),
            onWait: () => cli.note('Another process loads this line, or was interrupted: it is taken over within 30 s'),
          })
          bar.end()
          if (!check) continue
          const { checked, rebuilt, purged } = await ctx.histories.reconcile(plant, line)
          compared.checked += checked
          compared.rebuilt += rebuilt
          compared.purged += purged
        }
        const seconds = Math.round(performance.now() - startedMs) / 1000
        const ids = new Set(lines.map(({ lineId }) => lineId))
        const status = (await historyStatus({ ...ctx.db, tenantId })).filter(({ lineId }) => ids.has(lineId))
        const rows = status.reduce((sum, line) => sum + line.rows, 0)
        if (json) {
          const told = status.map(({ lineId, loadedFraction, days, rows: lineRows, settledId }) => ({
            line_id: lineId,
            loaded_fraction: loadedFraction,
            days,
            rows: lineRows,
            settled_id: settledId,
          }))
          return cli.printJson({ tenant_id: tenantId, seconds, rows, ...(check && { compared }), lines: told })
        }
        cli.print(`${lines.length} lines, ${rows} rows in day summaries, ${seconds} s`)
        if (check)
          cli.print(`${compared.checked} days compared: ${compared.rebuilt} read anew, ${compared.purged} kept of rows that are gone`)
      }),
    )
}
