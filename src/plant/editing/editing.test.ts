import assert from 'node:assert/strict'
import type { KyselyPlugin } from 'kysely'
import { type EditablePlant, editablePlant } from '../../../test/harness/editable-plant.ts'
import { forEachEngine } from '../../../test/harness/engines.ts'
import type { Engine } from '../../platform/db/index.ts'
import { Problem } from '../../platform/http/index.ts'
import type { Entity, PlantModel } from '../model/index.ts'
import { applyEdit, applyEdits, findRecord, listRecords, previewModel, readRecords, undoEdit } from './service.ts'
import type { Edit, GivenValues } from './values.ts'

const editor = { actor: null } as const
const modelOf = ({ plants, tenantId }: EditablePlant): Promise<PlantModel> => plants.withPlant(tenantId, async ({ model }) => model)
const edit = (plant: EditablePlant, one: Edit) => applyEdit(plant, editor, plant.tenantId, one)
const change = (plant: EditablePlant, entity: Entity, id: number, values: GivenValues, version?: string) =>
  edit(plant, { kind: 'change', entity, id, values, ...(version !== undefined && { version }) })

const refusedAs =
  (code: string, ...rules: readonly string[]) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof Problem, String(error))
    assert.equal(error.code, code)
    assert.deepEqual((error.options.fields ?? []).map(({ path, rule }) => `${path}: ${rule}`).sort(), [...rules].sort())
    return true
  }

/** Both kinds of plant on every engine: what people see may not differ. */
function forBoth(name: string, work: (plant: EditablePlant, canManage: boolean, engine: Engine) => Promise<void>): void {
  forEachEngine(`${name}, in a plant of ours`, async (engine, t) => work(await editablePlant(engine, t, { canManage: true }), true, engine))
  forEachEngine(`${name}, beside a plant that may only be read`, async (engine, t) =>
    work(await editablePlant(engine, t, { canManage: false }), false, engine),
  )
}

/** What the model says without where it says it from. */
const told = ({ lines, products, shifts, filters, failures, incidents, warnings }: PlantModel) => ({
  lines,
  products,
  shifts,
  filters,
  failures,
  incidents,
  warnings,
})

const severalEdits: readonly Edit[] = [
  { kind: 'change', entity: 'line', id: 1, values: { line_name: 'Envasado 1', performance: 12, downtime_threshold: 120 } },
  { kind: 'change', entity: 'area', id: 3, values: { area_type: 'discard', area_order: 4 } },
  { kind: 'change', entity: 'product', id: 1, values: { product_weight: '12,5', product_color: '#22c55e', production_std: 600 } },
  { kind: 'change', entity: 'shift', id: 2, values: { end_time: '21:00', days: ['lunes', 2, 'Wednesday'] } },
  {
    kind: 'change',
    entity: 'filter',
    id: 1,
    values: { additional_filter: { alias: 'Línea 1', line_ids: [1], futuro: { a: 1 } }, is_active: false },
  },
  { kind: 'change', entity: 'failure', id: 1, values: { type_failure: 'Mecánica pesada' } },
  { kind: 'change', entity: 'incident', id: 1, values: { description: 'Cinta cortada', has_solution: true, solution: 7 } },
]

forEachEngine('PL-75 an edit kept beside the plant equals the same edit in the database', async (engine, t) => {
  const [own, beside] = [await editablePlant(engine, t, { canManage: true }), await editablePlant(engine, t, { canManage: false })]
  for (const plant of [own, beside]) await applyEdits(plant, editor, plant.tenantId, severalEdits)
  const [written, overlaid] = [await modelOf(own), await modelOf(beside)]
  assert.deepEqual(told(overlaid), told(written))
  assert.equal(written.lines[0]?.lineName, 'Envasado 1')
  assert.equal(written.lines[0]?.detectionTable?.name, 'detection_line_l1')
  assert.deepEqual([...(written.shifts[1]?.isoWeekdays ?? [])], [1, 2, 3])
  for (const entity of ['line', 'area', 'product', 'shift', 'filter', 'failure', 'incident'] as const) {
    const [mine, theirs] = [await listRecords(own, own.tenantId, entity), await listRecords(beside, beside.tenantId, entity)]
    assert.deepEqual(
      theirs.map(({ id, values, version }) => ({ id, values, version })),
      mine.map(({ id, values, version }) => ({ id, values, version })),
    )
    assert.deepEqual(new Set(mine.map(({ origin }) => origin)), new Set(['database']))
    assert.equal(theirs.find(({ id }) => id === (entity === 'area' ? 3 : entity === 'shift' ? 2 : 1))?.origin, 'overlay')
  }
  await beside.onPlant(async (kysely) => {
    const line = await kysely.selectFrom('production_line').select(['line_name', 'performance']).executeTakeFirstOrThrow()
    assert.deepEqual({ ...line }, { line_name: 'Envasado', performance: 10 })
  })
})

