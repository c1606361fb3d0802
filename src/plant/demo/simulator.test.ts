import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLog, silentLog } from '../../platform/log/index.ts'
import { fixedClock } from '../../platform/time/index.ts'
import type { Plants } from '../model/index.ts'
import { plantaSur } from './company-plans.ts'
import { startSimulator } from './simulator.ts'

const clock = fixedClock(Date.UTC(2026, 10, 20, 18, 40))
const simulated = [{ tenantId: 1, plan: plantaSur }]
/** Only what the simulator asks of the plants. */
const plantsThat = (withPlant: () => Promise<unknown>) => ({ withPlant }) as unknown as Plants

test('PL-03 stopping waits for the transaction under way and starts no other', async () => {
  let calls = 0
  let commit = () => {}
  const plants = plantsThat(() => {
    calls += 1
    return new Promise((resolve) => {
      commit = () => resolve(null)
    })
  })
  const simulator = startSimulator({ plants, clock, log: silentLog() }, simulated)
  let isStopped = false
  const stopping = simulator.stop().then(() => {
    isStopped = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual([calls, isStopped], [1, false])
  commit()
  await stopping
  assert.equal(calls, 1)
})

test('PL-03 a plant that cannot be reached pauses the simulator, it does not end the process', async () => {
  const failing = plantsThat(() => Promise.reject(new Error('gone')))
  const lines: string[] = []
  const log = createLog('warn', { write: (line) => void lines.push(line) })
  const simulator = startSimulator({ plants: failing, clock, log }, simulated)
  await new Promise((resolve) => setImmediate(resolve))
  await simulator.stop()
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as { msg: string }).msg),
    ['demo simulator paused'],
  )
})
