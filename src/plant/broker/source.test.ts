import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fieldErrorsOf, Problem } from '../../platform/http/problem.ts'
import type { Language } from '../../platform/i18n/i18n.ts'
import { previewOf } from './answer.ts'
import { createGate } from './gate.ts'
import { parseMap, readEntries } from './map.ts'
import { createShares } from './shares.ts'
import { faultText, mask, namesOfLines, readSource, type Source } from './source.ts'

const readMap = async (text: string, language: Language = 'es') => readEntries(await parseMap(text), [], language)
/** What is wrong with a text, in words. */
const refusalOf = (text: string, language: Language = 'es'): Promise<string> =>
  parseMap(text).then(
    () => 'read',
    (error: unknown) => {
      assert.ok(error instanceof Problem && error.code === 'source_map_unreadable')
      return fieldErrorsOf(error, language).map ?? ''
    },
  )
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
  ['auth_secret', 'abc“def”€'],
  ['auth_env_var', 'path; rm'],
  ['headers', { Host: 'other' }],
  ['headers', { 'X-A': 'a\r\nX-B: b' }],
  ['headers', { 'Bad Name': 'a' }],
  ['headers', ['a']],
  ['params', { a: {} }],
  ['params', { a: ['1', '2'] }],
  ['base_url', 'https://api.example.com/v1?id=1&id=2'],
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

test('PL-78 a query that is written anew counts, whether the parameters are left out or masked', () => {
  const before = known()
  const query = { ...entry, base_url: 'https://api.example.com/v1?appid=new' }
  for (const params of [undefined, { appid: mask, units: mask }])
    assert.deepEqual(readSource('clima', { ...query, params }, before).source?.hidden.params, { appid: 'new', units: 'metric' })
  const both = readSource('clima', { ...query, params: { appid: 'other' } }, before)
  assert.deepEqual(
    both.fields.map(({ path, rule }) => [path, rule]),
    [['params', 'repeated']],
  )
})

test('PL-78 a password of any characters can be sent, a key in a header cannot', () => {
  const secret = { auth_secret: 'usuario:abc“def”€' }
  assert.deepEqual(readSource('clima', { ...entry, ...secret, auth_type: 'basic' }, null).fields, [])
  for (const auth_type of ['bearer', 'api_key'])
    assert.deepEqual(
      readSource('clima', { ...entry, ...secret, auth_type }, null).fields.map(({ rule }) => rule),
      ['secret_value'],
    )
})

test('PL-78 a name that stands twice is refused by its name', () => {
  const { fields } = readSource('clima', { ...entry, base_url: 'https://api.example.com/v1?id=1&id=2' }, null)
  assert.match(fields.map((field) => faultText(field, 'en')).join(), /id stands more than once/)
  assert.deepEqual(namesOfLines('X-A: 1\nX-B: a:b\nX-A: 2\nX-C'), { 'X-A': ['1', '2'], 'X-B': 'a:b', 'X-C': null })
})

