/** The 60 questions of plant-a answered by facts alone: counts and seconds exactly, ratios to 1e-9, refusals by parameter. */
import assert from 'node:assert/strict'
import { gatherFacts } from '../src/plant/facts/index.ts'
import { createHistories } from '../src/plant/history/index.ts'
import { loadModel, type PlantModel, readSettings } from '../src/plant/model/index.ts'
import { checkFilters } from '../src/plant/scope/index.ts'
import { insertDetections, type PlantDb } from '../src/plant/source/index.ts'
import { openPlantKysely } from '../src/platform/db/index.ts'
import { fixedClock, formatLocal, parseLocal } from '../src/platform/time/index.ts'
import { companyIn } from './harness/company.ts'
import { forEachEngine, migratedDatabase } from './harness/engines.ts'
import { loadPlantA, plantAConfig, plantAExpected, plantANowMs, plantAQuestions } from './harness/plant-a.ts'
import { answerOf, differences } from './harness/plant-a-answer.ts'

for (const path of ['raw rows', 'day summaries', 'day summaries beside a writer'] as const)
  forEachEngine(`facts give the 60 answers of plant-a from ${path}`, async (engine, t) => {
    const plant = await loadPlantA(engine)
    t.after(plant.drop)
    const opened = await openPlantKysely(plant.url)
    t.after(opened.close)
    const platform = await migratedDatabase(engine, t)
    const tenantId = await companyIn(platform.db)
    const histories = createHistories({ db: platform.db, clock: fixedClock(plantANowMs), log: console })
    t.after(histories.close)
    const db: PlantDb = { tenantId, engine: opened.engine, kysely: opened.kysely }
    const { settings } = readSettings(await plantAConfig(), 'UTC')
    const { model } = await loadModel(db, { settings, mappings: [], nowMs: plantANowMs })
    // asked once before, so that what the writer adds comes after what is known
    const known = histories.of({ db, model })
    if (path !== 'raw rows') for (const answer of known.answers(model.lines).values()) await answer
    const write = path === 'day summaries beside a writer' ? writerOf(db, model) : null
    let written = 0
    const { questions } = await plantAQuestions()
    const { answers } = await plantAExpected()
    assert.equal(questions.length, 60)

    for (const [i, { id, title, filters }] of questions.entries()) {
      await t.test(`${id} ${title}`, async () => {
        const wanted = answers[i]
        assert.equal(wanted.id, id)
        const { scope, fields } = checkFilters(model, filters, plantANowMs)
        if (!wanted.ok) {
          assert.deepEqual(
            fields.map((field) => field.path),
            [wanted.param],
          )
          return
        }
        assert.ok(scope, JSON.stringify(fields))
        await write?.(i)
        written++
        const facts = await gatherFacts(db, model, scope, path === 'raw rows' ? {} : { history: histories.of({ db, model }) })
        assert.deepEqual(differences(wanted, answerOf(scope, facts)), [])
        assert.ok(!facts.warnings.some(({ en }) => en.includes('history loading')))
      })
    }
    if (!write) return
    // what was written is there, and only on its days
    const { scope } = checkFilters(model, { start_date: '2026-08-01', end_date: '2026-08-31', interval: 'day' }, plantANowMs)
    assert.ok(scope)
    const facts = await gatherFacts(db, model, scope, { history: histories.of({ db, model }) })
    assert.equal(facts.summary.totalDetections, facts.lines.filter(({ line }) => line.detectionTable).length * rowsPerQuestion * written)
  })

const rowsPerQuestion = 20

/** Rows of days that no question asks about, into every line, before each question. */
function writerOf(db: PlantDb, { lines }: PlantModel) {
  return async (question: number): Promise<void> => {
    for (const { detectionTable, areas } of lines) {
      if (!detectionTable) continue
      const fromS = (parseLocal('2026-08-03 06:00:00') as number) + question * 7_000
      const rows = Array.from({ length: rowsPerQuestion }, (_, at) => ({
        detectedAt: formatLocal(fromS + at * 40),
        areaId: areas[at % Math.max(1, areas.length)]?.areaId ?? 1,
        productId: (at % 3) + 1,
      }))
      await insertDetections(db, detectionTable.name, rows)
    }
  }
}
