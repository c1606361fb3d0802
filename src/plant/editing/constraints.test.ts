/** What the customer's own database holds its rows to, and what else names a record. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { type EditablePlant, editablePlant } from '../../../test/harness/editable-plant.ts'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { Problem } from '../../platform/http/index.ts'
import type { Entity } from '../model/index.ts'
import { findNamed } from './named.ts'
import { applyEdit, applyEdits, findRecord, undoEdit } from './service.ts'
import type { Edit } from './values.ts'

const editor = { actor: null } as const
const edit = (plant: EditablePlant, one: Edit) => applyEdit(plant, editor, plant.tenantId, one)
const remove = async (plant: EditablePlant, entity: Entity, id: number): Promise<string> =>
  (await edit(plant, { kind: 'remove', entity, id })).outcome

/** The customer's own statements, past Andon. */
const customer = (plant: EditablePlant, ...statements: readonly string[]): Promise<void> =>
  plant.onPlant(async (kysely) => {
    for (const statement of statements) await sql.raw(statement).execute(kysely)
  })

forEachEngine('a record that a table of the customer’s own names is deactivated, in one edit and among many', async (engine, t) => {
  const plant = await editablePlant(engine, t)
  const id = engine === 'mysql' ? 'int' : 'integer'
  await customer(
    plant,
    `create table own_orders (order_id ${id} primary key, product_id ${id} not null, failure ${id},
      foreign key (product_id) references product (product_id), foreign key (failure) references failure (failure_id))`,
    'insert into own_orders values (1, 2, null)',
  )
  assert.equal(await remove(plant, 'product', 2), 'deactivated')
  assert.equal((await findRecord(plant, plant.tenantId, 'product', 2)).values.is_active, false)
  const done = await applyEdits(plant, editor, plant.tenantId, [
    { kind: 'add', entity: 'failure', values: { type_failure: 'De nadie' } },
    { kind: 'remove', entity: 'incident', id: 2 },
  ])
  assert.deepEqual(
    done.map(({ outcome }) => outcome),
    ['added', 'removed'],
  )
  assert.equal(await remove(plant, 'failure', done[0]?.id ?? 0), 'removed', 'a table that could name it does not')
})

forEachEngine('what a column of the customer’s own forbids is refused in words, and nothing is half done', async (engine, t) => {
  const plant = await editablePlant(engine, t)
  const text = engine === 'mysql' ? 'varchar(200)' : 'text'
  const cases: [name: string, statements: readonly string[], wanted: Edit, said: RegExp][] = [
    [
      'a column that must hold something',
      engine === 'sqlite'
        ? [
            'drop table "filter"',
            'create table "filter" (filter_id integer primary key, filter_name text, description text, filter_status integer, display_order integer, additional_filter text, erp_code text not null)',
          ]
        : [`alter table filter add column erp_code ${text}`, 'update filter set erp_code = filter_name', erpNotNull[engine]],
      { kind: 'add', entity: 'filter', values: { filter_name: 'ShiftFilter' } },
      /erp_code/,
    ],
    [
      'a condition',
      engine === 'sqlite'
        ? [
            "create trigger no_long before insert on product when length(new.product_code) > 5 begin select raise(abort, 'CHECK short_code'); end",
          ]
        : ['alter table product add constraint short_code check (length(product_code) <= 5)'],
      { kind: 'add', entity: 'product', values: { product_name: 'x', product_code: 'LARGO-123' } },
      /short_code/,
    ],
  ]
  if (engine !== 'sqlite')
    cases.push([
      'a narrower column',
      [engine === 'mysql' ? 'alter table shift modify shift_name varchar(8)' : 'alter table shift alter column shift_name type varchar(8)'],
      { kind: 'change', entity: 'shift', id: 1, values: { shift_name: 'Mañana larga' } },
      engine === 'mysql' ? /shift_name/ : /character varying\(8\)/,
    ])
  for (const [name, statements, wanted, said] of cases) {
    await customer(plant, ...statements)
    await assert.rejects(edit(plant, wanted), (error: unknown) => {
      assert.ok(error instanceof Problem, `${name}: ${error}`)
      assert.deepEqual([error.code, error.status], ['plant_constraint', 409], name)
      for (const language of ['es', 'en'] as const) assert.match(error.detail(language), said)
      return true
    })
  }
  assert.deepEqual(await plant.db.kysely.selectFrom('plant_edits').select('id').where('tenant_id', '=', plant.tenantId).execute(), [])
})
const erpNotNull = {
  mysql: 'alter table filter modify erp_code varchar(200) not null',
  postgres: 'alter table filter alter column erp_code set not null',
}

