import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { line, plantModel, settings } from '../../../test/harness/plant-model.ts'
import { editorOf, rowsEvery, type StopPlant, stopPlant } from '../../../test/harness/stop-plant.ts'
import { Problem } from '../../platform/http/problem.ts'
import { type Facts, gatherFacts } from '../facts/index.ts'
import { readLineMarks } from '../live/marks.ts'
import { parseScope } from '../scope/index.ts'
import {
  changeStop,
  createStop,
  deleteStop,
  type Editor,
  findStop,
  justifyStop,
  justifyStops,
  mergeStops,
  pendingReasons,
  reasonTree,
  restoreStop,
  splitStop,
  storedIn,
  versionOf,
} from './index.ts'

const reasons = {
  failures: new Map([[7, { failureId: 7, typeFailure: 'Eléctrica', description: 'Eléctrica' }]]),
  incidents: new Map([
    [101, { incidentId: 101, failureId: 7, incidentCode: 'E1', description: 'Sin energía' }],
    [102, { incidentId: 102, failureId: 7, incidentCode: 'E2', description: 'Motor' }],
  ]),
}
const model = plantModel(reasons)
const now = '2026-10-15 12:00:00'

/** Rows from 6 to 12 but for two silences: 07:00–07:20 and 09:00–10:00. */
async function running(engine: Parameters<typeof stopPlant>[0], t: Parameters<typeof stopPlant>[1], more = {}): Promise<StopPlant> {
  const made = await stopPlant(engine, t, { model, now, ...more })
  await made.plant.insert([
    ...rowsEvery(made, 60, '2026-10-15 06:00:00', '2026-10-15 07:00:00'),
    ...rowsEvery(made, 60, '2026-10-15 07:20:00', '2026-10-15 09:00:00'),
    ...rowsEvery(made, 60, '2026-10-15 10:00:00', '2026-10-15 12:00:00'),
  ])
  return made
}

async function factsOf(made: StopPlant): Promise<Facts> {
  const plant = await made.open()
  const scope = parseScope(plant.model, { start_date: '2026-10-15', end_date: '2026-10-15' }, made.clock.nowS * 1000)
  return gatherFacts(plant.db, plant.model, scope, { history: made.deps.histories.of(plant) })
}
const shown = ({ stops }: Facts, { wall }: StopPlant): string[] =>
  stops
    .filter(({ span }) => span.fromS >= 0)
    .map(
      ({ source, span, recorded }) =>
        `${source} ${wall(span.fromS).slice(11, 16)}-${wall(span.toS).slice(11, 16)} ${recorded?.reasonCode ?? '-'}`,
    )
    .filter((text) => !text.includes('00:00'))

const refusal = async (work: Promise<unknown>): Promise<Problem> => {
  try {
    await work
  } catch (error) {
    assert.ok(error instanceof Problem, String(error))
    return error
  }
  throw new Error('it was not refused')
}
const editor = ({ actor }: StopPlant): Editor => ({ actor })
const auditOf = async ({ db }: StopPlant) =>
  (
    await db.kysely
      .selectFrom('audit_logs')
      .select(['action', 'entity_type', 'entity_id', 'details', 'user_id'])
      .where('tenant_id', '=', db.tenantId)
      .where('entity_type', 'in', ['stop', 'stops', 'live_stop'])
      .orderBy('id')
      .execute()
  ).map(({ details, ...row }) => ({
    ...row,
    details: JSON.parse(details) as { before: { reason_code: number | null } | null; after: { reason_code: number | null } | null },
  }))

