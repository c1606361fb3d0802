import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { ConfigError, type Environment, readConfig } from './config.ts'
import { configTable } from './settings.ts'

const goodKey = 'kJ8s0vVwYx2mQ4tR6zB1nC3pL5hG7dF9aS0uE2iO4wT6'
const read = (env: Environment) => readConfig({ SECRET_KEY: goodKey, ...env })
const problemsOf = (env: Environment): readonly string[] => {
  try {
    readConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

test('the defaults serve http on localhost:8000 with SQLite in ./data', () => {
  const config = read({})
  assert.equal(config.http.port, 8000)
  assert.equal(config.http.host, '127.0.0.1')
  assert.equal(config.http.publicUrl, 'http://localhost:8000')
  assert.equal(config.http.basePath, '')
  assert.equal(config.dataDir, path.resolve('data'))
  assert.equal(config.database.isEmbedded, true)
  assert.deepEqual(config.session, {
    accessTokenS: 1800,
    refreshTokenS: 604_800,
    idleS: 1800,
    refreshThresholdS: 300,
    maxConcurrent: 3,
    limitPolicy: 'evict_oldest',
  })
})

test('all faults are reported at once, by the name of the setting, without repeating a secret', () => {
  const problems = problemsOf({
    APP_ENV: 'production',
    SECRET_KEY: 'abc-hunter2',
    PORT: '80a',
    LOG_LEVEL: 'loud',
    DATABASE_URL: 'oracle://u:hunter2@h/d',
    PUBLIC_URL: 'ftp://x',
  })
  assert.deepEqual(problems.map((problem) => problem.split(' ')[0]).sort(), [
    'DATABASE_URL',
    'LOG_LEVEL',
    'PORT',
    'PUBLIC_URL',
    'SECRET_KEY',
  ])
  assert.ok(!problems.join('\n').includes('hunter2'))
})

for (const c of [
  { name: 'missing', key: undefined, says: 'required' },
  { name: 'short', key: 'kJ8s0vVwYx2mQ4tR6zB1nC3pL5hG7dF', says: '32 bytes' },
  { name: 'of a published example', key: 'your-secret-key-change-me-in-production', says: 'well-known' },
  { name: 'of one letter', key: 'a'.repeat(64), says: 'well-known' },
  { name: 'a keyboard row', key: '0123456789abcdef0123456789abcdef', says: 'well-known' },
]) {
  test(`ID-72 K-22 PL-18 production refuses a secret that is ${c.name}`, () => {
    const problems = problemsOf({ APP_ENV: 'production', SECRET_KEY: c.key })
    assert.equal(problems.length, 1)
    assert.match(problems[0] ?? '', new RegExp(`^SECRET_KEY .*${c.says}`))
  })
}

test('production accepts a drawn secret, and plain http only on this machine or by ALLOW_INSECURE_LAN', () => {
  const production = { APP_ENV: 'production', SECRET_KEY: goodKey }
  assert.deepEqual(problemsOf(production), [])
  assert.deepEqual(problemsOf({ ...production, PUBLIC_URL: 'https://andon.example.com' }), [])
  assert.match(problemsOf({ ...production, PUBLIC_URL: 'http://10.0.0.5:8000' })[0] ?? '', /^PUBLIC_URL .*ALLOW_INSECURE_LAN/)
  assert.equal(readConfig({ ...production, PUBLIC_URL: 'http://10.0.0.5:8000', ALLOW_INSECURE_LAN: '1' }).http.isInsecureLan, true)
})

test('ID-01 passwords are hashed with 64 MiB or more; only tests may ask for less', () => {
  const cheap = { SECRET_KEY: goodKey, ARGON2_MEMORY_KIB: '64' }
  assert.equal(read({}).passwords.memoryKib, 65_536)
  for (const APP_ENV of ['production', 'development'])
    assert.match(problemsOf({ ...cheap, APP_ENV })[0] ?? '', /^ARGON2_MEMORY_KIB .*65536/)
  assert.equal(readConfig({ ...cheap, APP_ENV: 'test' }).passwords.memoryKib, 64)
})

for (const c of [
  { env: { PUBLIC_URL: 'https://x.test/andon/' }, url: 'https://x.test/andon', basePath: '/andon' },
  { env: { PUBLIC_URL: 'https://x.test', BASE_PATH: 'andon/' }, url: 'https://x.test/andon', basePath: '/andon' },
  { env: { PUBLIC_URL: 'https://x.test/a/b', BASE_PATH: '/a/b' }, url: 'https://x.test/a/b', basePath: '/a/b' },
  { env: { BASE_PATH: '/', PORT: '9000' }, url: 'http://localhost:9000', basePath: '' },
]) {
  test(`the sub-path of ${JSON.stringify(c.env)} is '${c.basePath}'`, () => {
    const { http } = read(c.env)
    assert.equal(http.publicUrl, c.url)
    assert.equal(http.basePath, c.basePath)
  })
}

for (const env of [
  { BASE_PATH: '/b', PUBLIC_URL: 'https://x.test/a' },
  { BASE_PATH: '/../etc' },
  { BASE_PATH: '/a b' },
  { PUBLIC_URL: 'https://u:p@x.test' },
  { SESSION_REFRESH_THRESHOLD_MINUTES: '30' },
  { TRUST_PROXY_HOPS: '-1' },
  { ALLOW_INSECURE_LAN: 'maybe' },
  { PORT: '65536' },
]) {
  test(`refuses ${JSON.stringify(env)}`, () => assert.equal(problemsOf({ SECRET_KEY: goodKey, ...env }).length, 1))
}

test('development draws its secret once per data folder, readable by its owner only', () => {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'andon-config-'))
  try {
    const inside = path.join(dataDir, 'new')
    readConfig({ DATA_DIR: inside })
    assert.equal(statSync(inside).mode & 0o777, 0o700) // it will hold password hashes, too
    const first = readConfig({ DATA_DIR: dataDir }).secretKey
    assert.ok(Buffer.byteLength(first) >= 32)
    assert.equal(readConfig({ DATA_DIR: dataDir }).secretKey, first)
    assert.equal(readFileSync(path.join(dataDir, 'secret.key'), 'utf8').trim(), first)
    assert.equal(statSync(path.join(dataDir, 'secret.key')).mode & 0o777, 0o600)
  } finally {
    rmSync(dataDir, { recursive: true })
  }
})

