import assert from 'node:assert/strict'
import { test } from 'node:test'
import { externalSource } from './external-source.ts'
import { madeInput } from './made-facts.ts'

const atMs = Date.UTC(2026, 9, 14, 15, 0)
const shown = (data: unknown, config: Record<string, unknown>) =>
  externalSource.compute(
    madeInput({
      config: { api_source_id: 'erp', ...config },
      facts: { external: new Map([['erp', { ok: true, name: 'ERP', data, error: null, askedAtMs: atMs }]]) },
    }),
  )

for (const [name, data, path, want] of [
  ['a number', 7.5, '', 7.5],
  ['a number as text', { a: '12' }, 'a', 12],
  ['zero is a number', { a: { b: 0 } }, 'a.b', 0],
  ['no such part', { a: 1 }, 'b', null],
  ['an empty text is none', { a: '' }, 'a', null],
  ['a list is none', [1], '', null],
  ['nothing is none', { a: null }, 'a', null],
] as const)
  test(`PL-78 external source as a number: ${name}`, () => {
    const { value, error } = shown(data, { display: 'number', value_path: path })
    assert.equal(value, want)
    assert.equal(error !== null, want === null, 'no number is told, never zero')
  })

test('PL-78 external source as a table: rows of objects, of lists, of values; short', () => {
  const objects = shown(
    {
      items: [
        { id: 1, name: 'a' },
        { id: 2, on: true },
      ],
    },
    { display: 'table', value_path: 'items' },
  )
  assert.deepEqual(
    [objects.columns, objects.rows],
    [
      ['id', 'name', 'on'],
      [
        ['1', 'a', '—'],
        ['2', '—', '✓'],
      ],
    ],
  )
  assert.deepEqual(
    shown(
      [
        [1, 'x'],
        [2, 'y'],
      ],
      { display: 'table' },
    ).rows,
    [
      ['1', 'x'],
      ['2', 'y'],
    ],
  )
  assert.deepEqual(shown({ a: 1, b: 2 }, { display: 'table' }).rows, [
    ['a', '1'],
    ['b', '2'],
  ])
  const many = shown(
    Array.from({ length: 1_000 }, (_, i) => ({ i, text: 'x'.repeat(500) })),
    { display: 'table' },
  )
  assert.deepEqual([many.rows.length, many.total_rows, many.rows[0]?.[1]?.length], [20, 1_000, 80])
  assert.match(shown(7, { display: 'table' }).error ?? '', /no tiene una lista/)
})

test('PL-78 external source without a choice, without an answer, or with a refusal says so', () => {
  assert.match(externalSource.compute(madeInput()).error ?? '', /Elija una fuente/)
  assert.match(externalSource.compute(madeInput({ config: { api_source_id: 'otra' } })).error ?? '', /No se consultó/)
  const error = { es: 'No respondió a tiempo', en: 'It did not answer in time' }
  const external = new Map([['erp', { ok: false, name: 'ERP', data: null, error, askedAtMs: atMs }]])
  const told = externalSource.compute(madeInput({ config: { api_source_id: 'erp' }, facts: { external }, language: 'en' }))
  assert.deepEqual([told.error, told.source_name, told.value], [error.en, 'ERP', null])
})

test('PL-78 decimals of a source are shown as they are, three at most', () => {
  const cells = shown([{ a: 1.5, b: 2, c: 1 / 3, d: 1e21, e: -0.001 }], { display: 'table' }).rows[0]
  assert.deepEqual(cells?.slice(0, 3), ['1,5', '2', '0,333'])
  assert.equal(cells?.[4], '-0,001')
})
