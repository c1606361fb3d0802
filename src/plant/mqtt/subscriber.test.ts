/** Listening to a real broker: written once, acknowledged when written, whatever breaks in between. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { goodRow, type IngestPlant, ingestPlant } from '../../../test/harness/ingest-plant.ts'
import { type BrokerOfTest, wireTo, withBroker } from '../../../test/harness/mosquitto.ts'
import { Problem } from '../../platform/http/index.ts'
import { silentLog } from '../../platform/log/index.ts'
import type { Ingest } from '../ingest/index.ts'
import { packetTypes, politely, publishPacket, stubBroker } from './broker.fixture.ts'
import type { Connection } from './connection.ts'
import {
  addCounts,
  findConnection,
  insertConnection,
  insertMessages,
  listMessages,
  type Noted,
  pruneMessages,
  takeLease,
  updateConnection,
} from './queries.ts'
import { filterOf, type TopicRule } from './rule.ts'
import { backOffMs, startSubscriber } from './subscriber.ts'
import { createSupervisor } from './supervisor.ts'

const loopback = { openNetworks: ['127.0.0.0/8'] }

/** Until it is so; the limit is only so that a fault is told. */
async function until(what: () => Promise<boolean> | boolean): Promise<void> {
  const limitMs = performance.now() + 120_000
  while (!(await what())) {
    assert.ok(performance.now() < limitMs, `never came: ${what}`)
    await sleep(20)
  }
}

const ruleOf = (broker: Pick<BrokerOfTest, 'root'>): TopicRule => ({
  topic: `${broker.root}/{line}`,
  line: '',
  area: 'area_id',
  product: 'product_id',
  detectedAt: 'detected_at',
  messageId: 'id',
  items: 'rows',
})

async function connected(plant: IngestPlant, broker: BrokerOfTest, url = broker.url): Promise<Connection> {
  const db = { ...plant.db, tenantId: plant.tenantId }
  const clientId = `andontest${randomBytes(6).toString('hex')}`
  await insertConnection(db, plant.secrets, { url, username: '', password: null, isEnabled: true, clientId }, plant.clock.nowMs())
  await updateConnection(db, { rules: [ruleOf(broker)] }, 1, plant.clock.nowMs())
  const found = await findConnection(db, plant.secrets)
  assert.ok(found)
  return found
}

const depsOf = (plant: IngestPlant, ingest: Pick<Ingest, 'accept'> = plant.ingest) => ({
  ...plant,
  ingest,
  guard: loopback,
  // nothing is added to the plant meanwhile
  refreshMs: 0,
  log: silentLog(),
})

function started(t: TestContext, plant: IngestPlant, connection: Connection, ingest?: Pick<Ingest, 'accept'>) {
  const subscriber = startSubscriber(depsOf(plant, ingest), connection)
  t.after(subscriber.stop)
  return subscriber
}
const stateOf = async (plant: IngestPlant) => (await findConnection({ ...plant.db, tenantId: plant.tenantId }, plant.secrets)) as Connection
const isConnected = (plant: IngestPlant) => async () => (await stateOf(plant)).state === 'connected'
const message = (id: number, second: number, more: object = {}) => ({ id, rows: [goodRow(second)], ...more })

