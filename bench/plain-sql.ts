/** What a dashboard without Andon would ask the same database: one obvious statement per figure, none asked twice, all on one open connection. */
import type { Connection, RowDataPacket } from 'mysql2/promise'
import { formatLocal, type LocalS } from '../src/platform/time/index.ts'

export type PlainFigures = {
  readonly rows: number
  readonly production: number
  /** Product id to pieces. */
  readonly byProduct: ReadonlyMap<number, number>
  /** Hours that hold a piece. */
  readonly busyHours: number
}

export type PlainQuestion = {
  readonly detectionTable: string
  readonly downtimeTable: string
  readonly outputArea: number
  readonly thresholdS: number
  readonly fromS: LocalS
  readonly toS: LocalS
}

/** The figures of the twelve widgets: production, its hours, its products, flow, summary, quality, stops; and the period before for the trends. */
export async function askPlainly(connection: Connection, question: PlainQuestion): Promise<PlainFigures> {
  const { detectionTable: table, outputArea, thresholdS, fromS, toS } = question
  const range = [formatLocal(fromS), formatLocal(toS)]
  const before = [formatLocal(2 * fromS - toS), formatLocal(fromS)]
  const ask = async <Row>(statement: string, values: readonly (string | number | undefined)[]): Promise<Row[]> => {
    const [rows] = await connection.query<RowDataPacket[]>(statement, [...values])
    return rows as Row[]
  }
  const inRange = 'd.detected_at >= ? AND d.detected_at < ?'
  const [total] = await ask<{ n: number }>(`SELECT count(*) AS n FROM ${table} d WHERE ${inRange} AND d.area_id = ?`, [
    ...range,
    outputArea,
  ])
  const hours = await ask<{ hour: string; n: number }>(
    `SELECT date_format(d.detected_at, '%Y-%m-%d %H:00') AS hour, d.product_id, count(*) AS n FROM ${table} d WHERE ${inRange} AND d.area_id = ? GROUP BY hour, d.product_id ORDER BY hour`,
    [...range, outputArea],
  )
  const products = await ask<{ product_id: number; n: number }>(
    `SELECT p.product_id, p.product_name, count(*) AS n, sum(p.product_weight) AS kg FROM ${table} d JOIN product p ON p.product_id = d.product_id
     WHERE ${inRange} AND d.area_id = ? GROUP BY p.product_id, p.product_name ORDER BY n DESC`,
    [...range, outputArea],
  )
  await ask(
    `SELECT date_format(d.detected_at, '%Y-%m-%d %H:00') AS hour, d.area_id, count(*) AS n FROM ${table} d WHERE ${inRange} GROUP BY hour, d.area_id ORDER BY hour`,
    range,
  )
  const [summary] = await ask<{ n: number }>(
    `SELECT count(*) AS n, count(DISTINCT d.product_id) AS products, min(d.detected_at) AS first, max(d.detected_at) AS last FROM ${table} d WHERE ${inRange}`,
    range,
  )
  for (const period of [range, before]) {
    // Quality and performance: pieces per area and product inside the planned hours.
    await ask(
      `SELECT d.area_id, d.product_id, count(*) AS n, sum(60 / nullif(p.production_std, 0)) AS ideal FROM ${table} d JOIN product p ON p.product_id = d.product_id WHERE ${inRange} GROUP BY d.area_id, d.product_id`,
      period,
    )
    // Availability and the list of stops: silences of the output camera, and what was written down.
    await ask(
      `SELECT g.started_at, g.detected_at, g.gap_s FROM (
         SELECT d.detected_at, lag(d.detected_at) OVER (ORDER BY d.detected_at, d.detection_id) AS started_at,
           timestampdiff(SECOND, lag(d.detected_at) OVER (ORDER BY d.detected_at, d.detection_id), d.detected_at) AS gap_s
         FROM ${table} d WHERE ${inRange} AND d.area_id = ?) g WHERE g.gap_s > ?`,
      [...period, outputArea, thresholdS],
    )
    await ask(
      `SELECT e.*, i.incident_code, i.description, f.type_failure FROM ${question.downtimeTable} e LEFT JOIN incident i ON i.incident_id = e.reason_code LEFT JOIN failure f ON f.failure_id = i.failure_id
       WHERE e.start_time < ? AND e.end_time > ?`,
      [period[1], period[0]],
    )
  }
  return {
    rows: Number(summary?.n ?? 0),
    production: Number(total?.n ?? 0),
    byProduct: new Map(products.map(({ product_id, n }) => [product_id, Number(n)])),
    busyHours: new Set(hours.map(({ hour }) => hour)).size,
  }
}