forBoth('PL-75 PL-TODO-23 the next read is fresh, and the edit is told in the audit log with what was before', async (plant) => {
  assert.equal((await modelOf(plant)).lines[0]?.performance, 10)
  const done = await change(plant, 'line', 1, { performance: 11 })
  assert.deepEqual([done.outcome, done.record?.values.performance, done.record?.edited?.by], ['changed', 11, 'Andon'])
  assert.equal((await modelOf(plant)).lines[0]?.performance, 11)
  const rows = await plant.db.kysely
    .selectFrom('audit_logs')
    .select(['action', 'entity_type', 'entity_id', 'details'])
    .where('tenant_id', '=', plant.tenantId)
    .where('entity_type', '=', 'line')
    .execute()
  assert.deepEqual(
    rows.map(({ action, entity_id, details }) => [
      action,
      entity_id,
      JSON.parse(details).before.performance,
      JSON.parse(details).after.performance,
    ]),
    [['UPDATE', '1', 10, 11]],
  )
  assert.equal((await change(plant, 'line', 1, { performance: 11 })).outcome, 'unchanged')
})

forBoth('PL-75 a record that somebody changed meanwhile is refused, with who and when', async (plant) => {
  const shift = await findRecord(plant, plant.tenantId, 'shift', 1)
  const both = await Promise.allSettled(['06:30', '07:00'].map((start_time) => change(plant, 'shift', 1, { start_time }, shift.version)))
  assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
  const lost = both.find(({ status }) => status === 'rejected')
  assert.ok(lost?.status === 'rejected' && lost.reason instanceof Problem)
  assert.equal(lost.reason.code, 'edit_conflict')
  assert.deepEqual(lost.reason.options.extra, { edited_by: 'Andon', edited_at: '2026-10-19T15:17:00.000Z' })
  const won = both.find(({ status }) => status === 'fulfilled')
  assert.ok(won?.status === 'fulfilled')
  assert.equal((await findRecord(plant, plant.tenantId, 'shift', 1)).values.start_time, won.value.record?.values.start_time)
  await plant.onPlant((kysely) => kysely.updateTable('shift').set({ shift_name: 'Otra' }).where('shift_id', '=', 2).execute())
  await assert.rejects(change(plant, 'shift', 2, { end_time: '21:00' }, 'stale'), refusedAs('edit_conflict'))
})

forBoth('PL-75 a list of edits is done whole or not at all, and may name what it adds', async (plant, canManage) => {
  const line = { line_name: 'Nueva', line_code: 'nueva-2', downtime_threshold: 300 }
  const area = { line_id: { key: 'n' }, area_name: 'Salida', area_type: 'output', area_order: 1 }
  const edits: Edit[] = [
    { kind: 'add', entity: 'line', key: 'n', values: line },
    { kind: 'add', entity: 'area', values: area },
    { kind: 'add', entity: 'failure', key: 'f', values: { type_failure: 'Eléctrica' } },
    { kind: 'add', entity: 'incident', values: { failure_id: { key: 'f' }, incident_code: 'E1', description: 'Sin energía' } },
  ]
  await assert.rejects(
    applyEdits(plant, editor, plant.tenantId, [
      ...edits,
      { kind: 'change', entity: 'shift', id: 1, values: { end_time: '06:00', is_overnight: false } },
    ]),
    refusedAs('validation_failed', '4.end_time: zero_length'),
  )
  assert.equal((await listRecords(plant, plant.tenantId, 'line')).length, 1)
  const [made, madeArea, , incident] = await applyEdits(plant, editor, plant.tenantId, edits)
  assert.equal(made?.record?.values.line_code, 'NUEVA-2')
  const model = await modelOf(plant)
  const found = model.lines.find(({ lineId }) => lineId === made?.id)
  assert.deepEqual(
    found?.areas.map(({ areaId }) => areaId),
    [madeArea?.id],
  )
  assert.equal(model.incidents.get(incident?.id ?? 0)?.incidentCode, 'E1')
  assert.equal(model.failures.get(model.incidents.get(incident?.id ?? 0)?.failureId ?? 0)?.typeFailure, 'Eléctrica')
  if (canManage)
    assert.deepEqual([found?.detectionTable?.name, found?.downtimeTable], ['detection_line_nueva_2', 'downtime_events_nueva_2'])
  else assert.deepEqual([found?.detectionTable, (found?.lineId ?? 0) > 2_000_000_000], [null, true])
})