withBroker('PL-71 what a broker sends is written once; what is poisoned is noted and does not hold up the rest', async (broker, t) => {
  const plant = await ingestPlant('sqlite', t)
  const connection = await connected(plant, broker)
  const subscriber = started(t, plant, connection)
  await until(isConnected(plant))
  await broker.publish('L1', message(1, 1))
  await broker.publish('L1', message(1, 1))
  await broker.publish('L1', '{"id":')
  await broker.publish('L1', Buffer.from([0xff, 0x00]))
  await broker.publish('L9', message(2, 2))
  await broker.publish('L1', {
    id: 3,
    rows: [goodRow(3), goodRow(4, { product_id: 77 }), goodRow(5, { detected_at: '2027-01-01 00:00:00' })],
  })
  await broker.publish('L1', `{"id":4,"rows":[{"area_id":2,"product_id":12345678901234567890,"detected_at":"2026-10-19 15:00:04"}]}`)
  await broker.publish('L1', message(5, 6), { qos: 2 })
  await until(async () => (await plant.written()).length === 3)
  await subscriber.stop()
  assert.deepEqual(
    (await plant.written()).sort(),
    [1, 3, 6].map((second) => `${goodRow(second).detected_at} 2 1`),
  )
  const db = { ...plant.db, tenantId: plant.tenantId }
  const told = (await listMessages(db, 'refused', 50)).map(({ outcome, accepted, detail }) => [
    outcome,
    accepted,
    detail.map(({ es }) => es).join(' | '),
  ])
  assert.equal(told.length, 5)
  // several are open at once: what takes longer is noted later
  for (const want of [/demasiado grande/, /77/, /L9/, /UTF-8/, /no es JSON/])
    assert.equal(told.filter(([, , text]) => want.test(String(text))).length, 1, String(want))
  assert.deepEqual(told.find(([, , text]) => /77/.test(String(text)))?.slice(0, 2), ['partly', 1])
  const { received, acceptedRows, refused, state } = await stateOf(plant)
  assert.deepEqual([received, acceptedRows, refused, state], [8, 3, 5, 'off'])
  const outcomes = (await listMessages(db, 'all', 50)).map(({ outcome }) => outcome).sort()
  assert.deepEqual(outcomes, ['accepted', 'accepted', 'partly', 'refused', 'refused', 'refused', 'refused', 'repeated'])
})

withBroker('PL-71 what came while nobody listened is there afterwards; topics that went are left', async (broker, t) => {
  const plant = await ingestPlant('sqlite', t)
  const first = started(t, plant, await connected(plant, broker))
  await until(isConnected(plant))
  await first.stop()
  for (let at = 1; at <= 30; at++) await broker.publish('L1', message(at, at))
  const second = started(t, plant, await stateOf(plant))
  await until(async () => (await plant.written()).length === 30)
  await second.stop()
  // another topic in its place: the session's old one is given back
  const db = { ...plant.db, tenantId: plant.tenantId }
  const other = { ...ruleOf(broker), topic: `${broker.root}/otro/{line}` }
  await updateConnection(db, { rules: [other] }, 2, plant.clock.nowMs())
  const third = started(t, plant, await stateOf(plant))
  await until(isConnected(plant))
  assert.deepEqual((await stateOf(plant)).subscribed, [filterOf(other.topic)])
  await broker.publish('L1', message(31, 31))
  await broker.publish('otro/L1', message(32, 32))
  await until(async () => (await plant.written()).length === 31)
  await third.stop()
  assert.equal((await plant.written()).at(-1), `${goodRow(32).detected_at} 2 1`)
  assert.deepEqual(await listMessages(db, 'refused', 5), [])
})

withBroker(
  'PL-71 a wire that is cut, and messages that were written but not acknowledged: nothing lost, nothing twice',
  async (broker, t) => {
    const plant = await ingestPlant('sqlite', t)
    const wire = await wireTo(broker.url, t)
    const connection = await connected(plant, broker, wire.url)
    // the wire breaks after the rows are on disk and before anybody says so
    let cuts = 0
    const ingest: Pick<Ingest, 'accept'> = {
      async accept(...args) {
        const report = await plant.ingest.accept(...args)
        if (cuts < 3 && (await plant.written()).length >= 5 * (cuts + 1)) {
          cuts += 1
          wire.cut()
          await turn()
          wire.mend()
        }
        return report
      },
    }
    const subscriber = started(t, plant, connection, ingest)
    await until(isConnected(plant))
    for (let at = 1; at <= 40; at++) await broker.publish('L1', message(at, at))
    await until(async () => (await plant.written()).length >= 40)
    await subscriber.stop()
    assert.ok(cuts >= 3)
    assert.deepEqual(
      (await plant.written()).sort(),
      Array.from({ length: 40 }, (_, at) => `${goodRow(at + 1).detected_at} 2 1`),
    )
  },
)

