/** The 60 questions of plant-a answered by facts alone: counts and seconds exactly, ratios to 1e-9, refusals by parameter. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { gatherFacts } from '../src/plant/facts/index.ts'
import { loadModel, type PlantModel, readSettings } from '../src/plant/model/index.ts'
import { checkFilters } from '../src/plant/scope/index.ts'
import type { PlantDb } from '../src/plant/source/index.ts'
import { type Engine, openPlantKysely } from '../src/platform/db/index.ts'
import { loadPlantA, plantAConfig, plantAExpected, plantANowMs, plantAQuestions } from './harness/plant-a.ts'
import { answerOf, differences } from './harness/plant-a-answer.ts'

const { questions } = await plantAQuestions()
const expected = await plantAExpected()

const engine: Engine = (process.env.ANDON_PLANT_A_ENGINE as Engine | undefined) ?? 'sqlite'

describe(`plant-a on ${engine}`, () => {
  let db: PlantDb
  let model: PlantModel
  const cleanUp: (() => Promise<void>)[] = []
  before(async () => {
    const plant = await loadPlantA(engine)
    cleanUp.push(plant.drop)
    const opened = await openPlantKysely(plant.url)
    cleanUp.push(opened.close)
    db = { tenantId: 1, engine: opened.engine, kysely: opened.kysely }
    const { settings } = readSettings(await plantAConfig(), 'UTC')
    model = (await loadModel(db, { settings, mappings: [], nowMs: plantANowMs })).model
  })
  after(async () => {
    for (const work of cleanUp.reverse()) await work()
  })

  for (const [i, question] of questions.entries()) {
    test(`${question.id} ${question.title}`, async () => {
      const wanted = expected.answers[i]
      const { scope, fields } = checkFilters(model, question.filters, plantANowMs)
      if (!wanted.ok) {
        assert.equal(scope, null)
        assert.deepEqual(
          fields.map((field) => field.path),
          [wanted.param],
        )
        return
      }
      assert.ok(scope, JSON.stringify(fields))
      const facts = await gatherFacts(db, model, scope)
      assert.deepEqual(differences(wanted, answerOf(scope, facts)), [])
    })
  }
})
