import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Problem } from '../../platform/http/problem.ts'
import { previewOf } from './answer.ts'
import { createGate } from './gate.ts'
import { readMap } from './map.ts'
import { mask, readSource, type Source } from './source.ts'

const entry = { name: 'Clima', base_url: 'https://api.example.com/v1?appid=k&units=metric', auth_type: 'api_key', auth_secret: 's3' }
const known = (more: object = {}): Source => {
  const { source, fields } = readSource('clima', { ...entry, headers: { 'X-Zone': 'a' }, ...more }, null)
  assert.deepEqual(fields, [])
  return source as Source
}

test('PL-78 an entry has defaults, and its query is hidden among the parameters', () => {
  assert.deepEqual(known(), {
    key: 'clima',
    name: 'Clima',
    baseUrl: 'https://api.example.com/v1',
    method: 'GET',
    timeoutS: 10,
    authType: 'api_key',
    authVariable: null,
    hidden: { headers: { 'X-Zone': 'a' }, params: { appid: 'k', units: 'metric' }, body: null, secret: 's3' },
    responseKey: '',
    cacheTtlS: 0,
    isEnabled: true,
  })
})

for (const [field, wrong] of [
  ['base_url', 'ftp://x'],
  ['base_url', 'https://user:pass@x.example/'],
  ['base_url', undefined],
  ['method', 'DELETE'],
  ['timeout', 0],
  ['timeout', 31],
  ['timeout', 1.5],
  ['cache_ttl', -1],
  ['auth_type', 'digest'],
  ['auth_secret', undefined],
  ['auth_env_var', 'path; rm'],
  ['headers', { Host: 'other' }],
  ['headers', { 'X-A': 'a\r\nX-B: b' }],
  ['headers', { 'Bad Name': 'a' }],
  ['headers', ['a']],
  ['params', { a: {} }],
  ['body', { a: 1 }],
  ['response_key', 'a..b'],
  ['enabled', 'yes'],
  ['name', 'x'.repeat(101)],
] as const)
  test(`PL-78 refused by name: ${field} = ${JSON.stringify(wrong)?.slice(0, 40)}`, () => {
    const { source, fields } = readSource('clima', { ...entry, [field]: wrong }, null)
    assert.equal(source, null)
    assert.deepEqual([...new Set(fields.map(({ path }) => path))], [field])
  })

test('PL-78 masks and what is left out keep the hidden values, unless the address leads to another server', () => {
  const before = known()
  const kept = readSource(
    'clima',
    { ...entry, auth_secret: undefined, base_url: 'https://api.example.com/v2', headers: { 'X-Zone': mask } },
    before,
  )
  assert.deepEqual(kept.source?.hidden, { ...before.hidden })
  // whoever may configure must not have somebody else's key sent to a server of their own
  const away = readSource('clima', { base_url: 'https://evil.example/', auth_type: 'api_key', headers: { 'X-Zone': mask } }, before)
  assert.equal(away.source, null)
  assert.deepEqual(away.fields.map(({ path }) => path).sort(), ['auth_secret', 'headers'])
  const silent = readSource('clima', { base_url: 'https://evil.example/' }, before)
  assert.deepEqual(silent.source?.hidden, { headers: {}, params: {}, body: null, secret: null })
})

test('PL-78 a map as YAML or JSON: what is not valid is left out and told', async () => {
  const yaml =
    'apis:\n  clima: { base_url: "https://a.example", timeout: 5 }\n  MAL: { base_url: "https://b.example" }\n  roto: 7\n  sin: {}\n'
  const read = await readMap(yaml, [], 'es')
  assert.deepEqual(
    read.sources.map(({ key }) => key),
    ['clima'],
  )
  assert.equal(read.warnings.length, 3)
  assert.match(read.warnings.find((line) => line.startsWith('sin')) ?? '', /base_url: Falta/)
  const json = await readMap('{"x": {"base_url": "https://a.example"}}', [], 'es')
  assert.equal(json.sources.length, 1)
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]`
  for (const wrong of ['', '[1]', 'a: [', '"text"', '{', bomb])
    await assert.rejects(readMap(wrong, [], 'es'), (error) => error instanceof Problem && error.code === 'source_map_unreadable', wrong)
})

test('PL-78 a map as YAML may be as long as somebody writes; what would take seconds to read is refused at once, as JSON it may be longer', async () => {
  for (const slow of ['} '.repeat(100_000), Array.from({ length: 20_000 }, (_, at) => `k${at}: 1`).join('\n')])
    await assert.rejects(readMap(slow, [], 'es'), (error) => error instanceof Problem && /40000/.test(error.detail('es')))
  const long = Object.fromEntries(
    Array.from({ length: 50 }, (_, at) => [`k${at}`, { base_url: 'https://a.example', x: 'x'.repeat(2_000) }]),
  )
  assert.equal((await readMap(JSON.stringify(long), [], 'es')).sources.length, 50)
  await assert.rejects(readMap('a: 1\nb: [', [], 'es'), (error) => error instanceof Problem && error.detail('es').includes('(2)'))
})

test('PL-78 a preview is short, whatever it is of', () => {
  const { preview, truncated } = previewOf([1, 2, 3, 4, 5, 6])
  assert.deepEqual([preview, truncated], [[1, 2, 3, 4, 5], true])
  assert.deepEqual(previewOf({ a: 1 }), { preview: { a: 1 }, truncated: false })
  let deep: unknown = 1
  for (let i = 0; i < 100_000; i++) deep = [deep]
  assert.equal(previewOf(deep).truncated, true)
})

test('PL-78 few are asked at once, of a company fewer still, and all get their turn', async () => {
  const gate = createGate({ perTenant: 2, total: 3, mostWaiting: 5 })
  const done: (() => void)[] = []
  let [inside, most] = [0, 0]
  const work = () =>
    new Promise<string>((resolve) => {
      inside += 1
      most = Math.max(most, inside)
      done.push(() => {
        inside -= 1
        resolve('ok')
      })
    })
  const asked = [1, 1, 1, 1, 2, 2].map((tenantId) => gate.enter(tenantId, work))
  assert.equal(done.length, 3, 'two of the first company, one of the second')
  const all = Promise.all(asked)
  while (done.length > 0) {
    done.shift()?.()
    await new Promise(setImmediate)
  }
  assert.deepEqual(await all, Array(6).fill('ok'))
  assert.equal(most, 3)
  const crowded = createGate({ perTenant: 1, total: 2, mostWaiting: 4 })
  const never = () => new Promise<string>(() => {})
  for (let at = 0; at < 3; at++) void crowded.enter(1, never)
  assert.equal(await crowded.enter(1, never), null, 'one company takes no more than half of the places to wait')
  void crowded.enter(2, never)
  assert.equal(await Promise.race([crowded.enter(2, never), Promise.resolve('waits')]), 'waits')
  const shut = createGate({ perTenant: 1, total: 1, mostWaiting: 0 })
  void shut.enter(1, () => new Promise(() => {}))
  assert.equal(await shut.enter(1, work), null)
})
