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
    groups: [
      { alias: 'A', line_ids: [1] },
      { alias: 'B', line_ids: [1, 2] },
    ],
  })
  assert.deepEqual(parseForm('filter', { ...typed, additional_filter: '{oops' }).faults, { additional_filter: 'fault.json' })
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
