/** A demo plant's database file: made under another name and renamed when complete, so that a killed start leaves nothing half done. */
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { sql } from 'kysely'
import { openPlantKysely, sqliteUrl } from '../../platform/db/index.ts'
import { dayOf, dayS, zoneOf } from '../../platform/time/index.ts'
import { lineTableNames, lineTableStatements, managedPlantStatements } from '../source/index.ts'
import { type FillState, insertState, modelVersion, readState, writeArrivals } from './fill.ts'
import { dayStartS } from './machine.ts'
import { insertContent } from './plant-content.ts'
import type { PlantPlan } from './plant-plan.ts'
import { productionOf } from './production.ts'

/** Share of the work that is done, 0 to 1. */
export type OnFraction = (fraction: number) => void

/** What lines of the same demo have in common from the first start on. */
const seed = 'andon-demo'
/** Writing rows is about this share of the work; indexes are the rest. */
const rowsShare = 0.45
/** An index over a year's rows on a slow disk. */
const longestStatementMs = 120_000

export const plantFile = (directory: string, plan: PlantPlan): string => path.join(directory, `${plan.key}.sqlite`)

/** Makes the file unless a complete one of this version is there. Returns the number of rows written. */
export async function ensurePlantFile(directory: string, plan: PlantPlan, nowMs: number, onFraction: OnFraction): Promise<number> {
  await mkdir(directory, { recursive: true })
  const file = plantFile(directory, plan)
  await removeFiles(directory, `${path.basename(file)}.partial`)
  if (await isComplete(file)) return 0
  await removeFiles(directory, path.basename(file))
  const rows = await makePlantFile(`${file}.partial`, plan, nowMs, onFraction)
  await rename(`${file}.partial`, file)
  return rows
}

/** The file and what SQLite put beside it. */
async function removeFiles(directory: string, name: string): Promise<void> {
  for (const entry of await readdir(directory))
    if (entry === name || entry.startsWith(`${name}-`)) await rm(path.join(directory, entry), { force: true })
}

async function isComplete(file: string): Promise<boolean> {
  if ((await stat(file).catch(() => null)) === null) return false
  const plant = await openPlantKysely(sqliteUrl(file))
  try {
    return (await readState(plant.kysely)) !== null
  } catch {
    return false
  } finally {
    await plant.close()
  }
}

async function makePlantFile(file: string, plan: PlantPlan, nowMs: number, onFraction: OnFraction): Promise<number> {
  const nowS = zoneOf(plan.timeZone).toLocalS(Math.floor(nowMs / 1000))
  const newestDay = dayOf(nowS)
  const firstS = (newestDay - plan.historyDays) * dayS + dayStartS
  const plant = await openPlantKysely(sqliteUrl(file), { create: true, statementTimeoutMs: longestStatementMs })
  const { kysely } = plant
  try {
    const statements = plan.lines.flatMap((line) => lineTableStatements('sqlite', lineTableNames(line.code)))
    const indexes = statements.filter((statement) => !statement.startsWith('CREATE TABLE'))
    const run = (statement: string) => sql.raw(statement).execute(kysely)
    for (const statement of managedPlantStatements('sqlite')) await run(statement)
    for (const statement of statements) if (!indexes.includes(statement)) await run(statement)
    let state: FillState = { version: modelVersion, seed, newestDay, writtenUntilS: firstS }
    await insertContent(kysely, plan, state)
    await insertState(kysely, state)
    const production = productionOf(plan, state)
    let rows = 0
    while (state.writtenUntilS < nowS) {
      const untilS = Math.min(nowS, state.writtenUntilS + dayS)
      const written = await kysely.transaction().execute((tx) => writeArrivals(tx, production, state, untilS))
      state = written.state
      rows += written.rows
      onFraction((rowsShare * (untilS - firstS)) / (nowS - firstS))
    }
    // Last: an index is built several times faster than it is kept up to date.
    for (const [at, statement] of indexes.entries()) {
      await run(statement)
      onFraction(rowsShare + ((1 - rowsShare) * (at + 1)) / indexes.length)
    }
    await run('ANALYZE')
    // Everything into the one file that is renamed.
    await run('PRAGMA wal_checkpoint(TRUNCATE)')
    return rows
  } finally {
    await plant.close()
  }
}
