/** plant-a after the job: its rows are the computed stops, and the 60 answers are what they were. */
import assert from 'node:assert/strict'
import { gatherFacts } from '../src/plant/facts/index.ts'
import { createHistories } from '../src/plant/history/index.ts'
import { loadModel, readSettings } from '../src/plant/model/index.ts'
import { checkFilters } from '../src/plant/scope/index.ts'
import { type PlantDb, saveAttachment } from '../src/plant/source/index.ts'
import { storeStops } from '../src/plant/stops/index.ts'
import { openPlantKysely } from '../src/platform/db/index.ts'
import { createSecrets } from '../src/platform/secrets/index.ts'
import { fixedClock } from '../src/platform/time/index.ts'
import { companyIn } from './harness/company.ts'
import { forEachEngine, migratedDatabase } from './harness/engines.ts'
import { loadPlantA, plantAConfig, plantAExpected, plantANowMs, plantAQuestions } from './harness/plant-a.ts'
import { answerOf, differences } from './harness/plant-a-answer.ts'

forEachEngine(
  'PL-TODO-26 PL-62 plant-a after the job: the computed stops are stored, and the 60 answers stay as they are',
  async (engine, t) => {
    const plant = await loadPlantA(engine)
    t.after(plant.drop)
    const opened = await openPlantKysely(plant.url)
    t.after(opened.close)
    const platform = await migratedDatabase(engine, t)
    const tenantId = await companyIn(platform.db)
    const tenantDb = { ...platform.db, tenantId }
    await saveAttachment(tenantDb, createSecrets('k'.repeat(40)), { url: plant.url, canManage: false, nowMs: 0 })
    const clock = fixedClock(plantANowMs)
    const histories = createHistories({ db: platform.db, clock, log: console })
    t.after(histories.close)
    const db: PlantDb = { tenantId, engine: opened.engine, kysely: opened.kysely, beside: { db: tenantDb, stopStamp: '' } }
    const { settings } = readSettings(await plantAConfig(), 'UTC')
    const { model } = await loadModel(db, { settings, mappings: [], nowMs: plantANowMs })
    const { questions } = await plantAQuestions()
    const { answers } = await plantAExpected()

    const log = { info: () => {}, warn: () => {} }
    const deps = {
      db: platform.db,
      clock,
      histories,
      log,
      plants: { withPlant: async <T>(_: number, work: (plant: { db: PlantDb; model: typeof model }) => Promise<T>) => work({ db, model }) },
    }
    const [run] = await storeStops(deps, [tenantId])
    const lines = Object.fromEntries(run?.lines.map(({ lineName, outcome, stored }) => [lineName, [outcome, stored]]) ?? [])
    assert.deepEqual(lines, {
      Bolsa25kg: ['stored', 58],
      'Tecmar 1': ['stored', 80],
      Volpak: ['not_detecting', 0],
      'Línea Ñandú 25 kg': ['stored', 62],
    })
    assert.deepEqual(
      (await storeStops(deps, [tenantId]))[0]?.lines.map(({ stored, extended }) => stored + extended),
      [0, 0, 0, 0],
    )

    for (const [i, { id, filters }] of questions.entries()) {
      const wanted = answers[i]
      const { scope } = checkFilters(model, filters, plantANowMs)
      if (!wanted.ok || !scope) continue
      const facts = await gatherFacts(db, model, scope, { history: histories.of({ db, model }) })
      const actual = answerOf(scope, facts)
      const { stops: wantedStops, ...figures } = wanted
      const { stops, ...actualFigures } = actual as { stops: Listed[] }
      assert.deepEqual(differences({ ...figures, stops: [] }, { ...actualFigures, stops: [] }), [], id)
      assert.deepEqual(stops.map(seen(scope.shiftId)).sort(), (wantedStops as Listed[]).map(seen(scope.shiftId)).sort(), id)
    }
  },
)

type Listed = Readonly<Record<'line_id' | 'start_epoch' | 'end_epoch' | 'duration_seconds' | 'category', unknown>>
/** Where a stop is, whoever stored it. Recorded stops are not cut to a chosen shift, calculated ones are: there only their number is the same. */
const seen =
  (shiftId: number | null) =>
  (stop: Listed): string =>
    shiftId === null
      ? JSON.stringify([stop.line_id, stop.start_epoch, stop.end_epoch, stop.duration_seconds, stop.category])
      : JSON.stringify([stop.line_id, stop.category])