forBoth('PL-10 PL-11 a renamed line keeps its table, and its former code gives no second line that table', async (plant, canManage) => {
  await change(plant, 'line', 1, { line_name: 'Otro nombre', line_code: 'OTRO' })
  assert.equal((await modelOf(plant)).lines[0]?.detectionTable?.name, 'detection_line_l1')
  const again: Edit = { kind: 'add', entity: 'line', values: { line_name: 'Segunda', line_code: 'L1', downtime_threshold: 300 } }
  if (canManage) await assert.rejects(edit(plant, again), refusedAs('validation_failed', 'line_code: table_taken'))
  else {
    await edit(plant, again)
    assert.deepEqual(
      (await modelOf(plant)).lines.map(({ detectionTable }) => detectionTable?.name ?? null),
      ['detection_line_l1', null],
    )
  }
})

const refusals: readonly {
  readonly name: string
  readonly edit: readonly [Entity, GivenValues]
  readonly code?: string
  readonly rules: readonly string[]
}[] = [
  {
    name: 'a code that is taken',
    code: 'code_taken',
    edit: ['line', { line_name: 'Dos', line_code: 'l1', downtime_threshold: 300 }],
    rules: ['line_code: code_taken'],
  },
  {
    name: 'a product code that is taken',
    code: 'code_taken',
    edit: ['product', { product_name: 'x', product_code: 'b-25' }],
    rules: ['product_code: code_taken'],
  },
  {
    name: 'a line without name, of an odd code and a short threshold',
    edit: ['line', { line_name: ' ', line_code: 'a b', downtime_threshold: 30, performance: -1, availability: 101 }],
    rules: ['availability: range', 'downtime_threshold: range', 'line_code: pattern', 'line_name: required', 'performance: range'],
  },
  {
    name: 'an area of a line that is not there',
    edit: ['area', { line_id: 99, area_name: 'x', area_type: 'output', area_order: 1 }],
    rules: ['line_id: unknown'],
  },
  {
    name: 'an area of no known type',
    edit: ['area', { line_id: 1, area_name: 'x', area_type: 'rara', area_order: 0 }],
    rules: ['area_order: range', 'area_type: choice'],
  },
  {
    name: 'too heavy a product',
    edit: ['product', { product_name: 'x', product_code: 'N', product_weight: '1000' }],
    rules: ['product_weight: decimal'],
  },
  {
    name: 'a shift of zero length',
    edit: ['shift', { shift_name: 'x', start_time: '23:00', end_time: '23:00' }],
    rules: ['end_time: zero_length'],
  },
  {
    name: 'a shift longer than a day',
    edit: ['shift', { shift_name: 'x', start_time: '22:00', end_time: '23:00', is_overnight: true }],
    rules: ['is_overnight: overnight'],
  },
  {
    name: 'a shift that overlaps one of the same lines',
    edit: ['shift', { shift_name: 'x', start_time: '21:00', end_time: '23:00' }],
    rules: ['start_time: shift_overlap'],
  },
  {
    name: 'a night that runs into Monday morning',
    edit: ['shift', { shift_name: 'x', start_time: '22:00', end_time: '06:30', days: [7] }],
    rules: ['start_time: shift_overlap'],
  },
  {
    name: 'no time and no day',
    edit: ['shift', { shift_name: 'x', start_time: '25:00', end_time: '', days: [] }],
    rules: ['days: required', 'end_time: time', 'start_time: time'],
  },
  {
    name: 'an incident of a failure of nobody',
    edit: ['incident', { failure_id: 5, incident_code: 'Z', description: 'x' }],
    rules: ['failure_id: unknown'],
  },
  {
    name: 'an incident code twice in one failure',
    code: 'code_taken',
    edit: ['incident', { failure_id: 1, incident_code: 'm1', description: 'x' }],
    rules: ['incident_code: code_taken'],
  },
]