forEachEngine(
  'PL-63 a calculated stop is stored by explaining it, in the customer’s table, and nothing else of the figures changes',
  async (engine, t) => {
    const made = await running(engine, t)
    const before = await factsOf(made)
    assert.deepEqual(shown(before, made), ['calculated 07:00-07:20 -', 'calculated 09:00-10:00 -'])
    const done = await justifyStop(
      made.deps,
      editor(made),
      { lineId: 1, atS: made.at('2026-10-15 09:30:00') },
      { code: 101, text: ' corte de luz ' },
    )
    assert.ok(done.kind === 'stored')
    assert.deepEqual(
      [done.stop.storedIn, done.stop.reasonText, done.stop.editedBy, done.stop.isManual],
      ['plant', 'corte de luz', 'ana', false],
    )
    const { rows } = await sql<Record<string, unknown>>`select * from downtime_events_l1`.execute(made.plant.db.kysely)
    assert.equal(rows.length, 1)
    assert.deepEqual(
      [Number(rows[0]?.duration), Number(rows[0]?.reason_code), rows[0]?.reason, Number(rows[0]?.is_manual), String(rows[0]?.start_time)],
      [3_600, 101, 'corte de luz', 0, '2026-10-15 09:00:00'],
    )
    // the first row of 10:00 closes it
    const closing = await sql<{
      id: unknown
    }>`select detection_id as id from detection_line_l1 where detected_at = ${'2026-10-15 10:00:00'}`.execute(made.plant.db.kysely)
    assert.equal(Number(rows[0]?.last_detection_id), Number(closing.rows[0]?.id))
    const after = await factsOf(made)
    assert.deepEqual(shown(after, made), ['calculated 07:00-07:20 -', 'recorded 09:00-10:00 101'])
    assert.deepEqual(after.kpi, before.kpi)
    assert.deepEqual(await findStop(made.deps, made.tenantId, { lineId: 1, eventId: done.stop.eventId }), done.stop)
    const stop = after.stops.find(({ eventId }) => eventId === done.stop.eventId)
    assert.equal(stop && versionOf(stop), done.stop.version)
    const [audit] = await auditOf(made)
    assert.deepEqual(
      [audit?.action, audit?.entity_id, audit?.details.before, audit?.details.after?.reason_code],
      ['CREATE', `1/${done.stop.eventId}`, null, 101],
    )
  },
)

forEachEngine(
  'PL-63 the second of two who edit the same stop is refused with who, when and what it says now; the customer’s own edit counts too',
  async (engine, t) => {
    const made = await running(engine, t)
    const stop = await createStop(made.deps, editor(made), {
      lineId: 1,
      startS: made.at('2026-10-15 06:10:00'),
      endS: made.at('2026-10-15 06:20:00'),
      reason: { code: null, text: 'cambio de rollo' },
    })
    const eva: Editor = { actor: editorOf(made.tenantId, made.actor.userId, 'eva', ['annotate_downtime']) }
    const ref = { lineId: 1, eventId: stop.eventId, version: stop.version }
    const outcomes = await Promise.allSettled([
      justifyStop(made.deps, editor(made), ref, { code: 101, text: null }),
      justifyStop(made.deps, eva, ref, { code: 102, text: null }),
    ])
    assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
    const lost = outcomes.find((one) => one.status === 'rejected') as PromiseRejectedResult
    const winner = outcomes[0]?.status === 'fulfilled' ? 'ana' : 'eva'
    assert.ok(lost.reason instanceof Problem)
    const extra = lost.reason.options.extra as { edited_by: string; current: { reason_code: number; version: string }; edited_at: string }
    assert.deepEqual(
      [lost.reason.code, lost.reason.status, extra.edited_by, extra.current.reason_code],
      ['edited_meanwhile', 409, winner, winner === 'ana' ? 101 : 102],
    )
    assert.equal(extra.edited_at, new Date(made.clock.nowS * 1000).toISOString())
    // saying the same once more is no conflict: an answer may have been lost
    const same = await justifyStop(made.deps, editor(made), ref, { code: extra.current.reason_code, text: null })
    assert.equal(same.kind === 'stored' && same.stop.version, extra.current.version)
    await sql`update downtime_events_l1 set reason = 'a mano' where event_id = ${stop.eventId}`.execute(made.plant.db.kysely)
    const foreign = await refusal(justifyStop(made.deps, eva, { ...ref, version: extra.current.version }, { code: 101, text: 'otra' }))
    assert.deepEqual([foreign.code, foreign.options.extra?.edited_by], ['edited_meanwhile', null])
    await deleteStop(made.deps, editor(made), { lineId: 1, eventId: stop.eventId })
    const gone = await refusal(justifyStop(made.deps, eva, ref, { code: 101, text: null }))
    assert.deepEqual([gone.code, gone.options.extra?.edited_by], ['edited_meanwhile', 'ana'])
  },
)