test('the configuration table names every setting once, with its meaning', () => {
  assert.equal(new Set(configTable.map((row) => row.name)).size, configTable.length)
  for (const row of configTable) assert.ok(row.meaning.length > 10, row.name)
  assert.equal(configTable.find((row) => row.name === 'PORT')?.default, '8000')
})

test('ID-68 mail goes by SMTP where a server is named, to files in development, and waits in production', () => {
  const production = { APP_ENV: 'production', PUBLIC_URL: 'https://andon.example.com' }
  assert.equal(read({}).mail.transport, 'file')
  assert.equal(read(production).mail.transport, 'none')
  const { mail } = read({ ...production, MAIL_SERVER: 'mail.example.com', MAIL_FROM: 'Planta Ñ <planta@example.com>' })
  assert.deepEqual(mail, {
    transport: 'smtp',
    from: { name: 'Planta Ñ', address: 'planta@example.com' },
    smtp: { host: 'mail.example.com', port: 587, user: '', password: '', security: 'starttls' },
  })
  assert.equal(read({ SMTP_HOST: 'mail.example.com', SMTP_PORT: '465' }).mail.smtp.security, 'tls')
  assert.equal(read({ SMTP_HOST: 'localhost' }).mail.smtp.security, 'none')
  assert.deepEqual(read(production).mail.from, { name: 'Andon', address: 'no-reply@andon.example.com' })
  assert.match(problemsOf({ ...production, MAIL_TRANSPORT: 'console' }).join(), /MAIL_TRANSPORT must not/)
  assert.match(problemsOf({ MAIL_TRANSPORT: 'smtp' }).join(), /SMTP_HOST/)
  assert.match(problemsOf({ MAIL_FROM: 'Eva <eva@x.com>, thief@x.com' }).join(), /^MAIL_FROM/)
})

test('a setting is read under its other names too, its own first; a fault names the one that was given', () => {
  assert.equal(read({ FRONTEND_URL: 'https://a.example.com' }).http.publicUrl, 'https://a.example.com')
  assert.equal(read({ FRONTEND_URL: 'https://a.example.com', PUBLIC_URL: 'https://b.example.com' }).http.publicUrl, 'https://b.example.com')
  assert.match(problemsOf({ MAIL_PORT: 'x' }).join(), /^MAIL_PORT/)
})

test('ID-28 D-10 sign-up: by invitation and approved; addresses are proven where mail can be sent', () => {
  const read = (env: Environment = {}) => readConfig({ SECRET_KEY: 'k'.repeat(40), ...env }).signup
  const { domains, mayFoundCompanies: _, ...defaults } = read()
  assert.deepEqual(
    [defaults, [...domains]],
    [{ mode: 'invite', requiresVerification: true, requiresApproval: true, defaultTenant: '' }, []],
  )
  assert.equal(read({ MAIL_TRANSPORT: 'none' }).requiresVerification, false)
  assert.equal(read({ MAIL_TRANSPORT: 'none', REQUIRE_EMAIL_VERIFICATION: '1' }).requiresVerification, true)
  assert.equal(read({ ALLOW_SELF_SIGNUP: 'true' }).mode, 'open')
  assert.equal(read({ ALLOW_SELF_SIGNUP: '0' }).mode, 'invite')
  assert.deepEqual([...read({ ALLOWLIST_DOMAINS: ' @Acme.example, peña.example ,' }).domains], ['acme.example', 'peña.example'])
  for (const env of [
    { SIGNUP_MODE: 'anybody' },
    { ALLOWLIST_DOMAINS: 'acme' },
    { ALLOWLIST_DOMAINS: 'a@b.example' },
    { REQUIRE_APPROVAL: 'maybe' },
  ])
    assert.throws(() => read(env), ConfigError)
})

test('PL-78 secrets of sources: only variables that the operator names, each for one company, never a setting of ours', () => {
  const { sources } = read({ SOURCE_VARIABLES: '1:WEATHER, 7:ERP_KEY', WEATHER: 'w', OTHER: 'o' })
  assert.deepEqual(
    [...sources.variables],
    [
      ['1:WEATHER', 'w'],
      ['7:ERP_KEY', ''],
    ],
  )
  for (const wrong of ['WEATHER', '1:weather', '0:WEATHER', '1:SECRET_KEY', '1:DATABASE_URL', '*:WEATHER'])
    assert.throws(() => read({ SOURCE_VARIABLES: wrong }), /SOURCE_VARIABLES/, wrong)
})
