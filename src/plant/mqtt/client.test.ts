/** A broker that does what nobody asked for, or not what it should. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { packetTypes, politely, publishPacket, stubBroker } from './broker.fixture.ts'
import { ConnectFault, closeClient, openClient, subscribe, unsubscribe } from './client.ts'

const guard = { openNetworks: ['127.0.0.0/8'] }
const brokerAt = (url: string) => ({ url, username: '', password: null, clientId: 'andontest' })
const timeout = 60_000

/** In words for people, and in time. */
const isLate = (error: unknown): boolean => error instanceof ConnectFault && /in time/.test(error.text.en)

async function underMs(mostMs: number, work: () => Promise<unknown>): Promise<void> {
  const startedMs = performance.now()
  await work()
  assert.ok(performance.now() - startedMs < mostMs, `took ${Math.round(performance.now() - startedMs)} ms`)
}

test('PL-72 a broker that sends with QoS 2, which nobody asked for, loses its connection: such messages would be kept until it releases them', {
  timeout,
}, async (t) => {
  const { url } = await stubBroker(t, () =>
    // PUBLISH, QoS 2: topic "a", number 1, "x"
    Buffer.from([0x20, 0x02, 0x00, 0x00, 0x34, 0x06, 0x00, 0x01, 0x61, 0x00, 0x01, 0x78]),
  )
  const closed = Promise.withResolvers<void>()
  const { client } = await openClient(brokerAt(url), guard, {
    isLasting: false,
    prepare: (one) => void one.on('close', closed.resolve),
  })
  await closed.promise
  assert.equal(client.connected, false)
})

test('PL-72 a broker that refuses us and then writes nonsense, two faults at once, does not end the process', { timeout }, async (t) => {
  const { url } = await stubBroker(t, () => Buffer.from([0x20, 0x02, 0x00, 0x05, 0xf0, 0x00]))
  await assert.rejects(openClient(brokerAt(url), guard, { isLasting: true }), (error) => error instanceof ConnectFault)
  await sleep(50)
})

test('PL-72 nonsense after the beginning ends the connection', { timeout }, async (t) => {
  const { url, sockets } = await stubBroker(t)
  const closed = Promise.withResolvers<void>()
  await openClient(brokerAt(url), guard, { isLasting: true, prepare: (one) => void one.on('close', closed.resolve) })
  sockets[0]?.write(Buffer.from([0xf0, 0x00, 0xf0, 0x00]))
  await closed.promise
})

test('PL-72 a name that nobody looks up, an answer that does not come: each is told in time', { timeout }, async (t) => {
  const silent = await stubBroker(t, () => null)
  const half = await stubBroker(t, (type, ...rest) => (type === packetTypes.connect ? politely(type, ...rest) : null))
  const { client } = await openClient(brokerAt(half.url), guard, { isLasting: true })
  const other = await openClient(brokerAt(half.url), guard, { isLasting: true })
  await underMs(20_000, () =>
    Promise.all([
      assert.rejects(
        openClient(brokerAt('mqtt://broker.example:1883'), { ...guard, find: () => new Promise(() => {}) }, { isLasting: true }),
        isLate,
      ),
      assert.rejects(openClient(brokerAt(silent.url), guard, { isLasting: true }), isLate),
      assert.rejects(subscribe(client, ['a']), isLate),
      assert.rejects(unsubscribe(other.client, ['a']), isLate),
    ]),
  )
  // it does not close its end either
  await underMs(5_000, () => Promise.all([closeClient(client), closeClient(other.client)]))
})

test('PL-72 a connection that is no longer wanted is not waited for', { timeout }, async (t) => {
  const silent = await stubBroker(t, () => null)
  const find = () => new Promise<never>(() => {})
  const signal = AbortSignal.timeout(50)
  await underMs(8_000, () =>
    Promise.all([
      assert.rejects(openClient(brokerAt(silent.url), guard, { isLasting: true, signal }), ConnectFault),
      assert.rejects(openClient(brokerAt('mqtt://x:1'), { ...guard, find }, { isLasting: true, signal }), ConnectFault),
    ]),
  )
})

test('PL-71 a connection whose messages wait longer than pings may take is kept; one that is silent is not', { timeout }, async (t) => {
  const flooding = await stubBroker(t)
  const silent = await stubBroker(t, (type, ...rest) => (type === packetTypes.pingreq ? null : politely(type, ...rest)))
  const closed = { flooding: false, silent: false }
  let next: (() => void) | null = null
  const open = (url: string, name: keyof typeof closed) =>
    openClient(brokerAt(url), guard, {
      isLasting: true,
      keepaliveS: 1,
      prepare(client) {
        client.on('close', () => {
          closed[name] = true
        })
        // nothing is read on, as when too many are open
        client.handleMessage = (_packet, done) => {
          next = () => done()
        }
      },
    })
  const { client } = await open(flooding.url, 'flooding')
  await open(silent.url, 'silent')
  const flood = publishPacket('a', 'x'.repeat(10_000))
  for (let i = 0; i < 1_000; i++) flooding.sockets[0]?.write(flood)
  await sleep(4_000)
  assert.ok(next)
  assert.deepEqual(closed, { flooding: false, silent: true })
  assert.ok(flooding.came.filter((type) => type === packetTypes.pingreq).length > 3, 'the broker hears that we are there')
  await underMs(5_000, () => closeClient(client))
})
