import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { lineDatabase } from '../../../test/harness/line-database.ts'
import { formatLocal, zoneOf } from '../../platform/time/index.ts'
import type { DetectionTable } from '../model/index.ts'
import { firstFrom, lastBefore, readContext, readDetections } from './index.ts'

test('PL-84 the nearest row on either side of an instant is the one that reading everything shows, also inside a repeated hour', async (t) => {
  const { db, insert, clear } = await lineDatabase('sqlite', t)
  const zone = zoneOf('Europe/Madrid')
  const changeS = Date.UTC(2025, 9, 26, 1) / 1000
  const nowS = changeS + 90 * 86_400
  const partitions = [
    { name: 'p202510', belowYearMonth: 202_511 },
    { name: 'pmax', belowYearMonth: null },
  ]
  const tables: DetectionTable[] = [null, partitions].map((list) => ({ name: 'detection_line_l1', partitions: list }))
  const offset = fc.oneof(
    fc.integer({ min: -2 * 3_600, max: 2 * 3_600 }),
    fc.integer({ min: -70 * 86_400, max: 70 * 86_400 }),
    fc.constantFrom(-3_600, 0, 3_600),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(offset, fc.constantFrom(1, 2)), { maxLength: 12 }),
      fc.array(offset, { minLength: 1, maxLength: 6 }),
      fc.constantFrom(null, new Set([2])),
      fc.constantFrom(...tables),
      async (rows, asked, areas, table) => {
        await clear()
        await insert([...rows].sort((a, b) => a[0] - b[0]).map(([offS, areaId]) => [formatLocal(zone.toLocalS(changeS + offS)), areaId]))
        const context = readContext(db, zone, nowS)
        const { rows: all } = await readDetections(context, table, { fromS: changeS - 100 * 86_400, toS: nowS })
        const instants = [...all.epochS].filter((_, i) => !areas || areas.has(all.areaId[i] as number))
        for (const offS of asked) {
          const atS = changeS + offS
          assert.equal(await lastBefore(context, table, areas, atS), instants.findLast((epochS) => epochS < atS) ?? null)
          assert.equal(await firstFrom(context, table, areas, atS), instants.find((epochS) => epochS >= atS) ?? null)
        }
        assert.equal(await firstFrom(context, table, areas, nowS + 1), null)
      },
    ),
    { numRuns: 150 },
  )
})