forEachEngine(
  'PL-63 a deleted automatic stop is no stop: it is not downtime, and comes back only when it is restored',
  async (engine, t) => {
    const made = await running(engine, t)
    const before = await factsOf(made)
    await deleteStop(made.deps, editor(made), { lineId: 1, atS: made.at('2026-10-15 07:10:00') })
    const without = await factsOf(made)
    assert.deepEqual(shown(without, made), ['calculated 09:00-10:00 -'])
    assert.equal(before.kpi.time.unplannedDowntimeS - without.kpi.time.unplannedDowntimeS, 1_200)
    assert.equal(before.kpi.time.plannedBusyTimeS, without.kpi.time.plannedBusyTimeS)
    const stored = await justifyStop(made.deps, editor(made), { lineId: 1, atS: made.at('2026-10-15 09:10:00') }, { code: 102, text: null })
    assert.ok(stored.kind === 'stored')
    await deleteStop(made.deps, editor(made), { lineId: 1, eventId: stored.stop.eventId, version: stored.stop.version })
    assert.deepEqual(shown(await factsOf(made), made), [])
    await restoreStop(made.deps, editor(made), { lineId: 1, eventId: stored.stop.eventId })
    await restoreStop(made.deps, editor(made), { lineId: 1, atS: made.at('2026-10-15 07:10:00') })
    assert.deepEqual((await factsOf(made)).kpi, before.kpi)
    assert.equal(
      (await refusal(restoreStop(made.deps, editor(made), { lineId: 1, atS: made.at('2026-10-15 07:10:00') }))).code,
      'stop_not_found',
    )
  },
)

forEachEngine('PL-63 stops are added, moved, cut and joined; overlaps are refused unless forced', async (engine, t) => {
  const made = await running(engine, t)
  const at = (time: string) => made.at(`2026-10-15 ${time}:00`)
  const given = { lineId: 1, startS: at('09:30'), endS: at('10:10'), reason: { code: 101, text: null } }
  const stored = await justifyStop(made.deps, editor(made), { lineId: 1, atS: at('09:10') }, { code: 102, text: null })
  assert.ok(stored.kind === 'stored')
  const refused = await refusal(createStop(made.deps, editor(made), given))
  assert.deepEqual(
    [refused.code, ((refused.options.extra ?? {}) as { overlaps: { event_id: number }[] }).overlaps.map((one) => one.event_id)],
    ['stop_overlaps', [stored.stop.eventId]],
  )
  const forced = await createStop(made.deps, editor(made), { ...given, force: true })
  await deleteStop(made.deps, editor(made), { lineId: 1, eventId: forced.eventId })
  const [first, second] = await splitStop(
    made.deps,
    editor(made),
    { lineId: 1, eventId: stored.stop.eventId, version: stored.stop.version },
    at('09:15'),
  )
  assert.deepEqual([first.durationS, second.durationS, second.reasonCode, first.isManual], [900, 2_700, 102, true])
  const moved = await changeStop(
    made.deps,
    editor(made),
    { lineId: 1, eventId: second.eventId, version: second.version },
    { endS: at('09:45') },
  )
  assert.equal(moved.durationS, 1_800)
  assert.deepEqual(shown(await factsOf(made), made), [
    'calculated 07:00-07:20 -',
    'manual 09:00-09:15 102',
    'manual 09:15-09:45 102',
    'calculated 09:45-10:00 -',
  ])
  const joined = await mergeStops(made.deps, editor(made), [
    { lineId: 1, eventId: first.eventId, version: first.version },
    { lineId: 1, eventId: moved.eventId, version: moved.version },
    { lineId: 1, atS: at('09:50') },
  ])
  assert.deepEqual([joined.durationS, joined.reasonCode, joined.eventId], [3_600, 102, first.eventId])
  assert.deepEqual(shown(await factsOf(made), made), ['calculated 07:00-07:20 -', 'manual 09:00-10:00 102'])
  const far = await refusal(
    mergeStops(made.deps, editor(made), [
      { lineId: 1, eventId: joined.eventId },
      { lineId: 1, atS: at('07:10') },
    ]),
  )
  assert.deepEqual(
    far.options.fields?.map(({ rule }) => rule),
    ['adjacent'],
  )
  assert.ok((await auditOf(made)).length >= 8)
})
test('where the stops of many lines are kept is asked at once', async (t) => {
  const lineIds = [1, 2, 3, 4, 5]
  const many = plantModel({ lines: lineIds.map((lineId) => line({ lineId, downtimeTable: null })) })
  const made = await stopPlant('sqlite', t, { model: many, now })
  await storedIn(made.deps, made.tenantId, lineIds)
  let asked = 0
  const kysely = made.deps.db.kysely.withPlugin({
    transformQuery: ({ node }) => {
      asked += 1
      return node
    },
    transformResult: async ({ result }) => result,
  })
  const places = await storedIn({ ...made.deps, db: { ...made.deps.db, kysely } }, made.tenantId, lineIds)
  assert.deepEqual([[...places.keys()], asked], [lineIds, 1])
})
for (const isReadOnly of [false, true])
  forEachEngine(
    `PL-63 without ${isReadOnly ? 'the right to write' : 'a table'} stops and reasons live in the platform database, and all figures hold`,
    async (engine, t) => {
      const noTable = plantModel({ ...reasons, lines: [line({ downtimeTable: null })] })
      const made = await running(engine, t, isReadOnly ? {} : { model: noTable })
      if (isReadOnly) {
        await made.plant.stop([{ start: '2026-10-15 06:10:00', end: '2026-10-15 06:20:00', code: null }])
        // a view takes no rows: what an account without rights looks like on every engine
        await made.plant.run('create table kept_events as select * from downtime_events_l1')
        await made.plant.run('drop table downtime_events_l1')
        await made.plant.run(`create view downtime_events_l1 as select distinct * from kept_events`)
      }
      assert.equal((await storedIn(made.deps, made.tenantId, [1])).get(1), 'platform')
      const before = await factsOf(made)
      const done = await justifyStop(made.deps, editor(made), { lineId: 1, atS: made.at('2026-10-15 09:30:00') }, { code: 101, text: null })
      assert.ok(done.kind === 'stored')
      assert.deepEqual([done.stop.storedIn, done.stop.eventId > 4e15, Number.isSafeInteger(done.stop.eventId)], ['platform', true, true])
      const after = await factsOf(made)
      assert.deepEqual(after.kpi, before.kpi)
      assert.ok(shown(after, made).includes('recorded 09:00-10:00 101'))
      if (!isReadOnly) return
      // an event of the customer that cannot be written is explained beside it, under its own id
      const own = before.stops.find(({ eventId }) => eventId !== null)
      const eventId = own?.eventId ?? 0
      const explained = await justifyStop(
        made.deps,
        editor(made),
        { lineId: 1, eventId, version: (own && versionOf(own)) ?? '' },
        { code: 102, text: null },
      )
      assert.deepEqual(explained.kind === 'stored' && [explained.stop.eventId, explained.stop.reasonCode], [eventId, 102])
      assert.ok(shown(await factsOf(made), made).includes('recorded 06:10-06:20 102'))
      assert.deepEqual((await factsOf(made)).kpi, before.kpi)
      await deleteStop(made.deps, editor(made), { lineId: 1, eventId })
      assert.ok(!shown(await factsOf(made), made).some((text) => text.includes('06:10')))
      assert.equal((await refusal(findStop(made.deps, made.tenantId, { lineId: 1, eventId }))).code, 'stop_not_found')
    },
  )

