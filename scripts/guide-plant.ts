/** The plant of the guide: two lines of a bakery in a MariaDB of the "customer", with an account that may only read it. Four days up to the guide's
 *  moment, in which the morning shift alone is entered and nobody explained a stop. */
import { randomBytes } from 'node:crypto'
import process from 'node:process'
import { sql } from 'kysely'
import { plantaSur } from '../src/plant/demo/company-plans.ts'
import { insertContent } from '../src/plant/demo/plant-content.ts'
import { productionOf } from '../src/plant/demo/production.ts'
import { createLineTables, createManagedPlant, insertDetections, lineTableNames } from '../src/plant/source/index.ts'
import { openPlantKysely } from '../src/platform/db/index.ts'
import { dayOf, dayS, formatLocal, zoneOf } from '../src/platform/time/index.ts'

/** A database that exists, as somebody who may make others and accounts. */
const serverUrl = process.env.ANDON_TEST_MARIADB_URL ?? 'mysql://root@127.0.0.1:3306/mysql'
const days = 4
const rowsAtOnce = 1_000

/** Both shifts are worked; the second is entered by the reader. The first line stands since `standsS` before the end. */
const plan = {
  ...plantaSur,
  companyName: 'Panificadora Norte',
  lines: plantaSur.lines.map((line) => ({ ...line, shiftIds: [1, 2] })),
}
const standsS = 14 * 60

export type GuidePlant = {
  readonly host: string
  readonly port: string
  readonly database: string
  readonly user: string
  readonly password: string
  readonly drop: () => Promise<void>
}

async function onServer(statements: readonly string[]): Promise<void> {
  const server = await openPlantKysely(serverUrl)
  try {
    for (const statement of statements) await sql.raw(statement).execute(server.kysely)
  } finally {
    await server.close()
  }
}

async function fill(url: string, nowMs: number): Promise<void> {
  const { kysely, engine, close } = await openPlantKysely(url, { create: true })
  try {
    const nowS = zoneOf(plan.timeZone).toLocalS(Math.floor(nowMs / 1_000))
    const anchor = { seed: 'guide', newestDay: dayOf(nowS) }
    await createManagedPlant(kysely, engine)
    for (const { code } of plan.lines) await createLineTables(kysely, engine, lineTableNames(code))
    await insertContent(kysely, { ...plan, shifts: plan.shifts.slice(0, 1) }, anchor)
    for (const { line, pieces } of productionOf(plan, anchor).arrivals(nowS - days * dayS, nowS)) {
      const untilS = line.lineId === 1 ? nowS - standsS : nowS
      const rows = pieces
        .filter(({ detectedS }) => detectedS <= untilS)
        .map(({ detectedS, areaId, productId }) => ({ detectedAt: formatLocal(detectedS), areaId, productId }))
      for (let at = 0; at < rows.length; at += rowsAtOnce)
        await insertDetections({ tenantId: 0, engine, kysely }, lineTableNames(line.code).detectionTable, rows.slice(at, at + rowsAtOnce))
    }
  } finally {
    await close()
  }
}

/** Whoever asked drops it; on failure nothing is left behind. */
export async function makeGuidePlant(nowMs: number): Promise<GuidePlant> {
  const { hostname, port } = new URL(serverUrl)
  const database = `andon_guide_${randomBytes(4).toString('hex')}`
  const account = `'${database}'@'%'`
  const password = randomBytes(12).toString('hex')
  const drop = () => onServer([`DROP DATABASE IF EXISTS ${database}`, `DROP USER IF EXISTS ${account}`])
  try {
    await onServer([
      `CREATE DATABASE ${database} CHARACTER SET utf8mb4`,
      `CREATE USER ${account} IDENTIFIED BY '${password}'`,
      `GRANT SELECT ON ${database}.* TO ${account}`,
    ])
    const owner = new URL(serverUrl)
    owner.pathname = `/${database}`
    await fill(owner.href, nowMs)
  } catch (error) {
    await drop()
    throw error
  }
  return { host: hostname, port: port || '3306', database, user: database, password, drop }
}
