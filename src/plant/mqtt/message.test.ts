import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readBroker } from './connection.ts'
import { readMessage } from './message.ts'
import { findRule, ruleFaults, type TopicRule } from './rule.ts'

const rule = (more: Partial<TopicRule> = {}): TopicRule => ({
  topic: 'planta/{line}/piezas',
  line: '',
  area: 'area',
  product: '=3',
  detectedAt: 'at',
  messageId: 'id',
  items: '',
  ...more,
})
const read = (payload: unknown, more: Partial<TopicRule> = {}, topic = 'planta/L1/piezas') =>
  readMessage(
    [rule(more)],
    topic,
    Buffer.isBuffer(payload) ? payload : Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)),
  )
const good = { id: 7, area: 2, at: '2026-10-19 15:00:00' }

test('PL-71 a message is one piece: parts of the topic, of the message, and fixed ones', () => {
  const found = read(good)
  assert.ok(found.kind === 'rows')
  assert.deepEqual(found.rows, [{ line: 'L1', area_id: 2, product_id: 3, detected_at: '2026-10-19 15:00:00' }])
  assert.match(found.batchKey, /^[\w-]{43}$/)
  const again = read({ ...good, id: '7' })
  assert.ok(again.kind === 'rows' && again.batchKey === found.batchKey, 'an id is a word')
  const elsewhere = read(good, {}, 'planta/L2/piezas')
  assert.ok(elsewhere.kind === 'rows' && elsewhere.batchKey !== found.batchKey, 'two devices may count alike')
})

test('PL-71 a message may hold many pieces; what a piece does not say, the message around it does', () => {
  const found = read({ id: 'x', at: 1_760_000_000, list: [{ area: '2' }, { area: 4, at: 1_760_000_001_500 }] }, { items: 'list' })
  assert.deepEqual(found.kind === 'rows' && found.rows.map(({ area_id: area, detected_at: at }) => [area, at]), [
    [2, '2025-10-09T08:53:20.000Z'],
    [4, '2025-10-09T08:53:21.500Z'],
  ])
  assert.deepEqual(read({ id: 'x', list: [] }, { items: 'list' }).kind, 'rows')
})

for (const [name, payload, want, more] of [
  ['nothing', '', /vacío/],
  ['no JSON', '{"id":', /no es JSON/],
  ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00]), /UTF-8/],
  ['too large', Buffer.alloc(2 ** 20 + 1, 0x20), /1 MB/],
  ['nested beyond reading', '['.repeat(500_000), /no es JSON/],
  ['no id', { ...good, id: undefined }, /identificador.*«id»/],
  ['an id that is no word', { ...good, id: { a: 1 } }, /identificador en «id»/],
  ['an id without end', { ...good, id: 'x'.repeat(101) }, /hasta 100/],
  ['no area', { ...good, area: null }, /Pieza 1: falta «area»/],
  ['a number that JavaScript would round', '{"id":1,"area":12345678901234567890,"at":"x"}', /demasiado grande \(12345678901234567890\)/],
  ['a list that is none', { ...good, list: 7 }, /lista de piezas/, { items: 'list' }],
  ['too many', { id: 1, list: Array(10_001).fill(1) }, /10001 piezas/, { items: 'list' }],
  ['inherited names', { ...good, area: undefined }, /falta «constructor»/, { area: 'constructor' }],
] as const)
  test(`PL-71 a poisoned message is refused by name: ${name}`, () => {
    const found = read(payload, more)
    assert.equal(found.kind, 'refused')
    assert.match(found.kind === 'refused' ? found.detail.es : '', want)
  })

test('PL-71 two ids that JavaScript would round to one stay two', () => {
  const of = (id: string) => {
    const found = read(`{"id":${id},"area":2,"at":"2026-10-19 15:00:00"}`)
    assert.ok(found.kind === 'rows')
    return found.batchKey
  }
  assert.notEqual(of('9007199254740993'), of('9007199254740992'))
})

test('PL-71 whatever the bytes are, reading them does not throw', () => {
  const seed = Math.floor(Math.random() * 2 ** 31)
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), fc.json(), fc.string()), fc.string(), (payload, topic) => {
      for (const one of ['planta/L1/piezas', topic])
        assert.ok(['rows', 'refused'].includes(read(Buffer.from(payload as string), { items: 'a' }, one).kind))
    }),
    { seed, numRuns: 300 },
  )
})

for (const [topic, given, want] of [
  ['a/+/c', 'a/b/c', true],
  ['a/+/c', 'a/b/d', false],
  ['a/+', 'a/b/c', false],
  ['a/#', 'a/b/c', true],
  ['a/#', 'a', true],
  ['#', 'x/y', true],
  ['a/{line}/c', 'a/L1/c', true],
  ['a/b', 'a', false],
  ['a', 'a/b', false],
] as const)
  test(`PL-71 topic ${topic} ${want ? 'is of' : 'is not of'} ${given}`, () =>
    assert.equal(findRule([rule({ topic })], given) !== null, want))

for (const [change, field] of [
  [{ topic: '', line: '=L1' }, 'topic'],
  [{ topic: 'a/#/b', line: '=L1' }, 'topic'],
  [{ topic: 'a/b+', line: '=L1' }, 'topic'],
  [{ topic: '$SYS/#', line: '=L1' }, 'topic'],
  [{ topic: 'a/x{line}', line: '=L1' }, 'topic'],
  [{ topic: '{line}/{line}' }, 'topic'],
  [{ topic: 'a\u0000b/{line}' }, 'topic'],
  [{ area: '' }, 'area'],
  [{ area: '=' }, 'area'],
  [{ area: 'a..b' }, 'area'],
  [{ detectedAt: '' }, 'detectedAt'],
  [{ messageId: '' }, 'messageId'],
  [{ messageId: '=1' }, 'messageId'],
  [{ items: '.' }, 'items'],
] as const)
  test(`PL-71 a topic is refused under its field: ${JSON.stringify(change)}`, () =>
    assert.deepEqual([...new Set(ruleFaults(rule(change), []).map(({ path }) => path))], [field]))

test('PL-71 a sound topic passes, and not twice', () => {
  assert.deepEqual(ruleFaults(rule(), []), [])
  assert.deepEqual(
    ruleFaults(rule(), [rule({ topic: 'planta/+/piezas' })]).map(({ path }) => path),
    ['topic'],
  )
})

test('PL-71 the address of a broker: no account in it, ports filled in, and the password does not follow to another server', () => {
  const form = { url: 'mqtts://Broker.Example.com', username: 'u', password: 'p' }
  const { broker } = readBroker(form, null)
  assert.deepEqual(broker, { url: 'mqtts://broker.example.com:8883', username: 'u', password: 'p' })
  const known = { ...form, ...broker, url: 'mqtts://broker.example.com:8883', clientId: 'c' }
  assert.equal(readBroker({ ...form, password: '' }, known).broker?.password, 'p')
  assert.deepEqual(
    readBroker({ ...form, url: 'mqtts://evil.example', password: '' }, known).fields.map(({ path }) => path),
    ['password'],
  )
  for (const url of ['', 'http://x', 'mqtt://u:p@x', 'mqtt://x/path', 'mqtt://', 'mqtt://x y', 'tcp://x', `mqtt://${'x'.repeat(260)}`])
    assert.deepEqual(
      readBroker({ ...form, url }, null).fields.map(({ path }) => path),
      ['url'],
      url,
    )
})
