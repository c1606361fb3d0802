import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { runInNewContext } from 'node:vm'
import { createLog, maskEmail, scrub } from './index.ts'

const logged = (write: (log: ReturnType<typeof createLog>) => void): Record<string, unknown> => {
  const lines: string[] = []
  write(createLog('info', { write: (line) => void lines.push(line) }))
  assert.equal(lines.length, 1)
  return JSON.parse(lines[0] ?? '') as Record<string, unknown>
}

test('ID a line is one JSON object with time, level, logger and message', () => {
  const { ts, ...rest } = logged((log) => log.info({ event: 'login_ok', user_id: 7 }, 'signed in'))
  assert.match(String(ts), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  assert.deepEqual(rest, { level: 'info', logger: 'andon', event: 'login_ok', user_id: 7, msg: 'signed in' })
})

test('a child names itself, once', () => {
  const lines: string[] = []
  createLog('info', { write: (line) => void lines.push(line) })
    .child({ logger: 'http' })
    .info({}, 'x')
  assert.equal(lines[0]?.match(/"logger":/g)?.length, 1)
  assert.equal(JSON.parse(lines[0] ?? '').logger, 'http')
})

test('what carries the name of a secret is redacted, at the top and one level down', () => {
  const entry = logged((log) => log.warn({ password: 'a', body: { access_token: 'b', name: 'c' }, authorization: 'd' }, 'x'))
  assert.deepEqual(
    [entry.password, entry.body, entry.authorization],
    ['[redacted]', { access_token: '[redacted]', name: 'c' }, '[redacted]'],
  )
})

test('errors keep type, code, message and cause', () => {
  const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
  const { err } = logged((log) => log.error({ err: new Error('no plant', { cause }) }, 'x')) as {
    err: { type: string; message: string; cause: { code: string } }
  }
  assert.deepEqual([err.type, err.message, err.cause.code], ['Error', 'no plant', 'ECONNREFUSED'])
})

const jwt = `eyJhbGciOiJIUzI1NiJ9.${'a'.repeat(20)}.${'b'.repeat(20)}`
for (const c of [
  { name: 'a database address', text: 'connect mysql://root:hunter2@db:3306/x', want: 'connect mysql://[redacted]@db:3306/x' },
  { name: 'a JSON Web Token', text: `token was ${jwt}!`, want: 'token was [redacted]!' },
  { name: 'a bearer header', text: 'Authorization: Bearer abc.def', want: 'Authorization: Bearer [redacted]' },
  { name: 'a password hash', text: '$argon2id$v=19$m=65536$abc$def rest', want: '[redacted] rest' },
  { name: 'a query parameter', text: '/reset?token=abc123&x=1', want: '/reset?token=[redacted]&x=1' },
  { name: 'a member of JSON in a text', text: '{\\"password\\":\\"hunter2\\"}', want: '{\\"password\\":\\"[redacted]\\"}' },
  { name: 'an address of a person', text: 'mail to ana.perez@acme.com.ar failed', want: 'mail to a***@acme.com.ar failed' },
  { name: 'nothing, where there is nothing', text: 'line 7 changed at 06:00', want: 'line 7 changed at 06:00' },
])
  test(`by pattern: ${c.name}`, () => assert.equal(scrub(c.text), c.want))

test('a scrubbed line is still JSON', () => {
  const hostile = { msg: `postgres://u:p"'\\@h/x Bearer a.b "password":"x\\"y" ${jwt}`, email: 'a@b.co' }
  const clean = JSON.parse(scrub(JSON.stringify(hostile))) as { msg: string; email: string }
  assert.equal(clean.email, 'a***@b.co')
  assert.ok(!clean.msg.includes(jwt))
})

test('an e-mail shows its first letter and its domain', () => assert.equal(maskEmail('ana@acme.com'), 'a***@acme.com'))

// the limit is far from both: what reads each letter once takes 50 ms, what reads them again and again an hour
for (const [name, text] of [
  ['letters and dots', 'a.'.repeat(1_000_000)],
  ['an e-mail without end', `${'a'.repeat(1_000_000)}@${'a.'.repeat(1_000_000)}`],
  ['beginnings of tokens', '-eyJaaaaa'.repeat(200_000)],
] as const)
  test(`a line that a stranger made long is read in one go: ${name}`, () =>
    assert.equal(runInNewContext('scrub(text)', { scrub, text }, { timeout: 60_000 }), text))

const fullDisk = '/dev/full'
test('a log whose disk is full does not end its process', { skip: existsSync(fullDisk) ? false : `no ${fullDisk} here` }, async () => {
  const script = `
    const { createLog } = await import(${JSON.stringify(path.join(import.meta.dirname, 'index.ts'))})
    const log = createLog('info')
    for (let line = 0; line < 3; line++) {
      log.info({ line }, 'a line')
      await new Promise(setImmediate)
    }`
  const full = openSync(fullDisk, 'w')
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', full, 'ignore'] })
  closeSync(full)
  assert.deepEqual(await once(child, 'exit'), [0, null])
})
