/** Forged, borrowed and outlived tokens, at the door of a running server. */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { noon, password, startWithPeople } from '../../src/identity/people.fixture.ts'
import { sessionKeys } from '../../src/identity/sessions/index.ts'

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const read = (text: string | undefined) => JSON.parse(Buffer.from(text ?? '', 'base64url').toString()) as Record<string, unknown>

test('ID-04 a forged, borrowed or outlived token opens no door', async (t) => {
  const server = await startWithPeople({}, t)
  await server.addPerson('vera', 'VIEWER')
  const ana = await server.newClient().signInApi('ana', password)
  const vera = await server.newClient().signInApi('vera', password)
  const [headText, bodyText = '', signature = ''] = ana.accessToken.split('.')
  const [head, claims] = [read(headText), read(bodyText)]
  const ofVera = read(vera.accessToken.split('.')[1])
  const { secrets } = server.ctx
  const key = sessionKeys(secrets).tokens.signing.key
  const sign = (header: unknown, body: unknown, secret: Uint8Array | string = key, hash = 'sha256'): string => {
    const text = `${part(header)}.${part(body)}`
    return `${text}.${createHmac(hash, secret).update(text).digest('base64url')}`
  }
  const nowS = noon / 1000
  const ask = async (token: string) => {
    const { status } = await server.newClient().json('/api/v1/auth/me', undefined, { headers: { authorization: `Bearer ${token}` } })
    return status
  }
  assert.equal(await ask(sign(head, claims)), 200, "the forger's tool works with the right key")
  const forged: Readonly<Record<string, string>> = {
    'alg none': `${part({ ...head, alg: 'none' })}.${bodyText}.`,
    'alg None with a signature': `${part({ ...head, alg: 'None' })}.${bodyText}.${signature}`,
    'no alg': sign({ kid: head.kid }, claims),
    'HS384 with the right key': sign({ ...head, alg: 'HS384' }, claims, key, 'sha384'),
    'HS512 with the right key': sign({ ...head, alg: 'HS512' }, claims, key, 'sha512'),
    'RS256 signed as HMAC': sign({ ...head, alg: 'RS256' }, claims),
    'another kid': sign({ ...head, kid: 'other' }, claims),
    'a kid that is a path': sign({ ...head, kid: '../../dev/null' }, claims, ''),
    'a kid that is a property': sign({ ...head, kid: '__proto__' }, claims, ''),
    'no kid': sign({ alg: 'HS256' }, claims),
    'an embedded key': sign({ ...head, jwk: { kty: 'oct', k: 'AAAA' } }, claims, Buffer.from('AAAA', 'base64url')),
    'a key by address': sign({ ...head, jku: 'http://evil.example/keys' }, claims, 'evil'),
    'a critical extension': sign({ ...head, crit: ['exp2'], exp2: 1 }, claims),
    'an unencoded payload': sign({ ...head, crit: ['b64'], b64: false }, claims),
    'expired a second ago': sign(head, { ...claims, exp: nowS - 1 }),
    'expired this second': sign(head, { ...claims, exp: nowS }),
    'without end': sign(head, { ...claims, exp: undefined }),
    'an end that is a text': sign(head, { ...claims, exp: '9999999999' }),
    'not yet valid': sign(head, { ...claims, nbf: nowS + 60 }),
    'another audience': sign(head, { ...claims, aud: 'andon-files' }),
    'another issuer': sign(head, { ...claims, iss: 'andon.evil.example' }),
    'of a type that is not': sign(head, { ...claims, type: 'admin' }),
    'a refresh token': ana.refreshToken,
    "another's session": sign(head, { ...claims, sid: ofVera.sid }),
    "another's name on the own session": sign(head, { ...ofVera, uid: claims.uid, sub: claims.sub }),
    'of an earlier version of the person': sign(head, { ...claims, ver: Number(claims.ver) - 1 }),
    'claims changed under the signature': `${headText}.${part({ ...claims, role: 'SUPER_ADMIN' })}.${signature}`,
    'with a fourth part': `${ana.accessToken}.${signature}`,
    'signature cut': ana.accessToken.slice(0, -4),
    ...Object.fromEntries(
      (['csrf', 'token-hash', 'mail', 'totp', 'recovery-code', 'api-key', 'file-link', 'audit'] as const).map((purpose) => [
        `the key of ${purpose}`,
        sign(head, claims, secrets.deriveKey(purpose)),
      ]),
    ),
    'the installation secret itself': sign(head, claims, 'test-secret-key-of-at-least-32-bytes'),
    'the empty key': sign(head, claims, ''),
  }
  const outcomes = Object.fromEntries(
    await Promise.all(Object.entries(forged).map(async ([name, token]) => [name, await ask(token)] as const)),
  )
  assert.deepEqual(outcomes, Object.fromEntries(Object.keys(forged).map((name) => [name, 401])))

  // What the token says of role and company is read from the database, not believed.
  const promoted = server.newClient()
  promoted.headers.authorization = `Bearer ${sign(head, { ...ofVera, role: 'SUPER_ADMIN' })}`
  assert.equal((await promoted.json('/api/v1/users')).status, 403)
  const elsewhere = server.newClient()
  elsewhere.headers.authorization = `Bearer ${sign(head, { ...ofVera, tenant_id: 999, tid: 999 })}`
  assert.equal((await elsewhere.json('/api/v1/dashboard/data', {})).status, 403)
})

test('ID-05 an access token does not refresh, and what is no bearer token is nobody', async (t) => {
  const server = await startWithPeople({}, t)
  const { accessToken } = await server.newClient().signInApi('ana', password)
  const ask = async (path: string, headers: Record<string, string>, body?: unknown) =>
    (await server.newClient().json(path, body, { headers })).status
  assert.equal(await ask('/api/v1/auth/refresh', {}, { refresh_token: accessToken }), 401)
  for (const authorization of [
    `Basic ${accessToken}`,
    accessToken,
    `Bearer  ${accessToken}`,
    `Bearer ${accessToken},${accessToken}`,
    'Bearer',
    'Bearer null',
  ])
    assert.equal(await ask('/api/v1/auth/me', { authorization }), 401, authorization.slice(0, 12))
  assert.equal(await ask(`/api/v1/auth/me?access_token=${accessToken}&token=${accessToken}`, {}), 401, 'never from the address')
  assert.equal(await ask('/api/v1/auth/me', { cookie: `access_token=${accessToken}; andon_sid=${accessToken}` }), 401, 'nor from a cookie')
})
