import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine, migratedDatabase } from '../../../test/harness/engines.ts'
import { describeTables, inOrderOfReference } from './describe.ts'
import { isSameDigest, rowSum } from './digest.ts'
import { replaceRows } from './load.ts'
import { lineOf, readLines, rowOf } from './rows.ts'
import { openForCopying } from './snapshot.ts'
import { digestRows } from './tables.ts'

forEachEngine('PL-95 a restore that breaks off in its middle, or is read back otherwise, changes nothing', async (engine, t) => {
  const { url } = await migratedDatabase(engine, t)
  const opened = await openForCopying(url)
  t.after(() => opened.close())
  const tables = (await describeTables(opened)).filter(({ name }) => ['industries', 'widget_catalog', 'schema_migrations'].includes(name))
  const lines = new Map<string, string[]>()
  for (const table of tables) {
    const all: string[] = []
    for await (const page of readLines(opened, table)) all.push(...page)
    lines.set(table.name, all)
  }
  const before = await Promise.all(tables.map((table) => digestRows(opened, table)))
  assert.ok((lines.get('industries')?.length ?? 0) > 5)
  const load = (lastLines: (all: readonly string[]) => AsyncGenerator<readonly string[]>) =>
    replaceRows(
      opened,
      tables.map((table) => ({ ...table, filter: null, lines: () => lastLines(lines.get(table.name) ?? []) })),
    )
  await assert.rejects(
    load(async function* (all) {
      yield all.slice(0, 3)
      throw new Error('the disk went away')
    }),
    /the disk went away/,
  )
  // what the database keeps otherwise than it was written: a text for a number
  await assert.rejects(
    load(async function* (all) {
      yield all.map((line) => lineOf(rowOf(line).map((value, at) => (at === 0 ? String(value).padStart(12, '0') : value))))
    }),
  )
  assert.deepEqual(await Promise.all(tables.map((table) => digestRows(opened, table))), before)
  await load(async function* (all) {
    yield all
  })
  assert.deepEqual(await Promise.all(tables.map((table) => digestRows(opened, table))), before)
})

test('PL-95 the sum of rows does not ask for their order, and sees one that is changed, missing, or there twice', () => {
  const sum = (...lines: readonly string[]) => {
    const rows = rowSum()
    for (const line of lines) rows.add(line)
    return rows.end()
  }
  assert.equal(isSameDigest(sum('[1]', '[2]'), sum('[2]', '[1]')), true)
  for (const other of [sum('[1]'), sum('[1]', '[3]'), sum('[1]', '[2]', '[2]'), sum('[1]', '[1]')])
    assert.equal(isSameDigest(sum('[1]', '[2]'), other), false)
})

test('PL-95 a row is the same after it was a line: bytes, empty text, null, quotes and line breaks', () => {
  const row = [1, -1.5, '', null, 'a "b"\n\\ ñ \u2028', Buffer.from([0, 255, 10])]
  assert.deepEqual(rowOf(lineOf(row)), row)
  assert.equal(lineOf(row).includes('\n'), false)
  assert.throws(() => rowOf('{"a":1}'), /is no row/)
  assert.throws(() => rowOf('[{"a":1}]'), /is no value/)
})

test('PL-95 tables come after those that they refer to, their own rows and circles notwithstanding', () => {
  const refer = (table: string, to: string) => ({ table, column: 'x', to })
  assert.deepEqual(inOrderOfReference(['c', 'b', 'a'], [refer('c', 'b'), refer('b', 'a'), refer('a', 'a')]), ['a', 'b', 'c'])
  assert.deepEqual(inOrderOfReference(['a', 'b'], [refer('a', 'b'), refer('b', 'a')]).sort(), ['a', 'b'])
})
