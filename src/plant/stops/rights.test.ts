/** What an account may do decides where stops are kept, and nothing else. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { sql } from 'kysely'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { readOnlyUrl } from '../../../test/harness/read-only.ts'
import { rowsEvery, type StopPlant, stopPlant } from '../../../test/harness/stop-plant.ts'
import { type Engine, openPlantKysely } from '../../platform/db/index.ts'
import { gatherFacts } from '../facts/index.ts'
import { parseScope } from '../scope/index.ts'
import { createStop, deleteStop, justifyStop, storedIn, storeStops } from './index.ts'

/** The same company over an account with `rights`. */
async function asAccount(made: StopPlant, engine: Engine, rights: string, t: TestContext): Promise<StopPlant> {
  const opened = await openPlantKysely(await readOnlyUrl({ engine, url: made.plant.url }, t, rights))
  t.after(opened.close)
  const open = async () => {
    const plant = await made.open()
    return { ...plant, db: { ...plant.db, kysely: opened.kysely } }
  }
  return { ...made, open, deps: { ...made.deps, plants: { withPlant: async (_tenantId, work) => work(await open()) } } }
}

const shown = async (made: StopPlant): Promise<string[]> => {
  const plant = await made.open()
  const scope = parseScope(plant.model, { start_date: '2026-10-15', end_date: '2026-10-15' }, made.clock.nowS * 1000)
  const { stops } = await gatherFacts(plant.db, plant.model, scope, { history: made.deps.histories.of(plant) })
  return stops
    .map(({ source, span, recorded }) => `${source} ${made.wall(span.fromS).slice(11, 16)} ${recorded?.reasonText ?? '-'}`)
    .slice(1)
}
const running = async (engine: Engine, t: TestContext): Promise<StopPlant> => {
  const made = await stopPlant(engine, t, { now: '2026-10-15 10:00:00' })
  await made.plant.insert([
    ...rowsEvery(made, 60, '2026-10-15 06:00:00', '2026-10-15 07:00:00'),
    ...rowsEvery(made, 60, '2026-10-15 08:00:00', '2026-10-15 10:00:00'),
  ])
  return made
}
const at = (made: StopPlant, time: string): number => made.at(`2026-10-15 ${time}:00`)

forEachEngine(
  'PL-01 PL-63 an account that may only read: stops and reasons live in Andon, the job reports the line, the customer’s table stays empty',
  async (engine, t) => {
    const made = await asAccount(await running(engine, t), engine, 'SELECT', t)
    const editor = { actor: made.actor }
    assert.equal((await storedIn(made.deps, made.tenantId, [1])).get(1), 'platform')
    const [run] = await storeStops({ ...made.deps, log: { info: () => {}, warn: () => {} } }, [made.tenantId])
    assert.deepEqual(
      run?.lines.map(({ outcome, stored }) => [outcome, stored]),
      [['no_right', 0]],
    )
    await justifyStop(made.deps, editor, { lineId: 1, atS: at(made, '07:30') }, { code: null, text: 'sin luz' })
    const manual = await createStop(made.deps, editor, {
      lineId: 1,
      startS: at(made, '09:00'),
      endS: at(made, '09:10'),
      reason: { code: null, text: 'limpieza' },
    })
    assert.deepEqual(await shown(made), ['recorded 07:00 sin luz', 'manual 09:00 limpieza'])
    await deleteStop(made.deps, editor, { lineId: 1, eventId: manual.eventId })
    assert.deepEqual(await shown(made), ['recorded 07:00 sin luz'])
    assert.deepEqual((await sql`select * from downtime_events_l1`.execute(made.plant.db.kysely)).rows, [])
  },
)

forEachEngine(
  'PL-63 an account without DELETE: stops are stored in the customer’s table, a deleted one is hidden by a row of Andon’s',
  async (engine, t) => {
    if (engine === 'sqlite') return // a file is written or it is not
    const own = await running(engine, t)
    // an identity column needs no right on a sequence
    const made = await asAccount(own, engine, 'SELECT, INSERT, UPDATE', t)
    const editor = { actor: made.actor }
    const done = await justifyStop(made.deps, editor, { lineId: 1, atS: at(made, '07:30') }, { code: null, text: 'sin luz' })
    assert.ok(done.kind === 'stored')
    assert.equal(done.stop.storedIn, 'plant')
    await deleteStop(made.deps, editor, { lineId: 1, eventId: done.stop.eventId })
    assert.deepEqual(await shown(made), [])
    assert.equal((await sql`select * from downtime_events_l1`.execute(own.plant.db.kysely)).rows.length, 1)
  },
)
