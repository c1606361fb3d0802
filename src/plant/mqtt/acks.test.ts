import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { createAcks } from './acks.ts'

const later = () => Promise.withResolvers<boolean>()

test('PL-71 messages are acknowledged in the order in which they came, whichever is taken first', async () => {
  const acks = createAcks()
  const said: number[] = []
  const taking = [later(), later(), later()]
  for (const [at, { promise }] of taking.entries()) await acks.add(1, promise, () => said.push(at))
  taking[2]?.resolve(true)
  taking[1]?.resolve(true)
  await turn()
  assert.deepEqual(said, [])
  taking[0]?.resolve(true)
  await acks.settled()
  assert.deepEqual(said, [0, 1, 2])
})

test('PL-71 one that is not taken stays with the broker, and those after it', async () => {
  const acks = createAcks()
  const said: number[] = []
  for (const [at, isTaken] of [true, false, true].entries()) await acks.add(1, Promise.resolve(isTaken), () => said.push(at))
  await acks.settled()
  assert.deepEqual(said, [0])
})

for (const [name, bytes, room] of [
  ['64 messages', 1, 64],
  ['4 MB', 2 ** 20, 4],
] as const)
  test(`PL-71 no more than ${name} are open`, async () => {
    const acks = createAcks()
    const taking = Array.from({ length: room }, later)
    let rooms = 0
    for (const { promise } of taking) void acks.add(bytes, promise, () => {}).then(() => rooms++)
    await turn()
    assert.equal(rooms, room - 1)
    taking[0]?.resolve(true)
    await turn()
    await turn()
    assert.equal(rooms, room)
    for (const { resolve } of taking) resolve(true)
    await acks.settled()
  })