forEachEngine('PL-75 what makes no sense is refused, field by field, and nothing is half done', async (engine, t) => {
  const plant = await editablePlant(engine, t)
  for (const { name, edit: given, code = 'validation_failed', rules } of refusals)
    await t.test(name, () => assert.rejects(edit(plant, { kind: 'add', entity: given[0], values: given[1] }), refusedAs(code, ...rules)))
  assert.deepEqual(await plant.db.kysely.selectFrom('plant_edits').select('id').where('tenant_id', '=', plant.tenantId).execute(), [])
})

forBoth('PL-75 what stops or detections name is deactivated, the rest goes; both can be undone', async (plant) => {
  const outcomes: string[] = []
  const named: readonly (readonly [Entity, number])[] = [
    ['line', 1],
    ['area', 1],
    ['area', 3],
    ['product', 1],
    ['product', 2],
    ['shift', 2],
    ['filter', 1],
    ['failure', 1],
    ['incident', 1],
    ['incident', 2],
  ]
  const before = told(await modelOf(plant))
  const editIds: number[] = []
  for (const [entity, id] of named) {
    const done = await edit(plant, { kind: 'remove', entity, id })
    outcomes.push(`${entity} ${id} ${done.outcome}`)
    editIds.push(done.editId ?? 0)
  }
  assert.deepEqual(outcomes, [
    'line 1 deactivated',
    'area 1 deactivated',
    'area 3 removed',
    'product 1 deactivated',
    'product 2 removed',
    'shift 2 removed',
    'filter 1 removed',
    'failure 1 deactivated',
    'incident 1 deactivated',
    'incident 2 removed',
  ])
  const model = await modelOf(plant)
  assert.equal(model.lines[0]?.isActive, false)
  assert.deepEqual([model.products.get(1)?.isRetired, model.products.has(2)], [true, false])
  assert.deepEqual([model.incidents.get(1)?.isRetired, model.incidents.has(2)], [true, false])
  for (const editId of editIds.reverse()) await undoEdit(plant, editor, plant.tenantId, editId)
  assert.deepEqual(told(await modelOf(plant)), before)
})

forBoth('PL-75 an undo is refused once somebody changed the record again', async (plant) => {
  const first = await change(plant, 'product', 1, { product_name: 'A' })
  await change(plant, 'product', 1, { product_name: 'B' })
  await assert.rejects(undoEdit(plant, editor, plant.tenantId, first.editId ?? 0), refusedAs('edit_conflict'))
  await assert.rejects(undoEdit(plant, editor, plant.tenantId, 999_999), refusedAs('edit_not_found'))
  await assert.rejects(
    undoEdit(plant, editor, plant.tenantId + 1, first.editId ?? 0),
    (error: unknown) => error instanceof Problem && error.status === 404,
  )
})

forEachEngine(
  'PL-75 the database’s own value holds again when it is asked for, and shows through when it changes below',
  async (engine, t) => {
    const plant = await editablePlant(engine, t, { canManage: false })
    await change(plant, 'product', 1, { product_name: 'Nuestro', production_std: 500 })
    const record = await findRecord(plant, plant.tenantId, 'product', 1)
    assert.deepEqual([record.origin, record.values.product_name, record.base?.product_name], ['overlay', 'Nuestro', 'Bolsa 25 kg'])
    await plant.onPlant((kysely) =>
      kysely.updateTable('product').set({ product_weight: '20.00', product_name: 'De ellos' }).where('product_id', '=', 1).execute(),
    )
    const shown = await findRecord(plant, plant.tenantId, 'product', 1)
    assert.deepEqual([shown.values.product_name, shown.values.product_weight], ['Nuestro', '20.00'])
    await edit(plant, { kind: 'revert', entity: 'product', id: 1 })
    assert.deepEqual((await findRecord(plant, plant.tenantId, 'product', 1)).values.product_name, 'De ellos')
    await edit(plant, { kind: 'remove', entity: 'product', id: 2 })
    assert.deepEqual(
      (await readRecords(plant, plant.tenantId, 'product')).removed.map(({ id }) => id),
      [2],
    )
    await edit(plant, { kind: 'revert', entity: 'product', id: 2 })
    assert.equal((await modelOf(plant)).products.has(2), true)
    // Written back by hand to what the database says, a change is none any more.
    await change(plant, 'product', 1, { product_name: 'Otro' })
    await change(plant, 'product', 1, { product_name: 'De ellos' })
    assert.equal((await findRecord(plant, plant.tenantId, 'product', 1)).origin, 'database')
  },
)

