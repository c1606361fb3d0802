/** The 60 questions of plant-a answered by facts alone: counts and seconds exactly, ratios to 1e-9, refusals by parameter. */
import assert from 'node:assert/strict'
import { gatherFacts } from '../src/plant/facts/index.ts'
import { loadModel, readSettings } from '../src/plant/model/index.ts'
import { checkFilters } from '../src/plant/scope/index.ts'
import type { PlantDb } from '../src/plant/source/index.ts'
import { openPlantKysely } from '../src/platform/db/index.ts'
import { forEachEngine } from './harness/engines.ts'
import { loadPlantA, plantAConfig, plantAExpected, plantANowMs, plantAQuestions } from './harness/plant-a.ts'
import { answerOf, differences } from './harness/plant-a-answer.ts'

forEachEngine('facts give the 60 answers of plant-a', async (engine, t) => {
  const plant = await loadPlantA(engine)
  t.after(plant.drop)
  const opened = await openPlantKysely(plant.url)
  t.after(opened.close)
  const db: PlantDb = { tenantId: 1, engine: opened.engine, kysely: opened.kysely }
  const { settings } = readSettings(await plantAConfig(), 'UTC')
  const { model } = await loadModel(db, { settings, mappings: [], nowMs: plantANowMs })
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
      assert.deepEqual(differences(wanted, answerOf(scope, await gatherFacts(db, model, scope))), [])
    })
  }
})
