import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPace } from './pace.ts'

for (const { name, count, bytes, want } of [
  { name: 'what a plant sends, and what waited a while, is read at once', count: 1_500, bytes: 200, want: [0, 0] },
  { name: 'many small messages are read 500 a second', count: 20_000, bytes: 100, want: [34, 42] },
  { name: 'large ones are read half a megabyte a second', count: 20, bytes: 2 ** 20, want: [34, 40] },
] as const)
  test(`PL-71 ${name}`, () => {
    const pace = createPace()
    let nowMs = 0
    for (let i = 0; i < count; i++) nowMs += pace(bytes, nowMs)
    const [from, to] = want
    assert.ok(nowMs >= from * 1_000 && nowMs <= to * 1_000, String(nowMs))
  })
