/** A managed plant with one line and rows of many months, its history, and an object store: what the archive works on. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { TestContext } from 'node:test'
import { type Kysely, type KyselyPlugin, sql } from 'kysely'
import { companyIn } from '../../../test/harness/company.ts'
import { migratedDatabase, temporaryDatabase } from '../../../test/harness/engines.ts'
import { line, plantModel } from '../../../test/harness/plant-model.ts'
import { type Engine, openPlantKysely } from '../../platform/db/index.ts'
import { createFileStore } from '../../platform/files/index.ts'
import { Problem } from '../../platform/http/index.ts'
import { gatherFacts } from '../facts/index.ts'
import { createHistories } from '../history/index.ts'
import type { OpenPlant } from '../model/index.ts'
import { checkFilters } from '../scope/index.ts'
import { detectionTableStatements, downtimeTableStatements, insertDetections, type Month, parseMonth } from '../source/index.ts'
import { planTakeOut, takeOut } from './take-out.ts'

export const table = 'detection_line_l1'
export const months = ['2025-11', '2025-12', '2026-01', '2026-02', '2026-03']
export const m = (text: string): Month => parseMonth(text) ?? Number.NaN
/** 15 April 2026. */
const nowMs = Date.UTC(2026, 3, 15, 12)

const disk = {
  driver: 'disk',
  s3: { endpoint: '', publicEndpoint: '', region: '', bucket: '', accessKeyId: '', secretAccessKey: '', isPathStyle: true },
} as const

/** `firstMonth` of its partitions; null = none. */
export async function archiveWorld(engine: Engine, t: TestContext, firstMonth: string | null) {
  const { db: platform } = await migratedDatabase(engine, t)
  const tenantId = await companyIn(platform)
  const url = await temporaryDatabase(engine, t)
  const opened = await openPlantKysely(url, { create: true })
  t.after(opened.close)
  const statements = [
    ...detectionTableStatements(engine, table, firstMonth === null ? null : m(firstMonth)),
    ...downtimeTableStatements(engine, 'downtime_events_l1'),
  ]
  for (const statement of statements) await sql.raw(statement).execute(opened.kysely)
  const folder = mkdtempSync(path.join(os.tmpdir(), 'andon-test-archive-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const clock = { at: nowMs, nowMs: () => clock.at }
  const model = plantModel()
  const own = line()
  const plantDb = { tenantId, engine, kysely: opened.kysely }
  const worldOf = (plugin: KyselyPlugin | null, plantKysely: Kysely<unknown>) => {
    const watched = <Schema>(kysely: Kysely<Schema>): Kysely<Schema> => (plugin ? kysely.withPlugin(plugin) : kysely)
    const db = { ...platform, kysely: watched(platform.kysely) }
    const plant = { db: { ...plantDb, kysely: watched(plantKysely) }, model, canManage: true } as unknown as OpenPlant
    const histories = createHistories({ db, clock, log: { warn: () => {}, error: () => {} } })
    return { deps: { db, clock, files: createFileStore(disk, folder), histories }, plant }
  }
  /** Summaries and connections of a process of its own; `end` closes them, as the end of a process does. */
  const processOf = async (plugin: KyselyPlugin | null = null) => {
    const own = await openPlantKysely(url)
    const made = worldOf(plugin, own.kysely)
    const end = async (): Promise<void> => {
      await made.deps.histories.close()
      await own.close()
    }
    return { ...made, end }
  }
  const insert = (times: readonly string[]) =>
    insertDetections(
      plantDb,
      table,
      times.map((detectedAt, at) => ({ detectedAt, areaId: 2 + (at % 3), productId: 1 + (at % 2) })),
    )
  /** Every row as text, in order of id. */
  const rows = async (): Promise<string[]> => {
    const { rows: found } = await sql<Record<string, unknown>>`select detection_id, cast(detected_at as char(19)) as at, area_id, product_id
      from ${sql.id(table)} order by detection_id`.execute(opened.kysely)
    return found.map((row) => Object.values(row).join(' '))
  }
  return {
    ...worldOf(null, opened.kysely),
    processOf,
    tenant: { ...platform, tenantId },
    line: own,
    model,
    clock,
    folder,
    insert,
    rows,
    kysely: opened.kysely,
  }
}

export type World = Awaited<ReturnType<typeof archiveWorld>>

export async function takeAll({ deps, plant, line }: Pick<World, 'deps' | 'plant' | 'line'>, keepFrom: string, isArchiving = true) {
  const taken = []
  for (const unit of await planTakeOut(plant, line, m(keepFrom))) taken.push(await takeOut(deps, null, plant, line, unit, { isArchiving }))
  return taken
}

/** Of all months, as a screen would show them. */
export async function piecesOf({ deps, plant, model, clock }: World): Promise<{ total: number; warnings: readonly string[] }> {
  const { scope } = checkFilters(model, { start_date: '2025-11-01', end_date: '2026-03-31', interval: 'month' }, clock.nowMs())
  assert.ok(scope)
  const { summary, warnings } = await gatherFacts(plant.db, model, scope, { history: deps.histories.of(plant) })
  return { total: summary.totalDetections, warnings: warnings.map(({ en }) => en) }
}

/** What came is below the watermark afterwards. */
export async function settleRows(world: World): Promise<void> {
  for (let round = 0; round < 3; round++) {
    await piecesOf(world)
    world.clock.at += 120_000
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  await piecesOf(world)
}

export const isProblem =
  (code: string) =>
  (error: unknown): boolean =>
    error instanceof Problem && error.code === code

/** `count` rows a month, some of them written after rows of the next. */
export function timesOf(months: readonly string[], count: number): string[] {
  const times = months.flatMap((month) =>
    Array.from(
      { length: count },
      (_, at) => `${month}-${String(1 + (at % 28)).padStart(2, '0')} ${String(at % 24).padStart(2, '0')}:15:0${at % 10}`,
    ),
  )
  // a camera that was cut off sends its last rows later than those of the next month
  const late = times.splice(count - 2, 2)
  return [...times.slice(0, count + 3), ...late, ...times.slice(count + 3)]
}

/** The first statement that takes rows out fails, as when the table is in use; all others go on. */
export function refuseOnce(): KyselyPlugin {
  let isRefused = false
  return {
    transformQuery({ node }) {
      if (isRefused || !/"[^"]*(delete from|drop table|drop partition) /i.test(JSON.stringify(node).replaceAll('\\n', ' '))) return node
      isRefused = true
      throw new Error('the table is in use')
    },
    transformResult: async ({ result }) => result,
  }
}
