import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { type OpenedPlant, openPlantKysely, sqliteUrl } from '../../platform/db/index.ts'
import { dayS, formatLocalDate, parseLocal, zoneOf } from '../../platform/time/index.ts'
import { type Facts, gatherFacts } from '../facts/index.ts'
import { loadModel, type PlantModel, readSettings } from '../model/index.ts'
import { parseScope } from '../scope/index.ts'
import type { PlantDb } from '../source/index.ts'
import { plantaDemo } from './company-plans.ts'
import { settingsOf } from './plant-content.ts'
import { ensurePlantFile, plantFile } from './plant-file.ts'
import { outageOf, workdayBefore } from './troubles.ts'

// Three weeks hold the outage and the late batch.
const plan = { ...plantaDemo, historyDays: 21 }
const zone = zoneOf(plan.timeZone)
const nowLocalS = parseLocal('2026-11-20 15:40:00') ?? 0
const nowMs = zone.toEpochS(nowLocalS) * 1000
const anchor = { seed: '', newestDay: Math.floor(nowLocalS / dayS) }
let directory = ''
let plant: OpenedPlant
let db: PlantDb
let model: PlantModel

before(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'andon-demo-'))
  await ensurePlantFile(directory, plan, nowMs, () => {})
  plant = await openPlantKysely(sqliteUrl(plantFile(directory, plan)))
  db = { tenantId: 1, kysely: plant.kysely, engine: plant.engine }
  const { settings, warnings } = readSettings(settingsOf(plan), 'UTC')
  assert.deepEqual(warnings, [])
  model = (await loadModel(db, { settings, mappings: [], nowMs })).model
})
after(async () => {
  await plant.close()
  await rm(directory, { recursive: true, force: true })
})

/** Whole local days before now, the last of them `daysBack` days ago; 0 is today. */
const factsOf = (fromDaysBack: number, toDaysBack: number, lineId: number | 'all' = 'all'): Promise<Facts> => {
  const daterange = {
    start_date: formatLocalDate(nowLocalS - fromDaysBack * dayS),
    end_date: formatLocalDate(nowLocalS - toDaysBack * dayS),
    start_time: '00:00',
    end_time: '23:59',
  }
  return gatherFacts(db, model, parseScope(model, { daterange, line_id: lineId, interval: 'hour' }, nowMs))
}

test('PL-03 the demo plant reads without a warning', async () => {
  assert.deepEqual(model.warnings, [])
  assert.deepEqual((await factsOf(20, 0)).warnings, [])
})

test('PL-03 every line runs at an OEE between 55 and 85 % and never faster than rated', async () => {
  const { lines } = await factsOf(20, 0)
  assert.equal(lines.length, 4)
  for (const { line, kpi } of lines) {
    const { oeeIndex, effectiveness, qualityRatio } = kpi
    assert.ok(oeeIndex !== null && oeeIndex > 0.55 && oeeIndex < 0.85, `${line.lineName} OEE ${oeeIndex}`)
    assert.ok(effectiveness !== null && effectiveness < 1, `${line.lineName} performance ${effectiveness}`)
    assert.ok(qualityRatio !== null && qualityRatio > 0.97 && qualityRatio < 0.995, `${line.lineName} quality ${qualityRatio}`)
  }
})

test('PL-03 a working day has 10 to 40 stops on every line, most of them explained', async () => {
  for (const daysBack of [1, 2, 3, 4]) {
    const { lines, stops } = await factsOf(daysBack, daysBack)
    for (const { line } of lines) {
      const ofLine = stops.filter(({ lineId }) => lineId === line.lineId)
      assert.ok(ofLine.length >= 10 && ofLine.length <= 40, `${line.lineName}, ${daysBack} days ago: ${ofLine.length} stops`)
    }
    const explained = stops.filter(({ recorded }) => recorded?.reasonCode !== null && recorded?.reasonCode !== undefined)
    assert.ok(explained.length > 0.7 * stops.length && explained.length < stops.length, `${explained.length} of ${stops.length}`)
    assert.ok(stops.some(({ isPlanned }) => isPlanned))
  }
})

test('PL-03 the camera outage is a long stop that nobody explained', async () => {
  const outage = outageOf(plan, anchor)
  assert.ok(outage)
  const daysBack = anchor.newestDay - Math.floor(outage.fromS / dayS)
  const { stops } = await factsOf(daysBack, daysBack, outage.lineId)
  const unexplained = stops.find(
    ({ source, startLocalS, endLocalS }) => source === 'calculated' && startLocalS <= outage.fromS && endLocalS >= outage.toS,
  )
  assert.ok(unexplained)
})

test('PL-03 the batch that arrived late leaves no hole in its day', async () => {
  assert.ok(plan.lateBatch)
  const day = workdayBefore(anchor.newestDay - plan.lateBatch.daysBack)
  const { stops } = await factsOf(anchor.newestDay - day, anchor.newestDay - day, plan.lateBatch.lineId)
  assert.ok(stops.every(({ source, durationS }) => source !== 'calculated' || durationS < 2_000))
})