withBroker('PL-71 a writer that is full slows the broker down: nothing is acknowledged before it is written', async (broker, t) => {
  const plant = await ingestPlant('sqlite', t)
  let [isFull, asked] = [true, 0]
  const ingest: Pick<Ingest, 'accept'> = {
    async accept(...args) {
      asked += 1
      if (isFull) throw new Problem('ingest_busy', { status: 503, title: { es: 'Lleno', en: 'Full' } })
      return plant.ingest.accept(...args)
    },
  }
  const first = started(t, plant, await connected(plant, broker), ingest)
  await until(isConnected(plant))
  for (let at = 1; at <= 5; at++) await broker.publish('L1', message(at, at))
  await until(() => asked >= 1)
  assert.deepEqual(await plant.written(), [])
  // it ends in the middle: the broker still has all five
  await first.stop()
  isFull = false
  const second = started(t, plant, await stateOf(plant), ingest)
  await until(async () => (await plant.written()).length === 5)
  await second.stop()
  assert.deepEqual(
    await plant.written(),
    [1, 2, 3, 4, 5].map((second) => `${goodRow(second).detected_at} 2 1`),
  )
})

withBroker('PL-71 a plant that cannot be written is told, and what waits is written when it can', async (broker, t) => {
  const plant = await ingestPlant('sqlite', t)
  let isAway = true
  const why = { es: 'La base de la planta no responde', en: 'The plant database does not answer' }
  const ingest: Pick<Ingest, 'accept'> = {
    async accept(...args) {
      if (isAway) throw new Problem('plant_unavailable', { status: 503, title: why })
      return plant.ingest.accept(...args)
    },
  }
  started(t, plant, await connected(plant, broker), ingest)
  await until(isConnected(plant))
  await broker.publish('L1', message(1, 1))
  await until(async () => (await stateOf(plant)).state === 'blocked')
  assert.deepEqual((await stateOf(plant)).stateDetail, why)
  isAway = false
  await until(async () => (await plant.written()).length === 1)
  await until(isConnected(plant))
})

withBroker('PL-71 of two processes one listens; when it dies the other takes over', async (broker, t) => {
  const plant = await ingestPlant('sqlite', t)
  await connected(plant, broker)
  const [one, other] = [createSupervisor(depsOf(plant)), createSupervisor(depsOf(plant, plant.another()))]
  t.after(() => Promise.all([one.end?.(), other.end?.()]))
  const never = new AbortController().signal
  await one.run(never)
  await other.run(never)
  await until(isConnected(plant))
  await broker.publish('L1', message(1, 1))
  await until(async () => (await plant.written()).length === 1)
  await plant.db.kysely.updateTable('mqtt_connections').set({ lease_owner: 'dead' }).where('tenant_id', '=', plant.tenantId).execute()
  await other.run(never)
  assert.equal((await stateOf(plant)).state, 'connected', 'the lease of the dead one still holds')
  plant.clock.advance(20_000)
  await other.run(never)
  await one.run(never)
  await broker.publish('L1', message(2, 2))
  await until(async () => (await plant.written()).length === 2)
  await plant.db.kysely.updateTable('mqtt_connections').set({ is_enabled: 0 }).where('tenant_id', '=', plant.tenantId).execute()
  await other.run(never)
  assert.equal((await stateOf(plant)).state, 'off')
})

/** A plant that neither takes nor refuses. */
const hanging: Pick<Ingest, 'accept'> = { accept: () => new Promise(() => {}) }

async function underMs(mostMs: number, work: () => Promise<unknown>): Promise<void> {
  const startedMs = performance.now()
  await work()
  const tookMs = Math.round(performance.now() - startedMs)
  assert.ok(tookMs < mostMs, `took ${tookMs} ms`)
}

withBroker('PL-71 messages without acknowledgement that nobody can take do not hold up the end', async (broker, t) => {
  const plant = await ingestPlant('sqlite', t)
  const ingest: Pick<Ingest, 'accept'> = {
    async accept() {
      throw new Problem('plant_unavailable', { status: 503, title: { es: 'x', en: 'x' } })
    },
  }
  const subscriber = started(t, plant, await connected(plant, broker), ingest)
  await until(isConnected(plant))
  const filling = 'x'.repeat(20_000)
  await Promise.all(Array.from({ length: 400 }, (_, at) => broker.publish('L1', message(at, 1, { filling }), { qos: 0 })))
  await until(async () => (await stateOf(plant)).state === 'blocked')
  await underMs(5_000, subscriber.stop)
})

