/** A customer's MariaDB database of a given size, as cameras fill it: partitioned by month, no index on the time. */
import { type Connection, createConnection } from 'mysql2/promise'
import { plantaDemo } from '../src/plant/demo/company-plans.ts'
import { insertContent } from '../src/plant/demo/plant-content.ts'
import type { PlantPlan } from '../src/plant/demo/plant-plan.ts'
import { productionOf } from '../src/plant/demo/production.ts'
import { lineTableNames, managedPlantStatements } from '../src/plant/source/index.ts'
import { openPlantKysely } from '../src/platform/db/index.ts'
import { dayOf, dayS, formatLocal, type LocalS, localParts } from '../src/platform/time/index.ts'

export type BenchPlant = {
  readonly connection: Connection
  readonly url: string
  readonly rows: number
  /** The newest row is not after this wall time. */
  readonly untilS: LocalS
  readonly drop: () => Promise<void>
}

/** Two lines: one with input, output and scrap cameras that never rests, one with output and scrap. */
export const benchPlan: PlantPlan = { ...plantaDemo, lines: plantaDemo.lines.slice(0, 2), lineGroups: [], outage: null, lateBatch: null }
const rowsPerInsert = 5_000

/** `serverUrl` names no database: `mysql://root@127.0.0.1:3306`. */
export async function generateBenchPlant(serverUrl: string, wantedRows: number): Promise<BenchPlant> {
  const database = `andon_bench_${process.pid}`
  const connection = await createConnection({ uri: serverUrl, dateStrings: true, supportBigNumbers: true })
  await connection.query(`CREATE DATABASE ${database} CHARACTER SET utf8mb4`)
  await connection.query(`USE ${database}`)
  const drop = async () => {
    await connection.query(`DROP DATABASE ${database}`)
    await connection.end()
  }
  try {
    // A fixed day: the same rows in every run.
    const untilS = dayS * 20_770 + 12 * 3_600
    const rowsPerDay = 8_900
    const days = Math.ceil(wantedRows / rowsPerDay)
    const url = `${serverUrl}/${database}`
    for (const statement of managedPlantStatements('mysql')) await connection.query(statement)
    const anchor = { seed: 'bench', newestDay: dayOf(untilS) }
    const plant = await openPlantKysely(url)
    await insertContent(plant.kysely, benchPlan, anchor).finally(() => plant.close())
    for (const line of benchPlan.lines) await createLineTables(connection, lineTableNames(line.code), untilS - days * dayS, untilS)
    const production = productionOf(benchPlan, anchor)
    let rows = 0
    for (let day = days; day > 0; day -= 1) {
      for (const { line, pieces, stops } of production.arrivals(untilS - day * dayS, untilS - (day - 1) * dayS)) {
        const tables = lineTableNames(line.code)
        for (let at = 0; at < pieces.length; at += rowsPerInsert) {
          const values = pieces
            .slice(at, at + rowsPerInsert)
            .map(({ detectedS, areaId, productId }) => `('${formatLocal(detectedS)}',${areaId},${productId})`)
          await connection.query(`INSERT INTO ${tables.detectionTable} (detected_at, area_id, product_id) VALUES ${values.join(',')}`)
        }
        const events = stops.map((stop) => [
          0,
          formatLocal(stop.startS),
          formatLocal(stop.endS),
          stop.endS - stop.startS,
          stop.incidentId,
          stop.reason,
          Number(stop.isManual),
        ])
        if (events.length > 0)
          await connection.query(
            `INSERT INTO ${tables.downtimeTable} (last_detection_id, start_time, end_time, duration, reason_code, reason, is_manual) VALUES ?`,
            [events],
          )
        rows += pieces.length
      }
    }
    for (const line of benchPlan.lines) await connection.query(`ANALYZE TABLE ${lineTableNames(line.code).detectionTable}`)
    return { connection, url, rows, untilS, drop }
  } catch (error) {
    await drop()
    throw error
  }
}

/** The shape of live customers: the key is (detection_id, detected_at) because of the partitions, and only the area is indexed. */
async function createLineTables(
  connection: Connection,
  tables: { detectionTable: string; downtimeTable: string },
  fromS: LocalS,
  toS: LocalS,
): Promise<void> {
  const partitions: string[] = []
  for (let { year, month } = localParts(fromS), last = localParts(toS); year * 100 + month <= last.year * 100 + last.month; ) {
    const name = `p${year * 100 + month}`
    if (month === 12) [year, month] = [year + 1, 1]
    else month += 1
    partitions.push(`PARTITION ${name} VALUES LESS THAN (${year * 100 + month})`)
  }
  await connection.query(`CREATE TABLE ${tables.detectionTable} (
    detection_id int NOT NULL AUTO_INCREMENT, detected_at datetime NOT NULL, area_id int NOT NULL, product_id int NOT NULL,
    PRIMARY KEY (detection_id, detected_at), KEY area_id (area_id)
  ) ENGINE=InnoDB PARTITION BY RANGE (year(detected_at) * 100 + month(detected_at)) (${partitions.join(', ')}, PARTITION pmax VALUES LESS THAN MAXVALUE)`)
  await connection.query(`CREATE TABLE ${tables.downtimeTable} (
    event_id bigint NOT NULL AUTO_INCREMENT, last_detection_id bigint NOT NULL, start_time datetime NOT NULL, end_time datetime NOT NULL,
    duration int NOT NULL, reason_code int DEFAULT NULL, reason text, is_manual tinyint NOT NULL DEFAULT 0, created_at datetime DEFAULT current_timestamp(),
    PRIMARY KEY (event_id), KEY last_detection_id (last_detection_id), KEY start_time (start_time), KEY duration (duration), KEY reason_code (reason_code)
  ) ENGINE=InnoDB`)
}