test('PL-64 bad input is refused by name, and nothing is half done', async (t) => {
  const made = await running('sqlite', t)
  const at = (time: string) => made.at(`2026-10-15 ${time}:00`)
  const rules = async (work: Promise<unknown>) => (await refusal(work)).options.fields?.map(({ path, rule }) => `${path} ${rule}`) ?? []
  const create = (more: Partial<Parameters<typeof createStop>[2]>) =>
    createStop(made.deps, editor(made), { lineId: 1, startS: at('06:10'), endS: at('06:20'), reason: { code: 101, text: null }, ...more })
  assert.deepEqual(await rules(create({ endS: at('06:10') })), ['end_time order'])
  assert.deepEqual(await rules(create({ endS: at('12:00') + 1 })), ['end_time future'])
  assert.deepEqual(await rules(create({ startS: at('06:10') - 7 * 86_400 - 1 })), ['end_time maxDuration'])
  assert.deepEqual(await rules(create({ reason: { code: 999, text: null } })), ['reason_code unknown'])
  assert.deepEqual(await rules(create({ reason: { code: 7, text: null } })), ['reason_code unknown'])
  assert.deepEqual(await rules(create({ reason: { code: null, text: '  ' } })), ['reason minLength'])
  assert.deepEqual(await rules(create({ reason: { code: null, text: 'ñ'.repeat(501) } })), ['reason maxLength'])
  assert.deepEqual(await rules(create({ reason: { code: null, text: null } })), ['reason_code required'])
  assert.equal((await refusal(create({ lineId: 99 }))).code, 'line_not_found')
  const stop = await create({ reason: { code: 1, text: 'ñ'.repeat(500) } })
  assert.deepEqual(await rules(splitStop(made.deps, editor(made), { lineId: 1, eventId: stop.eventId }, at('06:10'))), ['at inside'])
  assert.deepEqual(await rules(mergeStops(made.deps, editor(made), [{ lineId: 1, eventId: stop.eventId }])), ['stops minItems'])
  assert.deepEqual(
    (await sql<{ n: unknown }>`select count(*) as n from downtime_events_l1`.execute(made.plant.db.kysely)).rows.map(({ n }) => Number(n)),
    [1],
  )
  const many = await justifyStops(
    made.deps,
    editor(made),
    [
      { lineId: 1, atS: at('07:10') },
      { lineId: 1, atS: at('08:00') },
      { lineId: 1, eventId: stop.eventId, version: 'other' },
    ],
    { code: 102, text: null },
  )
  assert.deepEqual(
    many.map((one) => (one.ok ? one.result.kind : one.problem.code)),
    ['stored', 'stop_not_found', 'edited_meanwhile'],
  )
  const failures = plantModel({ ...reasons, settings: settings({ reasonTarget: 'failure' }) })
  made.model = failures
  assert.equal((await create({ startS: at('06:40'), endS: at('06:50'), reason: { code: 7, text: null } })).reasonCode, 7)
})

