import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatLocal, zoneOf } from '../../platform/time/index.ts'
import { instantReader } from './instant.ts'

const zone = zoneOf('America/Argentina/Buenos_Aires')
const read = instantReader(zone)
const iso = (atS: number): string => new Date(atS * 1000).toISOString().slice(0, 19)

for (const c of [
  { text: '2026-11-21 18:05:09', want: ['2026-11-21T21:05:09', '2026-11-21 18:05:09'] },
  { text: '2026-11-21T18:05:09.125', want: ['2026-11-21T21:05:09', '2026-11-21 18:05:09'] },
  { text: '2026-11-21T21:05:09Z', want: ['2026-11-21T21:05:09', '2026-11-21 18:05:09'] },
  { text: '2026-11-22T02:05:09.9+0200', want: ['2026-11-22T00:05:09', '2026-11-21 21:05:09'] },
  { text: '2026-11-21T18:05:09-03:00', want: ['2026-11-21T21:05:09', '2026-11-21 18:05:09'] },
  { text: '2026-11-21', want: null },
  { text: '2026-11-21 18:05', want: null },
  { text: '2026-02-30 10:00:00', want: null },
  { text: '2026-11-21 24:00:00', want: null },
  { text: '2026-11-21 18:05:09 ', want: null },
  { text: '2026-11-21 18:05:09+15:00', want: null },
  { text: '2026-11-21 18:05:9a', want: null },
  { text: "2026-11-21 18:05:09'", want: null },
  { text: '', want: null },
])
  test(`ingest: the time ${JSON.stringify(c.text)}`, () => {
    const instant = read(c.text)
    assert.deepEqual(instant && [iso(instant.atS), instant.detectedAt], c.want)
  })

test('ingest: wall time stays what it is, an instant becomes it, in any order of days and across clock changes', () => {
  const madrid = zoneOf('Europe/Madrid')
  const readMadrid = instantReader(madrid)
  fc.assert(
    fc.property(fc.integer({ min: 1_500_000_000, max: 1_900_000_000 }), (atS) => {
      const wall = formatLocal(madrid.toLocalS(atS))
      assert.deepEqual(readMadrid(`${iso(atS)}Z`), { atS, detectedAt: wall })
      assert.equal(readMadrid(wall)?.detectedAt, wall)
    }),
  )
})
