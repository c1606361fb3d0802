/** What a dashboard without Andon would ask the same database: one obvious statement per figure, none asked twice, all on one open connection. */
import { type RawBuilder, sql } from 'kysely'
import { lineTableNames } from '../src/plant/source/index.ts'
import { asInteger, type OpenedPlant } from '../src/platform/db/index.ts'
import { formatLocal, type LocalS } from '../src/platform/time/index.ts'

export type PlainLine = { readonly lineCode: string; readonly outputArea: number; readonly thresholdS: number }

export type PlainFigures = {
  readonly rows: number
  readonly production: number
  /** Products with output. */
  readonly products: ReadonlySet<number>
}

type Words = {
  readonly hour: RawBuilder<unknown>
  readonly day: RawBuilder<unknown>
  readonly quarterHour: RawBuilder<unknown>
  /** Seconds from the row before (`previous`) to `detected_at`. */
  readonly gapS: (previous: RawBuilder<unknown>) => RawBuilder<unknown>
}

const words: Readonly<Record<OpenedPlant['engine'], Words>> = {
  mysql: {
    hour: sql`date_format(d.detected_at, '%Y-%m-%d %H:00')`,
    day: sql`date(d.detected_at)`,
    quarterHour: sql`floor(minute(d.detected_at) / 15)`,
    gapS: (previous) => sql`timestampdiff(SECOND, ${previous}, d.detected_at)`,
  },
  postgres: {
    hour: sql`date_trunc('hour', d.detected_at)`,
    day: sql`d.detected_at::date`,
    quarterHour: sql`floor(extract(minute from d.detected_at) / 15)`,
    gapS: (previous) => sql`extract(epoch from d.detected_at - ${previous})`,
  },
  sqlite: {
    hour: sql`substr(d.detected_at, 1, 13)`,
    day: sql`substr(d.detected_at, 1, 10)`,
    quarterHour: sql`(substr(d.detected_at, 15, 2) / 15)`,
    gapS: (previous) => sql`(unixepoch(d.detected_at) - unixepoch(${previous}))`,
  },
}

const tablesOf = (lineCode: string) => {
  const { detectionTable, downtimeTable } = lineTableNames(lineCode)
  return { detections: sql.table(detectionTable), stops: sql.table(downtimeTable) }
}

const asked = async ({ kysely }: OpenedPlant, statement: RawBuilder<unknown>): Promise<readonly Record<string, unknown>[]> =>
  (await statement.execute(kysely)).rows as Record<string, unknown>[]

/** The figures of the twelve widgets for one line: production, its buckets, its products, flow, summary, quality, stops; and the period before for the trends. */
export async function askPlainly(
  plant: OpenedPlant,
  { lineCode, outputArea, thresholdS }: PlainLine,
  { fromS, toS, interval }: { readonly fromS: LocalS; readonly toS: LocalS; readonly interval: 'hour' | 'day' },
): Promise<PlainFigures> {
  const { detections, stops } = tablesOf(lineCode)
  const { gapS, [interval]: bucket } = words[plant.engine]
  const within = (startS: LocalS, endS: LocalS) => sql`d.detected_at >= ${formatLocal(startS)} AND d.detected_at < ${formatLocal(endS)}`
  const inRange = within(fromS, toS)
  const [total] = await asked(plant, sql`SELECT count(*) AS n FROM ${detections} d WHERE ${inRange} AND d.area_id = ${outputArea}`)
  await asked(
    plant,
    sql`SELECT ${bucket} AS bucket, d.product_id, count(*) AS n FROM ${detections} d WHERE ${inRange} AND d.area_id = ${outputArea}
      GROUP BY ${bucket}, d.product_id ORDER BY bucket`,
  )
  const products = await asked(
    plant,
    sql`SELECT p.product_id, p.product_name, count(*) AS n, sum(p.product_weight) AS kg FROM ${detections} d JOIN product p ON p.product_id = d.product_id
      WHERE ${inRange} AND d.area_id = ${outputArea} GROUP BY p.product_id, p.product_name ORDER BY n DESC`,
  )
  await asked(
    plant,
    sql`SELECT ${bucket} AS bucket, d.area_id, count(*) AS n FROM ${detections} d WHERE ${inRange} GROUP BY ${bucket}, d.area_id ORDER BY bucket`,
  )
  const [summary] = await asked(
    plant,
    sql`SELECT count(*) AS n, count(DISTINCT d.product_id) AS products, min(d.detected_at) AS first_at, max(d.detected_at) AS last_at
      FROM ${detections} d WHERE ${inRange}`,
  )
  for (const [startS, endS] of [
    [fromS, toS],
    [2 * fromS - toS, fromS],
  ] as const) {
    // Quality and performance: pieces per area and product.
    await asked(
      plant,
      sql`SELECT d.area_id, d.product_id, count(*) AS n, sum(60.0 / nullif(p.production_std, 0)) AS ideal FROM ${detections} d
        JOIN product p ON p.product_id = d.product_id WHERE ${within(startS, endS)} GROUP BY d.area_id, d.product_id`,
    )
    // Availability and the list of stops: silences of the output camera, and what was written down.
    await asked(
      plant,
      sql`SELECT g.detected_at, g.gap_s FROM (
          SELECT d.detected_at, ${gapS(sql`lag(d.detected_at) OVER (ORDER BY d.detected_at, d.detection_id)`)} AS gap_s
          FROM ${detections} d WHERE ${within(startS, endS)} AND d.area_id = ${outputArea}) g
        WHERE g.gap_s > ${sql.lit(thresholdS)}`,
    )
    await asked(
      plant,
      sql`SELECT e.*, i.incident_code, i.description, f.type_failure FROM ${stops} e LEFT JOIN incident i ON i.incident_id = e.reason_code
        LEFT JOIN failure f ON f.failure_id = i.failure_id WHERE e.start_time < ${formatLocal(endS)} AND e.end_time > ${formatLocal(startS)}`,
    )
  }
  return {
    rows: asInteger(summary?.n) ?? 0,
    production: asInteger(total?.n) ?? 0,
    products: new Set(products.map((row) => asInteger(row.product_id) ?? 0)),
  }
}

/** What a summary per day needs, asked of the server itself. `withGaps`: also the silences of each camera, which the summaries hold too. */
export async function groupPlainly(plant: OpenedPlant, lineCode: string, withGaps: boolean): Promise<void> {
  const { detections } = tablesOf(lineCode)
  const { day, hour, quarterHour, gapS } = words[plant.engine]
  await asked(
    plant,
    sql`SELECT ${hour} AS at_hour, ${quarterHour} AS quarter_hour, d.area_id, d.product_id, count(*) AS n FROM ${detections} d
      GROUP BY ${hour}, ${quarterHour}, d.area_id, d.product_id`,
  )
  if (!withGaps) return
  await asked(
    plant,
    sql`SELECT g.area_id, g.on_day, count(*) AS n, sum(g.gap_s) AS silent_s FROM (
        SELECT d.area_id, ${day} AS on_day, ${gapS(sql`lag(d.detected_at) OVER (PARTITION BY d.area_id ORDER BY d.detected_at, d.detection_id)`)} AS gap_s
        FROM ${detections} d) g
      WHERE g.gap_s >= 30 GROUP BY g.area_id, g.on_day`,
  )
}

export async function countRows(plant: OpenedPlant, lineCode: string): Promise<number> {
  const [row] = await asked(plant, sql`SELECT count(*) AS n FROM ${tablesOf(lineCode).detections}`)
  return asInteger(row?.n) ?? 0
}
