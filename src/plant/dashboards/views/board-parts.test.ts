import assert from 'node:assert/strict'
import { test } from 'node:test'
import { liveAttributes } from './board-parts.ts'

const refused = (status: number) => ({ status, title: '', detail: '', fields: [] })

test('a board that was refused while the plant is away asks again by itself, one whose question was wrong does not', () => {
  const addresses = { live: '/live?', events: '/events' }
  assert.equal(liveAttributes(refused(503), addresses).toString(), ' data-live="/live?" data-events="/events" data-lines="" data-refused')
  assert.equal(liveAttributes(refused(422), addresses).toString(), '')
})
