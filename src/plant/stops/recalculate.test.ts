import assert from 'node:assert/strict'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { plantModel } from '../../../test/harness/plant-model.ts'
import { rowsEvery, stopPlant } from '../../../test/harness/stop-plant.ts'
import { gatherFacts } from '../facts/index.ts'
import { parseScope } from '../scope/index.ts'
import { createStop, deleteStop, recalculateStops, type StopDeps } from './index.ts'

/** Does `meanwhile` once, when the first answer of the platform's database arrives. */
function betweenCalculationAndWriting(deps: StopDeps, meanwhile: () => Promise<unknown>): StopDeps {
  let isDone = false
  const kysely = deps.db.kysely.withPlugin({
    transformQuery: ({ node }) => node,
    async transformResult({ result }) {
      if (!isDone) {
        isDone = true
        await meanwhile()
      }
      return result
    },
  })
  return { ...deps, db: { ...deps.db, kysely } }
}

for (const what of ['adds a stop', 'deletes the calculated stop'] as const)
  forEachEngine(
    `PL-65 somebody ${what} while it is calculated anew: what they did stands, and nothing lies above it`,
    async (engine, t) => {
      const made = await stopPlant(engine, t, { model: plantModel(), now: '2026-10-15 12:00:00' })
      const at = (time: string) => made.at(`2026-10-15 ${time}:00`)
      await made.plant.insert([
        ...rowsEvery(made, 60, '2026-10-15 06:00:00', '2026-10-15 07:00:00'),
        ...rowsEvery(made, 60, '2026-10-15 08:00:00', '2026-10-15 12:00:00'),
      ])
      const editor = { actor: made.actor }
      const deps = betweenCalculationAndWriting(made.deps, () =>
        what === 'adds a stop'
          ? createStop(made.deps, editor, { lineId: 1, startS: at('07:10'), endS: at('07:50'), reason: { code: null, text: 'rollo' } })
          : deleteStop(made.deps, editor, { lineId: 1, atS: at('07:30') }),
      )
      const range = { lineIds: [1], fromS: at('06:00'), toS: at('12:00') }
      const done = await recalculateStops(deps, editor, { ...range, isDryRun: false })
      const { db, model } = await made.open()
      const scope = parseScope(model, { start_date: '2026-10-15', end_date: '2026-10-15' }, made.clock.nowS * 1000)
      const { stops } = await gatherFacts(db, model, scope, { history: made.deps.histories.of({ db, model }) })
      const own = stops
        .filter(({ span }) => span.fromS >= at('06:00'))
        .map(({ source, span }) => `${source} ${made.wall(span.fromS).slice(11, 16)}`)
      assert.deepEqual(own, what === 'adds a stop' ? ['recorded 07:00', 'manual 07:10', 'recorded 07:50'] : [])
      assert.equal(done.inserted, own.filter((text) => text.startsWith('recorded')).length)
    },
  )