forBoth('a change whose row is gone warns until somebody forgets it', async (plant) => {
  const warned = async () => (await modelOf(plant)).warnings.filter(({ es }) => es.includes('no tiene efecto')).length
  await change(plant, 'product', 2, { is_active: false })
  await plant.onPlant((kysely) => kysely.deleteFrom('product').where('product_id', '=', 2).execute())
  await change(plant, 'product', 1, { product_name: 'A' })
  assert.equal(await warned(), 1)
  assert.deepEqual((await readRecords(plant, plant.tenantId, 'product')).idle, [2])
  const done = await edit(plant, { kind: 'revert', entity: 'product', id: 2 })
  assert.deepEqual(done, { entity: 'product', id: 2, outcome: 'reverted', record: null, editId: null })
  assert.equal(await warned(), 0)
  assert.deepEqual((await readRecords(plant, plant.tenantId, 'product')).idle, [])
  await assert.rejects(edit(plant, { kind: 'revert', entity: 'product', id: 2 }), refusedAs('record_not_found'))
})

forEachEngine('an addition whose number the database gave to a row of its own is forgotten, and that row stays', async (engine, t) => {
  const plant = await editablePlant(engine, t, { canManage: false })
  const { id } = await edit(plant, { kind: 'add', entity: 'failure', values: { type_failure: 'Nuestra' } })
  await plant.onPlant((kysely) =>
    kysely.insertInto('failure').values({ failure_id: id, type_failure: 'De ellos', description: '' }).execute(),
  )
  assert.deepEqual((await readRecords(plant, plant.tenantId, 'failure')).idle, [id])
  const { outcome, record } = await edit(plant, { kind: 'revert', entity: 'failure', id })
  assert.deepEqual([outcome, record?.values.type_failure, record?.origin], ['reverted', 'De ellos', 'database'])
  assert.deepEqual((await readRecords(plant, plant.tenantId, 'failure')).idle, [])
})

forEachEngine('of the list of edits only what is asked about is read', async (engine, t) => {
  const plant = await editablePlant(engine, t, { canManage: false })
  const several = Array.from({ length: 8 }, (_, index): Edit => ({ kind: 'add', entity: 'failure', values: { type_failure: `F${index}` } }))
  const made = await applyEdits(plant, editor, plant.tenantId, [...several, ...severalEdits])
  let rows = 0
  const asked = new Set<object>()
  const watch: KyselyPlugin = {
    transformQuery({ node, queryId }) {
      if (JSON.stringify(node).includes('plant_edits')) asked.add(queryId)
      return node
    },
    async transformResult({ result, queryId }) {
      if (asked.has(queryId)) rows += result.rows.length
      return result
    },
  }
  const watched = { ...plant, db: { ...plant.db, kysely: plant.db.kysely.withPlugin(watch) } }
  const read = async (work: () => Promise<unknown>): Promise<number> => {
    rows = 0
    await work()
    return rows
  }
  // besides the edits, the highest id of each kind
  assert.equal(await read(() => findRecord(watched, plant.tenantId, 'failure', 1)), 1 + 1)
  assert.equal(await read(() => listRecords(watched, plant.tenantId, 'incident')), 1 + 1)
  assert.equal(
    await read(() => previewModel(watched, plant.tenantId, [{ kind: 'remove', entity: 'failure', id: made[0]?.id ?? 0 }])),
    1 + 7,
  )
  const { edited } = await findRecord(watched, plant.tenantId, 'failure', made[3]?.id ?? 0)
  assert.equal(edited?.editId, made[3]?.editId)
})

forEachEngine('PL-75 a preview is the plant as it would be, and writes nothing', async (engine, t) => {
  for (const canManage of [true, false]) {
    const plant = await editablePlant(engine, t, { canManage })
    const { before, after } = await previewModel(plant, plant.tenantId, severalEdits)
    assert.deepEqual(told(await modelOf(plant)), told(before))
    await applyEdits(plant, editor, plant.tenantId, severalEdits)
    assert.deepEqual(told(await modelOf(plant)), told(after))
  }
})
