import assert from 'node:assert/strict'
import { test } from 'node:test'
import { byEntity } from './definitions.ts'
import { codeFaults, type Draft, withNight } from './rules.ts'
import type { Stored } from './state.ts'

const product = (id: number, code: string): [number, Stored] => [
  id,
  { id, base: null, overlay: null, values: { product_name: `P${id}`, product_code: code } },
]

/** Counts how often all records are gone through: a file of thousands must not do it for each. */
class Counted extends Map<number, Stored> {
  walks = 0
  override values(): MapIterator<Stored> {
    this.walks += 1
    return super.values()
  }
}

test('codes that two records have are told for each that was edited, and the records are gone through once', () => {
  const products = new Counted([product(1, 'A'), product(2, 'a'), product(3, ''), product(4, ''), product(5, 'B'), product(6, 'C')])
  const draft: Draft = { ...byEntity(() => new Map<number, Stored>()), product: products }
  const added = [2, 3, 4, 5].map((id, index) => ({ index, entity: 'product' as const, id, before: null }))
  // it had this code before: a customer's own double
  const kept = { index: 9, entity: 'product' as const, id: 1, before: { product_name: 'P', product_code: 'A' } }
  const found = [...codeFaults(draft, [...added, kept])].map(({ index, name, fault }) => [index, name, fault.rule])
  assert.deepEqual(found, [[0, 'product_code', 'code_taken']])
  assert.equal(products.walks, 1)
})

const shift = { shift_name: 'A', start_time: '06:00', end_time: '14:00', is_overnight: true }
for (const { name, before, after, want } of [
  {
    name: 'a flag of the customer’s own stays when only the name changes',
    before: shift,
    after: { ...shift, shift_name: 'B' },
    want: true,
  },
  { name: 'a time that cannot be read stays', before: { ...shift, end_time: null }, after: { ...shift, end_time: null }, want: true },
  { name: 'a new end earlier than the begin is on the next day', before: shift, after: { ...shift, end_time: '02:00' }, want: true },
  {
    name: 'a new end later than the begin is on the same day',
    before: { ...shift, end_time: '02:00' },
    after: { ...shift, end_time: '15:00' },
    want: false,
  },
])
  test(`PL-75 the night of a shift: ${name}`, () => {
    const faults: string[] = []
    assert.equal(withNight(before, after, {}, ({ rule }) => faults.push(rule)).is_overnight, want)
    assert.deepEqual(faults, [])
  })
