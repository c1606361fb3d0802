import assert from 'node:assert/strict'
import process from 'node:process'
import { test } from 'node:test'
import { plantModel, shift } from '../../../test/harness/plant-model.ts'
import { totalS, zoneOf } from '../../platform/time/index.ts'
import { parseScope } from '../scope/index.ts'
import { stripSpans } from './strips.ts'

const model = plantModel({ shifts: [shift(1, 6, 14), shift(2, 14, 22)] })

test('PL-63 strips: a range of ten years is cut in moments, each instance with its own planned time', () => {
  const scope = parseScope(model, { start_date: '2000-01-03', end_date: '2009-12-27' }, Date.UTC(2010, 0, 2))
  const before = process.cpuUsage()
  const strips = stripSpans(model, zoneOf('UTC'), scope).filter(({ kind }) => kind === 'shift')
  const { user } = process.cpuUsage(before)
  // Monday to Friday of 521 weeks
  assert.equal(strips.length, 2 * 5 * 521)
  assert.ok(strips.every(({ span, planned }) => planned.length === 1 && totalS(planned) === span.toS - span.fromS))
  assert.ok(user < 1_000_000, `${user} µs of the processor: every instance was held against all planned time`)
})