test('PL-63 an operator explains, and adds what they saw; the rest is a supervisor’s', async (t) => {
  const made = await running('sqlite', t)
  const operator: Editor = { actor: editorOf(made.tenantId, made.actor.userId, 'oscar', ['annotate_downtime']), signedBy: 'Óscar Ruiz' }
  const at = (time: string) => made.at(`2026-10-15 ${time}:00`)
  const add = (startS: number, force?: boolean) =>
    createStop(made.deps, operator, { lineId: 1, startS, endS: startS + 600, reason: { code: 101, text: null }, force })
  assert.equal((await refusal(add(at('12:00') - 86_401))).code, 'stop_too_old')
  assert.equal((await refusal(add(at('06:10'), true))).code, 'stop_too_old')
  const stop = await add(at('06:10'))
  assert.equal(stop.editedBy, 'Óscar Ruiz')
  assert.equal(
    (await refusal(changeStop(made.deps, operator, { lineId: 1, eventId: stop.eventId }, { endS: at('06:12') }))).code,
    'times_not_allowed',
  )
  assert.equal(
    (await changeStop(made.deps, operator, { lineId: 1, eventId: stop.eventId }, { reason: { code: 102, text: null } })).reasonCode,
    102,
  )
  const bound: Editor = { actor: { ...operator.actor, lineIds: [2] } }
  assert.equal(
    (await refusal(justifyStop(made.deps, bound, { lineId: 1, eventId: stop.eventId }, { code: 101, text: null }))).code,
    'line_not_found',
  )
  const tree = await reasonTree(made.deps, operator.actor, 1)
  assert.deepEqual(tree.recent, [{ code: 102, label: 'Motor' }])
  assert.deepEqual(
    tree.failures.map(({ code, incidents }) => [code, incidents.map((one) => one.code)]),
    [[null, [101, 102]]],
  )
})

forEachEngine('PL-58 the reason of a stop that goes on waits, and is on it once somebody stores it', async (engine, t) => {
  const made = await running(engine, t)
  made.clock.nowS = made.at('2026-10-15 12:30:00')
  const ref = { lineId: 1, atS: made.at('2026-10-15 12:20:00') }
  const pending = await justifyStop(made.deps, editor(made), ref, { code: 102, text: null })
  assert.deepEqual(pending, { kind: 'pending', lineId: 1, atS: ref.atS })
  assert.equal((await pendingReasons(made.db, [1])).get(1)?.code, 102)
  assert.equal((await refusal(deleteStop(made.deps, editor(made), ref))).code, 'stop_still_open')
  const { rows } = await sql`select * from downtime_events_l1`.execute(made.plant.db.kysely)
  assert.deepEqual(rows, [])
})

forEachEngine('PL-89 open pages hear of an edit, which adds no row to the customer’s table', async (engine, t) => {
  const made = await running(engine, t)
  const marks = async () => {
    const { db, model: own } = await made.open()
    return (await readLineMarks(db, own.lines)).get(1)
  }
  const stop = await createStop(made.deps, editor(made), {
    lineId: 1,
    startS: made.at('2026-10-15 06:10:00'),
    endS: made.at('2026-10-15 06:20:00'),
    reason: { code: 101, text: null },
  })
  const before = await marks()
  assert.equal(await marks(), before)
  await justifyStop(made.deps, editor(made), { lineId: 1, eventId: stop.eventId }, { code: 102, text: null })
  assert.notEqual(await marks(), before)
})