test('PL-71 a company whose broker or plant holds out is left in time, and is nobody else’s wait', { timeout: 60_000 }, async (t) => {
  const plant = await ingestPlant('sqlite', t)
  const db = { ...plant.db, tenantId: plant.tenantId }
  const stub = await stubBroker(t)
  const connection = await connected(plant, { root: 'x' } as BrokerOfTest, stub.url)
  const supervisor = createSupervisor(depsOf(plant, hanging))
  const run = () => supervisor.run(new AbortController().signal)
  await run()
  await until(isConnected(plant))
  stub.sockets[0]?.write(publishPacket('x/L1', JSON.stringify(message(1, 1))))
  await sleep(200)
  await updateConnection(db, { rules: connection.rules }, connection.version, plant.clock.nowMs())
  await underMs(9_000, run)
  await underMs(5_000, async () => void (await until(async () => (await stateOf(plant)).leaseUntilMs > plant.clock.nowMs())))
  // after ten seconds the old one is given up, and the new one comes
  await until(async () => {
    await run()
    return stub.sockets.length === 2
  })
  await underMs(20_000, async () => supervisor.end?.())
})

test('PL-71 topics are remembered before the broker has them: a death in between leaves none behind', { timeout: 60_000 }, async (t) => {
  const plant = await ingestPlant('sqlite', t)
  const seen: (readonly string[])[] = []
  const stub = await stubBroker(t, (type, packet, socket) => {
    if (type !== packetTypes.subscribe) return politely(type, packet, socket)
    stateOf(plant).then(({ subscribed }) => {
      seen.push(subscribed)
      socket.write(politely(type, packet, socket) ?? '')
    })
    return null
  })
  const connection = await connected(plant, { root: 'x' } as BrokerOfTest, stub.url)
  started(t, plant, connection)
  await until(isConnected(plant))
  assert.deepEqual(seen, [['x/+']])
})

withBroker('PL-71 while one message is held up it is said, whatever becomes of the others', async (broker, t) => {
  const plant = await ingestPlant('sqlite', t)
  const why = { es: 'sin partición', en: 'no partition' }
  let asked = 0
  const ingest: Pick<Ingest, 'accept'> = {
    async accept(tenantId, batch) {
      asked += 1
      if (asked === 2) throw new Problem('ingest_busy', { status: 503, title: { es: 'Lleno', en: 'Full' } })
      const [row] = batch.rows as { area_id: number }[]
      if (row?.area_id !== 9) return plant.ingest.accept(tenantId, batch)
      return { accepted: 0, refused: [{ index: 0, code: 'missing_partition', field: 'x', detail: why }], isRepeated: false, isSynced: true }
    },
  }
  started(t, plant, await connected(plant, broker), ingest)
  await until(isConnected(plant))
  await broker.publish('L1', { id: 1, rows: [goodRow(1, { area_id: 9 })] })
  await until(async () => (await stateOf(plant)).state === 'blocked')
  await broker.publish('L1', message(2, 2))
  await until(async () => (await plant.written()).length === 1)
  await sleep(100)
  assert.deepEqual([(await stateOf(plant)).state, (await stateOf(plant)).stateDetail], ['blocked', why])
})

test('PL-71 a broker in a closed network, or without encryption where nobody opened it, is not connected to', async (t) => {
  const plant = await ingestPlant('sqlite', t)
  const told = async (url: string, guard: { openNetworks: string[]; find?: () => Promise<{ address: string; family: number }[]> }) => {
    await plant.db.kysely.deleteFrom('mqtt_connections').where('tenant_id', '=', plant.tenantId).execute()
    const connection = await connected(plant, { root: 'x' } as BrokerOfTest, url)
    const subscriber = startSubscriber({ ...depsOf(plant), guard }, connection)
    await until(async () => (await stateOf(plant)).state === 'waiting')
    const { stateDetail } = await stateOf(plant)
    await subscriber.stop()
    return stateDetail?.en ?? ''
  }
  assert.match(await told('mqtt://127.0.0.1:1883', { openNetworks: [] }), /private network/)
  assert.match(await told('mqtts://169.254.169.254:8883', { openNetworks: ['127.0.0.0/8'] }), /private network/)
  const find = async () => [{ address: '8.8.8.8', family: 4 }]
  assert.match(await told('mqtt://broker.example:1883', { openNetworks: [], find }), /Without encryption/)
  assert.match(await told('mqtt://127.0.0.1:9', { openNetworks: ['127.0.0.0/8'] }), /No connection/)
})