forEachEngine('an area does not come back to a line that is gone', async (engine, t) => {
  for (const canManage of [true, false]) {
    const plant = await editablePlant(engine, t, { canManage })
    const [line, area] = await applyEdits(plant, editor, plant.tenantId, [
      { kind: 'add', entity: 'line', key: 'l', values: { line_name: 'Dos', line_code: 'L2', downtime_threshold: 300 } },
      { kind: 'add', entity: 'area', values: { line_id: { key: 'l' }, area_name: 'x', area_type: 'output', area_order: 1 } },
    ])
    const gone = await edit(plant, { kind: 'remove', entity: 'area', id: area?.id ?? 0 })
    assert.equal(await remove(plant, 'line', line?.id ?? 0), 'removed')
    await assert.rejects(undoEdit(plant, editor, plant.tenantId, gone.editId ?? 0), (error: unknown) => {
      assert.ok(error instanceof Problem, String(error))
      assert.deepEqual(
        error.options.fields?.map(({ path, rule }) => `${path}: ${rule}`),
        ['line_id: unknown'],
      )
      return true
    })
  }
})

forEachEngine('what settings and notes name is deactivated', async (engine, t) => {
  const plant = await editablePlant(engine, t)
  const lines = await applyEdits(
    plant,
    editor,
    plant.tenantId,
    ['A', 'B', 'C', 'D', 'E', 'F'].map((code) => ({
      kind: 'add',
      entity: 'line',
      values: { line_name: code, line_code: code, downtime_threshold: 300, is_active: false },
    })),
  )
  const [inPlant, withShifts, withStop, withScrap, withHoliday, ofNobody] = lines.map(({ id }) => id) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const config = {
    timezone: 'UTC',
    planned_stop_codes: [2],
    plants: [{ id: 1, name: 'Norte', line_ids: [inPlant] }],
    line_shifts: { [withShifts]: [1] },
    holidays: [{ date: '2026-12-25', line_ids: [withHoliday] }],
  }
  const { kysely } = plant.db
  await kysely
    .updateTable('tenants')
    .set({ config: JSON.stringify(config) })
    .where('id', '=', plant.tenantId)
    .execute()
  await plant.plants.refresh(plant.tenantId)
  const own = { tenant_id: plant.tenantId, created_at: 1, updated_at: 1 }
  const { id: userId } = await kysely.selectFrom('users').select('id').executeTakeFirstOrThrow()
  const note = { quantity: 1, reason: '', noted_at: 1, noted_by: userId, withdrawn_at: null, withdrawn_by: null }
  await kysely
    .insertInto('scrap_notes')
    .values({ ...own, ...note, line_id: withScrap, product_id: 2, request_key: 'a' })
    .execute()
  const stop = { start_s: 1, end_s: 2, reason_code: null, reason: null, is_manual: 1, replaces_event_id: null, is_hidden: 0 }
  await kysely
    .insertInto('plant_stops')
    .values({ ...own, ...stop, line_id: withStop })
    .execute()
  const failure = await edit(plant, { kind: 'add', entity: 'failure', values: { type_failure: 'x' } })
  const live = { line_id: 1, at_s: 1, reason: null, user_id: null, given_by: 'x' }
  await kysely
    .insertInto('plant_live_reasons')
    .values({ ...own, ...live, reason_code: failure.id })
    .execute()
  const asked: [Entity, number, string][] = [
    ['incident', 2, 'deactivated'],
    ['product', 2, 'deactivated'],
    ['failure', failure.id, 'deactivated'],
    ['line', inPlant, 'deactivated'],
    ['line', withShifts, 'deactivated'],
    ['line', withStop, 'deactivated'],
    ['line', withScrap, 'deactivated'],
    ['line', withHoliday, 'deactivated'],
    ['line', ofNobody, 'removed'],
  ]
  for (const [entity, id, outcome] of asked) {
    // out of use already: what names it still keeps it
    if (entity === 'line') await edit(plant, { kind: 'change', entity, id, values: { is_active: true } })
    assert.equal(await remove(plant, entity, id), outcome, `${entity} ${id}`)
  }
})

test('what there is no time to ask about counts as named', async (t) => {
  const { plants, db, tenantId } = await editablePlant('sqlite', t)
  const removal = [{ kind: 'remove', entity: 'incident', id: 2 }] as const
  const found = (askedMs?: number) =>
    plants.withPlant(tenantId, (plant) => findNamed(plant, { ...db, tenantId }, plant.model.settings, removal, askedMs))
  assert.deepEqual([[...(await found())], [...(await found(0))]], [[], [0]])
})
