import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Shift } from '../../model/index.ts'
import type { Values } from '../values.ts'
import { parseForm, typedOf } from './form.ts'
import { doubled } from './week.ts'

const filter = (additional_filter: Values[string], default_value: Values[string] = null): Values => ({
  filter_name: 'ProductionLineFilter',
  description: '',
  is_active: true,
  display_order: 1,
  default_value,
  additional_filter,
})

for (const { name, extra } of [
  { name: 'nothing', extra: null },
  { name: 'one group beside the other keys', extra: { alias: 'Secos', line_ids: [1, 2] } },
  {
    name: 'a list of groups',
    extra: {
      groups: [
        { alias: 'A', line_ids: [1] },
        { alias: 'B', line_ids: [2] },
      ],
    },
  },
  { name: 'a group without a name', extra: { line_ids: [1] } },
  {
    name: 'groups of lines that are gone, with keys of their own',
    extra: { groups: ['?', { line_ids: ['1', 99, 'x'], tono: 3 }, { alias: 'B' }] },
  },
  { name: 'one group beside a list', extra: { alias: 'A', line_ids: [1], groups: [{ alias: 'B', line_ids: [2] }] } },
  { name: 'a name without lines', extra: { alias: 'A', groups: { 1: 'x' } } },
  { name: 'what no field knows', extra: { futuro: { a: [1, 'x', null] }, required: false, placeholder: 'Elija' } },
  { name: 'a default with its own keys', extra: { default_value: { days_back: 7, start_time: '06:00' }, ui_config: { show_time: true } } },
  { name: 'a default of another shape', extra: { default_value: [1, 2] } },
  { name: 'a list where an object was expected', extra: [1, 2] },
] as readonly { name: string; extra: Values[string] }[])
  test(`PL-75 a filter's form saved as it was changes nothing: ${name}`, () => {
    const values = filter(extra)
    const { values: saved, faults } = parseForm('filter', typedOf('filter', values))
    assert.deepEqual(faults, {})
    assert.deepEqual(saved, values)
  })

test('PL-75 a filter’s form changes what it names and keeps what it does not know', () => {
  const typed = typedOf('filter', filter({ groups: [{ alias: 'A', line_ids: [1] }], futuro: 1, required: true }))
  const { values } = parseForm('filter', { ...typed, group_alias: ['A', 'B', ''], group_line: ['0:1', '1:1', '1:2', '2:1'], required: '' })
  assert.deepEqual(values.additional_filter, {
    futuro: 1,
    groups: [{ alias: 'A', line_ids: [1] }, { alias: 'B', line_ids: [1, 2] }, { line_ids: [1] }],
  })
  assert.deepEqual(parseForm('filter', { ...typed, additional_filter: '{oops' }).faults, { additional_filter: 'fault.json' })
})

test('a filter whose form has no fields for groups keeps its groups', () => {
  const extra = { alias: 'Secos', line_ids: [1], groups: [{ line_ids: [2] }], futuro: 1 }
  const { group_alias: _, group_line: __, ...sent } = typedOf('filter', { ...filter(extra), filter_name: 'ShiftFilter' })
  const { values } = parseForm('filter', { ...sent, display_order: '7' })
  assert.deepEqual(values.additional_filter, extra)
  assert.equal(values.display_order, 7)
})

test('a group beside the other keys stays there when a second one is added, so that it keeps its name', () => {
  const typed = typedOf('filter', filter({ alias: 'A', line_ids: [1] }))
  const { values } = parseForm('filter', { ...typed, group_alias: ['A', 'B'], group_line: ['0:1', '1:2'] })
  assert.deepEqual(values.additional_filter, { alias: 'A', line_ids: [1], groups: [{ alias: 'B', line_ids: [2] }] })
  const { values: without } = parseForm('filter', { ...typed, group_alias: ['A', 'B'], group_line: ['1:2'] })
  assert.deepEqual(without.additional_filter, { groups: [{ alias: 'B', line_ids: [2] }] })
})

const changed = ({ values }: { readonly values: object }): object =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))

test('a form that is sent as it was shown names no value, whatever the customer wrote', () => {
  const line = {
    line_name: 'Uno',
    line_code: 'odd code',
    is_active: true,
    availability: 85.5,
    performance: 12.5,
    downtime_threshold: 0.5,
    auto_detect_downtime: true,
  }
  assert.deepEqual(changed(parseForm('line', { ...typedOf('line', line), line_name: 'Dos' }, line)), {
    line_name: 'Dos',
    is_active: true,
    auto_detect_downtime: true,
  })
  const product = {
    product_name: 'Caja',
    product_code: 'C',
    product_weight: '1.00',
    product_color: '#3B82F6',
    production_std: 0,
    product_per_batch: 1,
    is_active: true,
  }
  const typed = typedOf('product', product)
  // as the browser has it: a colour in small letters, from the palette or chosen freely
  for (const sent of [{ product_color: '#3b82f6' }, { product_color: 'other', other_color: '#3b82f6' }])
    assert.deepEqual(changed(parseForm('product', { ...typed, ...sent }, product)), { is_active: true })
  assert.equal(parseForm('product', { ...typed, product_color: '' }, product).values.product_color, '')
})

test('a colour that was not asked about stays', () => {
  const { product_color: _, ...typed } = typedOf('product', { product_name: 'Caja' })
  assert.equal(parseForm('product', typed).values.product_color, undefined)
})

test('PL-75 hours of more than one shift are found, across Sunday’s midnight too', () => {
  const shift = (shiftId: number, isoWeekdays: readonly number[], fromHour: number, toHour: number): Shift => ({
    shiftId,
    shiftName: '',
    isActive: true,
    isoWeekdays: new Set(isoWeekdays),
    startS: fromHour * 3_600,
    endS: toHour * 3_600,
    endsNextDay: toHour <= fromHour,
  })
  assert.deepEqual(doubled([shift(1, [1], 6, 14), shift(2, [1], 14, 22)]), [])
  assert.deepEqual(doubled([shift(1, [1], 6, 14), shift(2, [1], 13, 22)]), [{ fromS: 13 * 3_600, toS: 14 * 3_600 }])
  assert.deepEqual(doubled([shift(1, [7], 22, 6), shift(2, [1], 5, 7)]), [{ fromS: 5 * 3_600, toS: 6 * 3_600 }])
})
