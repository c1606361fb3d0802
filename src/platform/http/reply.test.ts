import assert from 'node:assert/strict'
import { test } from 'node:test'
import zlib from 'node:zlib'
import fastify from 'fastify'
import { type TSchema, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { isPickable, type JsonSchema, projectionOf } from './projection.ts'
import { replyWriter, SharedReply } from './reply.ts'
import { answer } from './route.ts'
import { encodingFor } from './written.ts'

for (const [header, want] of [
  [undefined, null],
  ['', null],
  ['identity', null],
  ['gzip, deflate, br, zstd', 'br'],
  ['gzip', 'gzip'],
  ['GZIP;q=0.5', 'gzip'],
  ['br;q=0, gzip', 'gzip'],
  ['br; q=0, gzip ;q=0.0', null],
  ['*', 'br'],
  ['*;q=0', null],
  ['*;q=0, gzip', 'gzip'],
] as const)
  test(`a client that sends accept-encoding "${header}" gets ${want}`, () => assert.equal(encodingFor(header), want))

test('a shared reply is held to its schema and written once; each client gets it in its encoding, byte for byte', async () => {
  let read = 0
  const rows = Array.from({ length: 200 }, (_, i) => ({ name: `línea ${i}`, secret: 'x' }))
  const value = {
    get rows() {
      read += 1
      return rows
    },
  }
  const shared = new SharedReply(value)
  const write = replyWriter('GET /', { 200: Type.Object({ rows: Type.Array(Type.Object({ name: Type.String() })) }) })
  const app = fastify()
  app.get('/', async (_request, reply) => write(reply, answer(200, shared)))
  const ask = async (encoding?: string) => app.inject({ url: '/', headers: encoding === undefined ? {} : { 'accept-encoding': encoding } })
  const [plain, br, gzip, again] = [await ask(), await ask('br'), await ask('gzip'), await ask('br, gzip')]
  const want = JSON.stringify({ rows: rows.map(({ name }) => ({ name })) })
  assert.equal(plain.body, want)
  assert.equal(plain.headers['content-type'], 'application/json; charset=utf-8')
  assert.equal(zlib.brotliDecompressSync(br.rawPayload).toString(), want)
  assert.equal(zlib.gunzipSync(gzip.rawPayload).toString(), want)
  assert.deepEqual(again.rawPayload, br.rawPayload)
  assert.deepEqual(
    [plain, br, gzip].map(({ headers }) => [headers['content-encoding'], headers.vary]),
    [
      [undefined, 'accept-encoding'],
      ['br', 'accept-encoding'],
      ['gzip', 'accept-encoding'],
    ],
  )
  assert.equal(read, 1)
  await app.close()
})

test('a shared reply that does not fit its schema is refused at every request', async () => {
  const write = replyWriter('GET /', { 200: Type.Object({ count: Type.Integer() }) })
  const shared = new SharedReply({ count: 'many' })
  const app = fastify()
  app.get('/', async (_request, reply) => write(reply, answer(200, shared)))
  assert.deepEqual([(await app.inject('/')).statusCode, (await app.inject('/')).statusCode], [500, 500])
  await app.close()
})

const ids = Type.Union([Type.Array(Type.Integer()), Type.String(), Type.Null()])
const schemas: readonly { readonly name: string; readonly schema: TSchema; readonly isPicked: boolean }[] = [
  { name: 'plain fields', schema: Type.Object({ a: Type.String(), b: Type.Optional(Type.Unknown()) }), isPicked: true },
  { name: 'a list behind a union', schema: Type.Object({ a: Type.Optional(ids) }), isPicked: true },
  { name: 'objects in lists', schema: Type.Object({ a: Type.Array(Type.Object({ b: ids })) }), isPicked: true },
  { name: 'a default', schema: Type.Object({ a: Type.String({ default: 'x' }) }), isPicked: false },
  {
    name: 'a default deep inside',
    schema: Type.Object({ a: Type.Array(Type.Object({ b: Type.Integer({ default: 1 }) })) }),
    isPicked: false,
  },
  {
    name: 'objects behind a union',
    schema: Type.Object({ a: Type.Union([Type.Object({ b: Type.String() }), Type.Null()]) }),
    isPicked: false,
  },
  {
    name: 'lists of objects behind a union',
    schema: Type.Object({ a: Type.Union([Type.Array(Type.Object({})), Type.Null()]) }),
    isPicked: false,
  },
  { name: 'a record', schema: Type.Object({ a: Type.Record(Type.String(), Type.Integer()) }), isPicked: false },
  { name: 'an open object', schema: Type.Object({ a: Type.String() }, { additionalProperties: true }), isPicked: false },
]
const samples: readonly unknown[] = [
  { a: 'x', b: { c: [1] }, other: 1 },
  { a: [1, 2], other: 1 },
  { a: [{ b: 'x', other: 1 }], other: [] },
  { a: null },
  { a: { b: 'x', other: 2 } },
  {},
  [],
  null,
  'text',
]

for (const { name, schema, isPicked } of schemas)
  test(`a request with ${name} is ${isPicked ? 'picked by its fields, which cleans it as well' : 'cleaned by typebox'}`, () => {
    const shape = schema as JsonSchema
    assert.equal(isPickable(shape), isPicked)
    if (!isPicked) return
    const validator = Compile(schema)
    const pick = projectionOf(shape) ?? ((value: unknown) => value)
    for (const sample of samples) {
      const cleaned = validator.Clean(validator.Default(structuredClone(sample)))
      assert.equal(validator.Check(pick(sample)), validator.Check(cleaned), JSON.stringify(sample))
      if (validator.Check(cleaned)) assert.deepEqual(pick(sample), cleaned)
    }
  })
