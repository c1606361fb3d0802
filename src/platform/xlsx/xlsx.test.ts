import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readSheet, readSheets, textOf, wallTime } from '../../../test/harness/sheet-file.ts'
import { type XlsxCell, type XlsxSheet, xlsxStream } from './xlsx.ts'

const columns: XlsxSheet['columns'] = [
  { label: 'A', width: 10 },
  { label: 'B', width: 20 },
]
const sheetOf = async (rows: readonly (readonly XlsxCell[])[]) => readSheet(await textOf(xlsxStream([{ name: 'Hoja & 1', columns, rows }])))

test('PL-73 a sheet keeps numbers, dates, texts and empty cells apart', async () => {
  const value = Date.UTC(2026, 2, 1, 6, 0, 30) / 1_000
  const { name, rows } = await sheetOf([
    ['uno', 1],
    [null, -2.5],
    ['', { value, format: 'moment' }],
  ])
  assert.equal(name, 'Hoja & 1')
  assert.deepEqual(rows[0], ['A', 'B'])
  assert.deepEqual(rows[1], ['uno', 1])
  assert.deepEqual(rows[2], [null, -2.5])
  assert.deepEqual([rows[3]?.[0], wallTime(rows[3]?.[1] ?? null)], [null, '2026-03-01T06:00:30'])
})

test('PL-73 several sheets, each with its columns, its notes, and a name that spreadsheet programs take', async () => {
  const second = { columns: [{ label: 't', width: 20, format: 'date' }], rows: [[86_400], [Number.NaN]], notes: ['=nota'] } as const
  const sheets = readSheets(
    await textOf(
      xlsxStream([
        { name: 'uno', columns, rows: [['x', 1]] },
        { ...second, name: 'Una/hoja: [larga] con un nombre que no cabe entero' },
      ]),
    ),
  )
  assert.deepEqual(
    sheets.map(({ name }) => name),
    ['uno', 'Una hoja   larga  con un nombre'],
  )
  assert.deepEqual(sheets[0]?.rows, [
    ['A', 'B'],
    ['x', 1],
  ])
  assert.deepEqual(sheets[1]?.rows, [['t'], [25_570], [null], [], ["'=nota"]])
})

for (const { name, given, want } of [
  { name: 'a formula', given: '=2+3', want: "'=2+3" },
  { name: 'a call', given: '@SUM(A1)', want: "'@SUM(A1)" },
  { name: 'markup', given: '<b>&"x"</b>', want: '<b>&"x"</b>' },
  { name: 'control characters', given: 'a\u0001b\u0000c', want: 'abc' },
  { name: 'half a surrogate pair', given: 'a\ud800b', want: 'a\ufffdb' },
  { name: 'what spreadsheets read as a character', given: '_x0041_', want: '_x005F_x0041_' },
])
  test(`PL-73 PL-82 a text of ${name} can be opened and calculates nothing`, async () =>
    assert.equal((await sheetOf([[given, 1]])).rows[1]?.[0], want))

test('PL-73 a spreadsheet is written as it is read: who stops reading stops the rows', async () => {
  let made = 0
  const ended = Promise.withResolvers<void>()
  async function* rows(): AsyncGenerator<XlsxCell[]> {
    try {
      for (;;) {
        made += 1
        yield [`fila ${made} ${Math.random()}`, made]
      }
    } finally {
      ended.resolve()
    }
  }
  const stream = xlsxStream([{ name: 'x', columns, rows: rows() }])
  for await (const _ of stream) if (made > 2_000) break
  assert.ok(made < 100_000, `${made} rows for a reader who took little`)
  await ended.promise
})

test('PL-73 rows that fail end the file: nobody takes half of it for the whole', async () => {
  async function* rows(): AsyncGenerator<XlsxCell[]> {
    yield ['uno', 1]
    throw new Error('the plant is gone')
  }
  await assert.rejects(textOf(xlsxStream([{ name: 'x', columns, rows: rows() }])), /the plant is gone/)
})