test('PL-71 a message larger than may be held ends the connection, and the page says why', { timeout: 60_000 }, async (t) => {
  const plant = await ingestPlant('sqlite', t)
  const tooLarge = Buffer.alloc(17 * 2 ** 20)
  // QoS 0, and a length of four bytes
  tooLarge.set([0x30, ...[0, 7, 14, 21].map((shift) => ((tooLarge.length >> shift) & 0x7f) | (shift < 21 ? 0x80 : 0))])
  const broker = await stubBroker(t, (type, packet, socket) => {
    const reply = politely(type, packet, socket)
    return type === packetTypes.subscribe && reply ? Buffer.concat([reply, tooLarge]) : reply
  })
  started(t, plant, await connected(plant, { ...broker, root: 'x' } as unknown as BrokerOfTest))
  await until(async () => (await stateOf(plant)).state === 'waiting')
  assert.match((await stateOf(plant)).stateDetail?.en ?? '', /more than 16 MB/)
})

test('PL-71 each attempt to connect comes later than the one before, a minute at most', () => {
  assert.deepEqual(
    [0, 1, 2, 3, 20].map((attempt) => backOffMs(attempt, 0.5)),
    [1_000, 2_000, 4_000, 8_000, 60_000],
  )
  for (let at = 0; at < 20; at++) assert.ok(backOffMs(at) <= 72_000 && backOffMs(at) >= 800)
})

forEachEngine('PL-71 settings and messages: one lease at a time, versions, counts, and old messages forgotten', async (engine, t) => {
  const plant = await ingestPlant(engine, t)
  const db = { ...plant.db, tenantId: plant.tenantId }
  const settings = { url: 'mqtts://x:8883', username: 'u', password: 'top-secret', isEnabled: true, clientId: 'c' }
  assert.equal(await insertConnection(db, plant.secrets, settings, 1), true)
  assert.equal(await insertConnection(db, plant.secrets, settings, 1), false, 'one per company')
  const [row] = await plant.db.kysely.selectFrom('mqtt_connections').selectAll().where('tenant_id', '=', plant.tenantId).execute()
  assert.ok(!JSON.stringify(row).includes('top-secret'))
  assert.equal((await findConnection(db, plant.secrets))?.password, 'top-secret')
  assert.equal(await updateConnection(db, { rules: [ruleOf({ root: 'a' })] }, 1, 2), true)
  assert.equal(await updateConnection(db, { rules: [] }, 1, 2), false, 'somebody else was faster')
  assert.deepEqual(
    [
      await takeLease(db, 'a', 100, 100),
      await takeLease(db, 'b', 150, 100),
      await takeLease(db, 'a', 150, 100),
      await takeLease(db, 'b', 250, 100),
    ],
    [true, false, true, true],
  )
  const noted = (outcome: Noted['outcome'], at: number): Noted => ({
    receivedAtMs: at,
    topic: 't',
    key: String(at),
    payload: '{"ñ":"\u{1f600}"}',
    outcome,
    accepted: 1,
    detail: [{ es: 'x', en: 'y' }],
  })
  await insertMessages(
    db,
    Array.from({ length: 60 }, (_, at) => noted('accepted', at)),
    1,
  )
  await insertMessages(
    db,
    Array.from({ length: 510 }, (_, at) => noted('refused', at)),
    1,
  )
  await pruneMessages(db)
  assert.deepEqual([(await listMessages(db, 'all', 1_000)).length, (await listMessages(db, 'refused', 1_000)).length], [550, 500])
  assert.deepEqual((await listMessages(db, 'refused', 1))[0], noted('refused', 509))
  await addCounts(db, { received: 2, acceptedRows: 3, refused: 1 })
  const { received, acceptedRows, refused } = (await findConnection(db, plant.secrets)) as Connection
  assert.deepEqual([received, acceptedRows, refused], [2, 3, 1])
})
