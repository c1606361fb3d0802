import assert from 'node:assert/strict'
import { test } from 'node:test'
import { benchPlan } from './plan.ts'
import { bodyOf, type Kind, questionAt } from './questions.ts'

const { lines } = benchPlan(1)

for (const kind of [
  { days: 7, scope: 'one' },
  { days: 365, scope: 'all' },
] as const satisfies Kind[])
  test(`PL-62 of 1,500 questions about ${kind.scope} no two are equal; half of them ask for a shift that works there`, () => {
    const questions = Array.from({ length: 1_500 }, (_, at) => questionAt(kind, lines, at))
    assert.equal(new Set(questions.map((question) => JSON.stringify(bodyOf([1], 0, question)))).size, questions.length)
    const withShift = questions.filter(({ shiftId }) => shiftId !== null)
    assert.ok(Math.abs(withShift.length / questions.length - 0.5) < 0.1, String(withShift.length))
    for (const { lineId, shiftId } of withShift)
      assert.ok(lineId === null || lines.find((line) => line.lineId === lineId)?.shiftIds.includes(shiftId ?? 0))
    if (kind.scope === 'one') assert.equal(new Set(questions.slice(0, 10).map(({ lineId }) => lineId)).size, lines.length)
  })
