/** Plants of a company side by side. Each one's figures are ratios of sums over its lines, as are those of all together: never a mean of percentages.
 *  Pure. */
import type { Facts, LineFacts } from '../facts/index.ts'
import { computeKpis, type KpiFacts } from '../kpi/index.ts'
import type { PlantModel } from '../model/index.ts'

export type ComparedSite = {
  /** Null: the lines that are in no plant. */
  readonly siteId: number | null
  readonly siteName: string | null
  readonly siteCode: string
  readonly lines: readonly { readonly lineId: number; readonly lineName: string }[]
  readonly kpi: KpiFacts
}
export type Comparison = { readonly sites: readonly ComparedSite[]; readonly total: KpiFacts }

const kpiOf = (lines: readonly LineFacts[]): KpiFacts =>
  computeKpis(
    lines.map(({ kpi, quantities }) => ({
      time: kpi.time,
      elapsedS: kpi.elapsedS,
      quantities,
      totalProduction: kpi.totalProduction,
      totalWeightCentikg: kpi.totalWeightCentikg,
    })),
  )

/** In the company's order; plants without a line among the facts are left out. */
export function compareSites({ settings }: Pick<PlantModel, 'settings'>, facts: Pick<Facts, 'lines' | 'kpi'>): Comparison {
  const placed = new Set(settings.sites.flatMap(({ lineIds }) => lineIds))
  const groups = [
    ...settings.sites.map(({ lineIds, ...site }) => ({ ...site, isMine: (lineId: number) => lineIds.includes(lineId) })),
    { siteId: null, siteName: null, siteCode: '', isMine: (lineId: number) => !placed.has(lineId) },
  ]
  const sites = groups.flatMap(({ isMine, ...site }): ComparedSite[] => {
    const lines = facts.lines.filter(({ line }) => isMine(line.lineId))
    if (lines.length === 0) return []
    return [{ ...site, lines: lines.map(({ line: { lineId, lineName } }) => ({ lineId, lineName })), kpi: kpiOf(lines) }]
  })
  return { sites, total: facts.kpi }
}
