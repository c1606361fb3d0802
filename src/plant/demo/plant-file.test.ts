import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import { openPlantKysely, sqliteUrl } from '../../platform/db/index.ts'
import { parseLocal, zoneOf } from '../../platform/time/index.ts'
import type { Plants } from '../model/index.ts'
import { plantaSur } from './company-plans.ts'
import { readState } from './fill.ts'
import { ensurePlantFile, plantFile } from './plant-file.ts'
import type { PlantPlan } from './plant-plan.ts'
import { productionOf } from './production.ts'
import { catchUp } from './simulator.ts'

// Small enough to be made several times.
const plan: PlantPlan = { ...plantaSur, historyDays: 6 }
const nowMs = zoneOf(plan.timeZone).toEpochS(parseLocal('2026-11-20 16:20:00') ?? 0) * 1000
const directories: string[] = []
const temporaryDirectory = async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'andon-demo-'))
  directories.push(directory)
  return directory
}
after(async () => {
  for (const directory of directories) await rm(directory, { recursive: true, force: true })
})

type Row = { readonly detection_id: number; readonly detected_at: string; readonly area_id: number; readonly product_id: number }

/** Everything that cameras and operators wrote, in the order of the ids. */
async function contentOf(file: string) {
  const plant = await openPlantKysely(sqliteUrl(file))
  try {
    const read = async (table: string, order: string) =>
      (await sql<Row>`SELECT * FROM ${sql.table(table)} ORDER BY ${sql.ref(order)}`.execute(plant.kysely)).rows
    return {
      detections: [await read('detection_line_horno1', 'detection_id'), await read('detection_line_tajadora', 'detection_id')],
      stops: [await read('downtime_events_horno1', 'event_id'), await read('downtime_events_tajadora', 'event_id')],
      state: await readState(plant.kysely),
    }
  } finally {
    await plant.close()
  }
}

test('PL-03 the same moment gives the same plant, and a plant that is there is left alone', async () => {
  const [one, other] = [await temporaryDirectory(), await temporaryDirectory()]
  const fractions: number[] = []
  const rows = await ensurePlantFile(one, plan, nowMs, (fraction) => fractions.push(fraction))
  await ensurePlantFile(other, plan, nowMs, () => {})
  const content = await contentOf(plantFile(one, plan))
  assert.deepEqual(content, await contentOf(plantFile(other, plan)))
  assert.equal(content.detections.flat().length + content.stops.flat().length, rows)
  assert.ok(content.stops.every((stops) => stops.length > 5))
  assert.deepEqual(
    fractions,
    fractions.toSorted((a, b) => a - b),
  )
  assert.equal(fractions.at(-1), 1)
  assert.equal(await ensurePlantFile(one, plan, nowMs + 3_600_000, () => {}), 0)
  assert.deepEqual(await contentOf(plantFile(one, plan)), content)
})

test('PL-03 nothing of a demo plant is dated after now', async () => {
  const directory = await temporaryDirectory()
  await ensurePlantFile(directory, plan, nowMs, () => {})
  const { detections } = await contentOf(plantFile(directory, plan))
  const newest = detections.flat().reduce((max, row) => (row.detected_at > max ? row.detected_at : max), '')
  assert.ok(newest <= '2026-11-20 16:20:00' && newest > '2026-11-20 14:00:00', newest)
})

test('PL-03 a demo plant whose making was killed is made anew', async () => {
  const directory = await temporaryDirectory()
  const script = `
    import { ensurePlantFile } from ${JSON.stringify(new URL('plant-file.ts', import.meta.url).href)}
    import { plantaSur } from ${JSON.stringify(new URL('company-plans.ts', import.meta.url).href)}
    await ensurePlantFile(${JSON.stringify(directory)}, { ...plantaSur, historyDays: 6 }, ${nowMs}, (fraction) => { if (fraction > 0.3) process.kill(process.pid, 'SIGKILL') })`
  const scripts = await temporaryDirectory()
  await writeFile(path.join(scripts, 'killed.mjs'), script)
  const child = spawn(process.execPath, [path.join(scripts, 'killed.mjs')], { stdio: 'inherit' })
  const signal = await new Promise((resolve) => child.once('exit', (_code, by) => resolve(by)))
  assert.equal(signal, 'SIGKILL')
  assert.ok((await readdir(directory)).every((name) => name.includes('.partial')))
  const rows = await ensurePlantFile(directory, plan, nowMs, () => {})
  assert.ok(rows > 1_000)
  assert.equal((await readdir(directory)).filter((name) => name.includes('.partial')).length, 0)
})

test('PL-03 the simulator goes on where history ended: after a pause every row is there once', async () => {
  const directory = await temporaryDirectory()
  await ensurePlantFile(directory, plan, nowMs, () => {})
  const before = await contentOf(plantFile(directory, plan))
  const plant = await openPlantKysely(sqliteUrl(plantFile(directory, plan)))
  // Only what the simulator uses of the plants.
  const plants = {
    withPlant: (_tenantId: number, work: (opened: unknown) => unknown) => work({ db: { kysely: plant.kysely } }),
  } as unknown as Plants
  const later = nowMs + 31 * 3_600_000
  const simulated = { tenantId: 1, plan }
  const written = await catchUp(plants, simulated, later, new Map(), () => false)
  assert.ok(written > 500)
  assert.equal(await catchUp(plants, simulated, later, new Map(), () => false), 0)
  assert.equal(await catchUp(plants, simulated, later - 60_000, new Map(), () => false), 0)
  await plant.close()
  const after = await contentOf(plantFile(directory, plan))
  assert.deepEqual(
    after.detections.map((rows, line) => rows.slice(0, before.detections[line]?.length)),
    before.detections,
  )
  assert.ok(after.state && before.state)
  const expected = productionOf(plan, after.state).arrivals(before.state.writtenUntilS, zoneOf(plan.timeZone).toLocalS(later / 1000))
  assert.deepEqual(
    after.detections.map((rows, line) => rows.length - (before.detections[line]?.length ?? 0)),
    expected.map(({ pieces }) => pieces.length),
  )
  assert.deepEqual(
    after.stops.map((rows, line) => rows.length - (before.stops[line]?.length ?? 0)),
    expected.map(({ stops }) => stops.length),
  )
})

test('PL-03 a recorded stop names the detection that ended it', async () => {
  const directory = await temporaryDirectory()
  await ensurePlantFile(directory, plan, nowMs, () => {})
  const { detections, stops } = await contentOf(plantFile(directory, plan))
  for (const [line, events] of stops.entries()) {
    const timeOf = new Map(detections[line]?.map((row) => [row.detection_id, row.detected_at]))
    for (const event of events as unknown as { last_detection_id: number; end_time: string }[]) {
      const closedAt = timeOf.get(event.last_detection_id) ?? ''
      assert.ok(Math.abs(Date.parse(closedAt) - Date.parse(event.end_time)) <= 1_000, `${closedAt} ${event.end_time}`)
    }
  }
})
