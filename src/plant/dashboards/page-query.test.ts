import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseLocal } from '../../platform/time/index.ts'
import { readPageQuery } from './page-query.ts'

const now = parseLocal('2026-03-02 10:30:00') ?? 0

for (const c of [
  { preset: 'today', want: ['2026-03-02', '2026-03-02'] },
  { preset: 'yesterday', want: ['2026-03-01', '2026-03-01'] },
  { preset: 'last_7_days', want: ['2026-02-24', '2026-03-02'] },
  { preset: 'this_month', want: ['2026-03-01', '2026-03-02'] },
  { preset: 'last_month', want: ['2026-02-01', '2026-02-28'] },
])
  test(`PL-27 preset ${c.preset} is whole days of the plant, and wins over dates that came with it`, () => {
    const { raw, preset } = readPageQuery({ preset: [c.preset], start_date: ['2020-01-01'], end_time: ['12:00'] }, now)
    assert.equal(preset, c.preset)
    assert.deepEqual(raw, { start_date: c.want[0], start_time: '00:00', end_date: c.want[1], end_time: '23:59' })
  })

test('PL-27 last month of January is December of the year before', () => {
  const { raw } = readPageQuery({ preset: ['last_month'] }, parseLocal('2026-01-31 00:00:00') ?? 0)
  assert.deepEqual([raw.start_date, raw.end_date], ['2025-12-01', '2025-12-31'])
})

test('PL-36 the address keeps a preset relative and leaves the tab out', () => {
  const { query, tab } = readPageQuery({ preset: ['today'], tab: ['oee'], line_id: ['2'] }, now)
  assert.equal(query.toString(), 'line_id=2&preset=today')
  assert.equal(tab, 'oee')
})

for (const c of [
  { name: 'a switch that is on sends "off" first', query: { show_downtime: ['0', '1'] }, want: { show_downtime: '1' } },
  { name: 'a switch that is off', query: { show_downtime: ['0'] }, want: { show_downtime: '0' } },
  { name: 'check boxes become one list', query: { area_ids: ['3', '5'] }, want: { area_ids: '3,5' } },
  { name: 'empty fields say nothing', query: { shift_id: [''], search: [''] }, want: {} },
  { name: 'an unknown tab or preset is no filter', query: { tab: ['x'], preset: ['__proto__'] }, want: {} },
])
  test(`PL-27 the panel's form without JavaScript: ${c.name}`, () => assert.deepEqual(readPageQuery(c.query, now).raw, c.want))
