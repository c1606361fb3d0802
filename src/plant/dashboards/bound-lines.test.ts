import assert from 'node:assert/strict'
import { test } from 'node:test'
import { area, line, plantModel } from '../../../test/harness/plant-model.ts'
import { Problem } from '../../platform/http/problem.ts'
import { parseScope } from '../scope/index.ts'
import { scopeForActor } from './bound-lines.ts'

const nowMs = Date.UTC(2026, 9, 19, 15, 17)
const model = plantModel({
  lines: [1, 2, 3, 5].map((lineId) =>
    line({ lineId, lineName: `Línea ${lineId}`, isActive: lineId !== 5, areas: [area(lineId * 10, 'output', { lineId })] }),
  ),
})

/** Ids of the lines shown, or why not. */
const shown = (lineIds: readonly number[] | null, raw: Readonly<Record<string, unknown>>): readonly number[] | string => {
  try {
    return scopeForActor(parseScope, { lineIds }, model, raw, nowMs).lines.map(({ lineId }) => lineId)
  } catch (error) {
    if (error instanceof Problem) return error.code
    throw error
  }
}

for (const [name, lineIds, raw, want] of [
  ['a person sees all', null, {}, [1, 2, 3]],
  ['without a choice, the bound ones', [3, 1], {}, [1, 3]],
  ['all means the bound ones', [2], { line_id: 'all' }, [2]],
  ['one of them', [1, 3], { line_id: '3' }, [3]],
  ['some of them', [1, 2, 3], { line_ids: '1,2' }, [1, 2]],
  ['another by id', [1], { line_id: '2' }, 'line_not_shown'],
  ['another as a number', [1], { line_id: 2 }, 'line_not_shown'],
  ['another in a list', [1], { line_ids: '1,2' }, 'line_not_shown'],
  ['another as a list', [1], { line_ids: [2] }, 'line_not_shown'],
  ['a list beside a choice', [1], { line_id: '1', line_ids: '3' }, 'line_not_shown'],
  ['bound to a line that is gone', [5, 99], {}, 'line_not_shown'],
  ['one gone, one there', [5, 2], {}, [2]],
] as const)
  test(`a screen bound to lines: ${name}`, () => assert.deepEqual(shown(lineIds, raw), want))
