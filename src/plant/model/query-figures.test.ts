import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createQueryFigures } from './query-figures.ts'

const figuresWithLog = () => {
  const lines: object[] = []
  const log = { warn: (data: object) => void lines.push(data) } as unknown as Parameters<typeof createQueryFigures>[1]
  return { lines, figures: createQueryFigures(7, log, () => 1_000) }
}

test('a plant query of half a second and more is logged with its company, and kept for the system page', () => {
  const { lines, figures } = figuresWithLog()
  figures.onStatement({ sql: 'select 1', durationMs: 499 })
  figures.onStatement({ sql: 'select 2', durationMs: 500.4 })
  assert.deepEqual(lines, [{ tenant_id: 7, sql: 'select 2', duration_ms: 500, row_count: null }])
  const { queries, slowQueries, lastSlow } = figures.info()
  assert.deepEqual([queries, slowQueries], [2, 1])
  assert.deepEqual(lastSlow, [{ sql: 'select 2', durationMs: 500, rowCount: null, atMs: 1_000 }])
})

test('the newest slow queries are kept, a few of them', () => {
  const { figures } = figuresWithLog()
  for (let i = 0; i < 9; i++) figures.onStatement({ sql: `select ${i}`, durationMs: 900 })
  assert.deepEqual(
    figures.info().lastSlow.map(({ sql }) => sql),
    ['select 8', 'select 7', 'select 6', 'select 5', 'select 4'],
  )
})

test('plain reads are counted apart; a batch of loading is slow by intention, a plain read of as many rows is not', () => {
  const { lines, figures } = figuresWithLog()
  figures.onRead({ sql: 'by id', rowCount: 200_000, durationMs: 900, isPlain: false })
  figures.onRead({ sql: 'few by id', rowCount: 3, durationMs: 900, isPlain: false })
  figures.onRead({ sql: 'by time', rowCount: 200_000, durationMs: 900, isPlain: true })
  const { queries, plainReads, plainRows, plainMs, slowQueries } = figures.info()
  assert.deepEqual([queries, plainReads, plainRows, plainMs, slowQueries], [3, 1, 200_000, 900, 2])
  assert.equal(lines.length, 2)
})
