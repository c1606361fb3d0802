import assert from 'node:assert/strict'
import { pbkdf2Sync, scryptSync } from 'node:crypto'
import { test } from 'node:test'
import { hash as argon2 } from '@node-rs/argon2'
import { hashSync } from 'bcryptjs'
import fc from 'fast-check'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { configureHashing, isOutdated, verifyPassword } from '../passwords/index.ts'
import { password, startWithPeople } from '../people.fixture.ts'

const bcrypt = hashSync(password, 4)
const pbkdf2 = (iterations: number, typed = password) =>
  `pbkdf2:sha256:${iterations}$aSalt123$${pbkdf2Sync(typed, 'aSalt123', iterations, 32, 'sha256').toString('hex')}`
const scrypt = `scrypt:32768:8:1$aSalt123$${scryptSync(password, 'aSalt123', 64, { N: 32_768, r: 8, p: 1, maxmem: 2 ** 26 }).toString('hex')}`

const imported: Readonly<Record<string, string>> = {
  'bcrypt $2b$': bcrypt.replace(/^\$2[aby]/, '$2b'),
  'bcrypt $2a$': bcrypt.replace(/^\$2[aby]/, '$2a'),
  'bcrypt $2y$': bcrypt.replace(/^\$2[aby]/, '$2y'),
  'pbkdf2:sha256': pbkdf2(1_000),
  scrypt,
  'Argon2id of smaller cost': await argon2(password, { memoryCost: 8_192, timeCost: 3, parallelism: 1 }),
  Argon2i: await argon2(password, { algorithm: 1, memoryCost: 8_192, timeCost: 3, parallelism: 1 }),
}

forEachEngine('ID-02 imported hashes let in once as they are and are Argon2id of the present cost from then on', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const { kysely } = server.ctx.db
  const stored = async () => {
    const row = await kysely.selectFrom('users').select('password_hash').where('username', '=', 'ana').executeTakeFirstOrThrow()
    return row.password_hash ?? ''
  }
  const login = async (typed: string) => (await server.newClient().json('/api/v1/auth/login', { username: 'ana', password: typed })).status
  for (const [name, hash] of Object.entries(imported)) {
    await kysely.updateTable('users').set({ password_hash: hash }).where('username', '=', 'ana').execute()
    assert.equal(await login('WrongPassword456!'), 401, name)
    assert.equal(await stored(), hash, `${name}: a wrong password changes nothing`)
    assert.equal(await login(password), 200, name)
    const renewed = await stored()
    assert.equal(isOutdated(renewed), false, name)
    assert.equal(await login(password), 200, name)
    assert.equal(await stored(), renewed, `${name}: replaced once`)
  }
})

test('ID-02 K-26 bcrypt looks at the first 72 bytes, as whoever made the hash did', async () => {
  const long = 'Ñandú123'.repeat(12)
  const stored = hashSync(Buffer.from(long).subarray(0, 72).toString('utf8'), 4)
  assert.equal(await verifyPassword(stored, long), true)
  assert.equal(await verifyPassword(stored, long.replace('Ñ', 'N')), false)
})

test('ID-02 what was typed in another normal form of Unicode is the same password', async () => {
  const composed = 'Contraseña1'.normalize('NFC')
  assert.equal(await verifyPassword(pbkdf2(1_000, composed), composed.normalize('NFD')), true)
  const decomposed = composed.normalize('NFD')
  assert.equal(await verifyPassword(pbkdf2(1_000, decomposed), decomposed), true)
})

for (const malformed of [
  '',
  'x',
  '$2b$',
  '$2b$99$abcdefghijklmnopqrstuv',
  `$2b$31$${'a'.repeat(53)}`,
  'pbkdf2:sha256:$salt$00',
  'pbkdf2:sha256:0$salt$00',
  'pbkdf2:sha256:999999999$salt$00',
  'pbkdf2:md5:1000$salt$00',
  'pbkdf2:sha256:1000$salt',
  'pbkdf2:sha256:1000$salt$zz',
  'scrypt:32768:8:1$salt',
  'scrypt:32767:8:1$salt$00',
  'scrypt:4194304:8:1$salt$00',
  'scrypt:1:1:1',
  'plaintext:ValidPass123!',
  '$argon2id$v=19$m=65536,t=2,p=1$',
  'sha256$salt$hash',
])
  test(`ID-02 a malformed hash is wrong and never throws: ${malformed || 'empty'}`, async () =>
    assert.equal(await verifyPassword(malformed, password), false))

test('ID-02 whatever is stored, verifying answers', async () => {
  const start = fc.constantFrom('$2b$04$', 'pbkdf2:sha256:10$', 'scrypt:2:1:1$', '$argon2id$', '')
  await fc.assert(
    fc.asyncProperty(start, fc.string(), async (prefix, rest) => (await verifyPassword(prefix + rest, password)) === false),
    { numRuns: 60 },
  )
})

test('ID-02 a hash is outdated unless it was made the present way', () => {
  for (const hash of Object.values(imported)) assert.equal(isOutdated(hash), true)
  configureHashing({ hashesAtOnce: 2, memoryKib: 65_536 })
  assert.equal(isOutdated('$argon2id$v=19$m=65536,t=2,p=1$abc$def'), false)
  assert.equal(isOutdated('$argon2id$v=19$m=65535,t=2,p=1$abc$def'), true)
})
