import assert from 'node:assert/strict'
import { buffer, text } from 'node:stream/consumers'
import { test } from 'node:test'
import { csvStream, safeCell } from './csv.ts'

for (const [given, want] of [
  ['=1+1', "'=1+1"],
  ['+34', "'+34"],
  ['-x', "'-x"],
  ['@cmd', "'@cmd"],
  ['\tx', "'\tx"],
  ['\rx', "'\rx"],
  ['a=b', 'a=b'],
  ['', ''],
  [-5, -5],
  [null, null],
] as const)
  test(`4.8 the cell ${JSON.stringify(given)} is written as ${JSON.stringify(want)}`, () => assert.equal(safeCell(given), want))

test('rows are quoted where they must be and keep their accents', async () => {
  const file = await buffer(
    csvStream(
      ['nombre', 'nota'],
      [
        ['Peña, Ana', 'dijo "sí"\nhoy'],
        ['=x', null],
      ],
    ),
  )
  assert.deepEqual([...file.subarray(0, 3)], [0xef, 0xbb, 0xbf]) // what tells spreadsheets that it is UTF-8
  assert.equal(file.toString('utf8', 3), 'nombre,nota\r\n"Peña, Ana","dijo ""sí""\nhoy"\r\n\'=x,\r\n')
})

test('a source that fails ends the file with its error', async () => {
  async function* failing() {
    yield ['a']
    throw new Error('the database went away')
  }
  await assert.rejects(text(csvStream(['x'], failing())), /went away/)
})