test('PL-78 a map as YAML or JSON: what is not valid is left out and told', async () => {
  const yaml =
    'apis:\n  clima: { base_url: "https://a.example", timeout: 5 }\n  MAL: { base_url: "https://b.example" }\n  roto: 7\n  sin: {}\n'
  const read = await readMap(yaml)
  assert.deepEqual(
    read.sources.map(({ key }) => key),
    ['clima'],
  )
  assert.equal(read.warnings.length, 3)
  assert.match(read.warnings.find((line) => line.startsWith('sin')) ?? '', /base_url: Falta/)
  const json = await readMap('{"x": {"base_url": "https://a.example"}}')
  assert.equal(json.sources.length, 1)
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]`
  for (const wrong of ['', '[1]', 'a: [', '"text"', '{', bomb]) assert.notEqual(await refusalOf(wrong), 'read', wrong)
})

test('PL-78 a map that cannot be read names why and where, in the language of who asks', async () => {
  for (const [text, es, en] of [
    ['[1]', /mapa/, /map/],
    ['a: 1\nb: "x', /línea 2.*cerrar/, /closed at line 2/],
    ['a:\n\tb: 1', /línea 2.*tabul/, /tabs at line 2/],
    ['a: 1\na: 2', /línea 2.*dos veces/, /twice at line 2/],
    ['{a: 1}: 1', /línea 1.*nombre/, /name.*line 1/],
    ['&a a: 1\n*a : 2', /línea 2.*nombre/, /name.*line 2/],
    ['a: 1\n---\nb: 1', /línea 2.*uno solo/, /line 2.*one/],
    ['a: 1\nb: @', /línea 2/, /line 2/],
    ['a: &a {base_url: "https://a.example", method: POST, body: *a}', /niveles/, /levels/],
    [`{"a": ${'['.repeat(50_000)}${']'.repeat(50_000)}}`, /niveles/, /levels/],
    ['x'.repeat(16_001), /16000/, /16000/],
  ] as const) {
    assert.match(await refusalOf(text, 'es'), es, text.slice(0, 40))
    assert.match(await refusalOf(text, 'en'), en, text.slice(0, 40))
  }
})

test('PL-78 a map as YAML may be as long as somebody writes; what would take seconds to read is refused at once, as JSON it may be longer', async () => {
  for (const slow of ['} '.repeat(100_000), Array.from({ length: 20_000 }, (_, at) => `k${at}: 1`).join('\n')])
    assert.match(await refusalOf(slow), /16000/)
  const long = Object.fromEntries(
    Array.from({ length: 50 }, (_, at) => [`k${at}`, { base_url: 'https://a.example', x: 'x'.repeat(2_000) }]),
  )
  assert.equal((await readMap(JSON.stringify(long))).sources.length, 50)
})

// as names they would be written out again at each level: 1.5 KB took six seconds, and the deeper one would not end
test('PL-78 maps as names of maps, each a level deeper, are refused', async () => {
  for (const depth of [300, 3_000]) assert.match(await refusalOf(`${'{'.repeat(depth)}a${': 1}'.repeat(depth)}`), /nombre|niveles/)
})

test('PL-78 of many entries that are left out the first are told, and how many more there are', async () => {
  const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`k${at}`, 7]))
  const { warnings, leftOut } = await readMap(JSON.stringify(many))
  assert.deepEqual([warnings.length, warnings.at(-1), leftOut], [51, 'y 19950 más', 20_000])
  const wordy = {
    a: { base_url: 'https://a.example', headers: Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`${at}${'ñ'.repeat(90)}`, 1])) },
  }
  assert.ok((await readMap(JSON.stringify(wordy))).warnings.every((line) => line.length <= 400))
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

test('PL-78 who leaves work behind keeps the place until it ends', async () => {
  const gate = createGate({ perTenant: 1, total: 2, mostWaiting: 2 })
  let end = () => {}
  const left = new Promise<void>((resolve) => {
    end = resolve
  })
  const first = await gate.enter(1, async (stay) => {
    stay(left)
    stay(Promise.reject(new Error('refused')))
    return 'answered'
  })
  assert.equal(first, 'answered', 'whoever asked does not wait')
  let isIn = false
  const second = gate.enter(1, async () => {
    isIn = true
  })
  await new Promise(setImmediate)
  assert.equal(isIn, false)
  end()
  await second
  assert.equal(isIn, true)
})

test('PL-78 whoever keeps most makes room: the others keep theirs', () => {
  let nowMs = 0
  const shares = createShares<string>({ mostBytes: 100, nowMs: () => nowMs })
  const keep = (tenantId: number, key: string, bytes: number, untilMs = 10) => shares.set(tenantId, key, { value: key, bytes, untilMs })
  const kept = (...of: readonly (readonly [number, string])[]) =>
    of.filter(([tenantId, key]) => shares.get(tenantId, key)).map(([, key]) => key)
  keep(1, 'a', 20)
  keep(1, 'b', 20)
  keep(2, 'c', 20)
  keep(2, 'c', 20)
  assert.deepEqual(kept([1, 'a'], [1, 'b'], [2, 'c'], [2, 'a']), ['a', 'b', 'c'])
  keep(1, 'd', 50)
  assert.deepEqual(kept([1, 'a'], [1, 'b'], [1, 'd'], [2, 'c']), ['b', 'd', 'c'], 'the oldest of its own')
  keep(3, 'e', 90)
  assert.deepEqual(kept([1, 'b'], [1, 'd'], [2, 'c'], [3, 'e']), ['b', 'd', 'c'], 'what has no room beside the others is not kept')
  nowMs = 10
  assert.deepEqual(kept([1, 'b'], [1, 'd'], [2, 'c']), [], 'what no longer holds')
  keep(3, 'f', 90, 20)
  assert.deepEqual(kept([3, 'f']), ['f'], 'takes no room')
})
