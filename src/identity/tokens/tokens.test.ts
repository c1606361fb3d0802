import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { tampered } from '../../../test/harness/tampered.ts'
import { Problem } from '../../platform/http/index.ts'
import { createToken, decodeToken, type TokenSubject, type TokenType, tokenKeys } from './tokens.ts'

const key = (letter: string) => new TextEncoder().encode(letter.repeat(32))
const keys = tokenKeys([{ kid: 'k1', key: key('a') }])
const nowMs = Date.UTC(2026, 2, 2, 12)
const subject: TokenSubject = { userId: 1, username: 'testuser', tenantId: 1, role: 'ADMIN', sessionUuid: '0190-s', version: 0 }
const make = (type: TokenType, lifetimeS = 1800) => createToken(keys, subject, { type, tokenId: 'j1', nowMs, lifetimeS })

const refusal = async (work: Promise<unknown>): Promise<Problem> => {
  try {
    await work
  } catch (error) {
    assert.ok(error instanceof Problem)
    return error
  }
  assert.fail('was accepted')
}
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

test('AC-06 an access token has three parts', async () => assert.equal((await make('access')).split('.').length, 3))

test('AC-07 a refresh token is a text', async () => assert.ok((await make('refresh')).length > 0))

test('AC-09 AC-13 a decoded access token says who, where and until when', async () => {
  const claims = await decodeToken(keys, await make('access'), nowMs)
  const { userId, username, tenantId, role, tokenType } = claims
  assert.deepEqual(
    { userId, username, tenantId, role, tokenType },
    { userId: 1, username: 'testuser', tenantId: 1, role: 'ADMIN', tokenType: 'access' },
  )
  assert.ok(claims.exp instanceof Date && claims.iat instanceof Date)
})

test('AC-10 a token with a lifetime of -1 s is expired, and says so', async () => {
  const problem = await refusal(make('access', -1).then((token) => decodeToken(keys, token, nowMs)))
  assert.equal(problem.status, 401)
  assert.match(problem.detail('en'), /expired/i)
})

test('AC-10 a token holds until its last second and not one later', async () => {
  const token = await make('access', 60)
  await decodeToken(keys, token, nowMs + 59_999)
  assert.equal((await refusal(decodeToken(keys, token, nowMs + 60_000))).code, 'token_expired')
})

test('AC-10 a token that was verified before is refused once its time is over, before its time and under other keys', async () => {
  const token = await make('access', 60)
  const first = await decodeToken(keys, token, nowMs)
  assert.deepEqual(await decodeToken(keys, token, nowMs + 59_999), first)
  assert.equal((await refusal(decodeToken(keys, token, nowMs + 60_000))).code, 'token_expired')
  assert.equal((await refusal(decodeToken(keys, token, nowMs - 1_000))).code, 'token_invalid')
  assert.equal((await refusal(decodeToken(keys, token, nowMs, ['refresh']))).code, 'token_invalid')
  assert.equal((await refusal(decodeToken(keys, tampered(token), nowMs))).code, 'token_invalid')
  const others = tokenKeys([{ kid: 'k1', key: key('b') }])
  assert.equal((await refusal(decodeToken(others, token, nowMs))).code, 'token_invalid')
})

for (const broken of ['invalid.token.here', '', 'a.b', '..'])
  test(`AC-11 "${broken}" is refused`, async () => assert.equal((await refusal(decodeToken(keys, broken, nowMs))).status, 401))

test('AC-12 an access token is none for refreshing, and the other way round', async () => {
  assert.equal((await decodeToken(keys, await make('access'), nowMs)).tokenType, 'access')
  assert.equal((await refusal(decodeToken(keys, await make('access'), nowMs, ['refresh']))).status, 401)
  assert.equal((await refusal(decodeToken(keys, await make('refresh'), nowMs, ['access', 'context']))).status, 401)
})

test('AC-14 a lifetime of 2 h is 7200 s', async () => {
  const { iat, exp } = await decodeToken(keys, await make('access', 7200), nowMs)
  assert.equal((exp.getTime() - iat.getTime()) / 1000, 7200)
})

test('ID-04 alg none, a foreign algorithm, another key, audience and an unknown kid are refused', async () => {
  const [header = '', payload = '', signature = ''] = (await make('access')).split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
  const sign = (head: unknown, body: unknown, secret: Uint8Array, hash = 'sha256') => {
    const text = `${base64(head)}.${base64(body)}`
    return `${text}.${createHmac(hash, secret).update(text).digest('base64url')}`
  }
  assert.equal((await decodeToken(keys, sign({ alg: 'HS256', kid: 'k1' }, claims, key('a')), nowMs)).userId, 1) // the forger's tool works
  for (const forged of [
    `${base64({ alg: 'none', kid: 'k1' })}.${payload}.`,
    `${base64({ alg: 'none' })}.${payload}.${signature}`,
    sign({ alg: 'HS512', kid: 'k1' }, claims, key('a'), 'sha512'),
    sign({ alg: 'HS256', kid: 'k1' }, claims, key('b')),
    sign({ alg: 'HS256', kid: 'k2' }, claims, key('a')),
    sign({ alg: 'HS256' }, claims, key('a')),
    sign({ alg: 'HS256', kid: 'k1' }, { ...claims, aud: 'other' }, key('a')),
    sign({ alg: 'HS256', kid: 'k1' }, { ...claims, iss: 'other' }, key('a')),
    sign({ alg: 'HS256', kid: 'k1' }, { ...claims, uid: '1' }, key('a')),
    sign({ alg: 'HS256', kid: 'k1' }, { ...claims, type: 'other' }, key('a')),
    `${header}.${base64({ ...claims, role: 'OWNER' })}.${signature}`,
  ])
    assert.equal((await refusal(decodeToken(keys, forged, nowMs))).status, 401)
})

test('ID-04 after a rotation of keys old tokens still verify and new ones carry the new key', async () => {
  const rotated = tokenKeys([
    { kid: 'k2', key: key('b') },
    { kid: 'k1', key: key('a') },
  ])
  assert.equal((await decodeToken(rotated, await make('access'), nowMs)).userId, 1)
  const fresh = await createToken(rotated, subject, { type: 'access', tokenId: 'j', nowMs, lifetimeS: 60 })
  assert.equal((await decodeToken(rotated, fresh, nowMs)).userId, 1)
  assert.equal((await refusal(decodeToken(keys, fresh, nowMs))).code, 'token_invalid')
})

test('a token tells no e-mail, permissions or database', async () => {
  const payload = JSON.parse(Buffer.from((await make('access')).split('.')[1] ?? '', 'base64url').toString())
  assert.deepEqual(Object.keys(payload).sort(), [
    ...['aud', 'exp', 'iat', 'iss', 'jti', 'nbf', 'role', 'sid', 'sub', 'tenant_id', 'tid', 'type', 'uid', 'username', 'ver'],
  ])
})
