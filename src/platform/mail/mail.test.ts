import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import PostalMime from 'postal-mime'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { forEachEngine, migratedDatabase } from '../../../test/harness/engines.ts'
import { type Db, openDatabase } from '../db/index.ts'
import { createLog } from '../log/index.ts'
import { createSecrets } from '../secrets/index.ts'
import { queueMail } from './outbox.ts'
import { claimMail, listDueMails } from './queries.ts'
import { sendDueMails, sweepMails } from './send.ts'
import { createMailTransport, type MailSettings } from './transport.ts'

const startMs = Date.UTC(2026, 2, 2, 12)
const canary = 'https://andon.example.com/reset-password?token=CANARY-token-123'
const message = {
  template: 'password_reset',
  to: 'jose.nunez@example.com',
  subject: 'Contraseña: ¡Ñandú & Señal!',
  html: `<p>Año, Ñandú. <a href="${canary}">sí</a></p>`,
  text: `Año, Ñandú: ${canary}\n.\nfin`,
}

function setting(db: Db) {
  const clock = { at: startMs, nowMs: () => clock.at }
  const lines: string[] = []
  const log = createLog('debug', { write: (line) => void lines.push(line) })
  const deps = { clock, log, secrets: createSecrets('a secret key of at least 32 bytes') }
  return { ...deps, lines, db, queue: (more: Partial<typeof message> = {}) => queueMail(db, deps, { ...message, ...more }) }
}

/** A mail server that remembers; `options` make it refuse. */
async function mailServer(t: TestContext, options: SMTPServerOptions = {}) {
  const received: { readonly to: string[]; readonly raw: string }[] = []
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        received.push({ to: session.envelope.rcptTo.map(({ address }) => address), raw: Buffer.concat(chunks).toString('utf8') })
        done()
      })
    },
    ...options,
  })
  server.on('error', () => {})
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  t.after(() => new Promise<void>((resolve) => server.close(() => resolve())))
  const { port } = server.server.address() as AddressInfo
  return { received, settings: settingsOf({ port }) }
}

const settingsOf = (smtp: Partial<MailSettings['smtp']>, transport: MailSettings['transport'] = 'smtp'): MailSettings => ({
  transport,
  from: { name: 'Andon Ñ', address: 'no-reply@andon.example.com' },
  smtp: { host: '127.0.0.1', port: 1, user: '', password: '', security: 'none', ...smtp },
})
const transportOf = (settings: MailSettings, dataDir = '/nowhere') => {
  const transport = createMailTransport(settings, { dataDir, print: () => {} })
  assert.ok(transport)
  return transport
}
const rows = (db: Db) =>
  db.kysely.selectFrom('email_outbox').select(['status', 'attempts', 'message', 'last_error', 'next_at']).orderBy('id').execute()

forEachEngine('ID-68 a mail goes out whole, accents and all, once, and its text is forgotten', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  const deps = setting(db)
  const { received, settings } = await mailServer(t)
  await deps.queue()
  const [sealed] = await rows(db)
  assert.ok(sealed?.message && !sealed.message.includes('CANARY'), 'sealed while it waits')
  assert.deepEqual(await sendDueMails(db, deps, transportOf(settings)), { sent: 1, postponed: 0, failed: 0 })
  assert.deepEqual(await sendDueMails(db, deps, transportOf(settings)), { sent: 0, postponed: 0, failed: 0 })
  assert.equal(received.length, 1)
  const mail = await PostalMime.parse(received[0]?.raw ?? '')
  assert.deepEqual(received[0]?.to, [message.to])
  assert.equal(mail.subject, message.subject)
  assert.equal(mail.text?.replaceAll('\r\n', '\n').trim(), message.text)
  assert.equal(mail.html?.trim(), message.html)
  assert.deepEqual(mail.from, { name: 'Andon Ñ', address: 'no-reply@andon.example.com' })
  assert.equal(mail.headers.find(({ key }) => key === 'auto-submitted')?.value, 'auto-generated')
  const [sent] = await rows(db)
  assert.deepEqual([sent?.status, sent?.message, sent?.attempts], ['sent', null, 1])
  assert.match(deps.lines.join(''), /"event":"mail_sent"/)
  assert.doesNotMatch(deps.lines.join(''), /CANARY|jose\.nunez/)
})

forEachEngine('ID-68 three attempts, 30 s and 1 min apart; nothing of the mail in errors or log', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  const deps = setting(db)
  const { received, settings } = await mailServer(t, {
    onRcptTo: (address, _session, done) => done(Object.assign(new Error(`no ${address.address} ${canary}`), { responseCode: 451 })),
  })
  const send = transportOf(settings)
  await deps.queue()
  for (const [waitMs, expected] of [
    [0, { sent: 0, postponed: 1, failed: 0 }],
    [29_999, { sent: 0, postponed: 0, failed: 0 }],
    [1, { sent: 0, postponed: 1, failed: 0 }],
    [59_999, { sent: 0, postponed: 0, failed: 0 }],
    [1, { sent: 0, postponed: 0, failed: 1 }],
    [86_400_000, { sent: 0, postponed: 0, failed: 0 }],
  ] as const) {
    deps.clock.at += waitMs
    assert.deepEqual(await sendDueMails(db, deps, send), expected)
  }
  const [row] = await rows(db)
  assert.deepEqual([row?.status, row?.attempts, row?.message], ['failed', 3, null])
  assert.match(row?.last_error ?? '', /^EENVELOPE 451/)
  assert.doesNotMatch(deps.lines.join(''), /CANARY|jose\.nunez|reset-password\?/)
  assert.equal(received.length, 0)
})

forEachEngine('ID-68 a server that comes back gets the mail at the next attempt, under the same Message-ID', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  const deps = setting(db)
  let isDown = true
  const ids: string[] = []
  const { settings } = await mailServer(t, {
    onData(stream, _session, done) {
      let raw = ''
      stream.on('data', (chunk: Buffer) => {
        raw += chunk
      })
      stream.on('end', () => {
        ids.push(/^Message-ID: (\S+)/im.exec(raw)?.[1] ?? '')
        done(isDown ? Object.assign(new Error('later'), { responseCode: 452 }) : null)
      })
    },
  })
  await deps.queue()
  assert.equal((await sendDueMails(db, deps, transportOf(settings))).postponed, 1)
  isDown = false
  deps.clock.at += 30_000
  assert.equal((await sendDueMails(db, deps, transportOf(settings))).sent, 1)
  assert.equal(ids.length, 2)
  assert.equal(ids[0], ids[1])
  assert.match(ids[0] ?? '', /^<\d+\.[0-9a-f]{32}@andon\.example\.com>$/)
})

forEachEngine('ID-68 two workers at once send each mail once', async (engine, t) => {
  const { db, url } = await migratedDatabase(engine, t)
  const other = await openDatabase(url)
  t.after(() => other.close())
  const deps = setting(db)
  const { received, settings } = await mailServer(t)
  for (let at = 0; at < 30; at++) await deps.queue({ to: `person-${at}@example.com` })
  const counts = await Promise.all([db, other.db].map((own) => sendDueMails(own, deps, transportOf(settings))))
  assert.equal(
    counts.reduce((sum, { sent }) => sum + sent, 0),
    30,
  )
  assert.equal(new Set(received.map(({ to }) => to[0])).size, 30)
  assert.equal(received.length, 30)
})

forEachEngine(
  'ID-68 a mail whose process went silent is taken over after its lease, and the first cannot end it any more',
  async (engine, t) => {
    const { db } = await migratedDatabase(engine, t)
    const deps = setting(db)
    await deps.queue()
    let release = () => {}
    const stuck = new Promise<void>((resolve) => {
      release = resolve
    })
    let begin = () => {}
    const begun = new Promise<void>((resolve) => {
      begin = resolve
    })
    const first = sendDueMails(db, deps, async () => {
      begin()
      await stuck
      throw new Error('too late')
    })
    await begun
    assert.equal((await sendDueMails(db, deps, async () => {})).sent, 0, 'it is with the first')
    deps.clock.at += 10 * 60_000
    assert.equal((await sendDueMails(db, deps, async () => {})).sent, 1)
    release()
    await first
    assert.deepEqual(
      (await rows(db)).map(({ status, attempts }) => [status, attempts]),
      [['sent', 2]],
    )
  },
)

forEachEngine(
  'ID-68 a clock that is set back holds up no mail: neither a waiting one nor one that a dead process had',
  async (engine, t) => {
    const { db } = await migratedDatabase(engine, t)
    const deps = setting(db)
    await deps.queue()
    await deps.queue({ to: 'second@example.com' })
    const stops = new AbortController()
    const dies = sendDueMails(db, deps, () => new Promise<void>(() => stops.abort()), stops.signal)
    await once(stops.signal, 'abort')
    void dies // as a process that was killed with the first in hand
    deps.clock.at -= 86_400_000
    assert.equal((await sendDueMails(db, deps, async () => {})).sent, 2)
  },
)

forEachEngine('ID-68 of a mail that killed its process three times the operator is told that it did', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  const deps = setting(db)
  await deps.queue()
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    const [mail] = await listDueMails(db, deps.clock.at, deps.clock.at, 1)
    assert.ok(mail && (await claimMail(db, mail, deps.clock.at + 1, deps.clock.at)))
    deps.clock.at += 1
  }
  assert.deepEqual(await sendDueMails(db, deps, async () => assert.fail('not a fourth time')), { sent: 0, postponed: 0, failed: 1 })
  assert.deepEqual((await rows(db))[0]?.last_error, 'PROCESS_ENDED')
})

test('ID-68 names and addresses cannot add headers or recipients', async (t) => {
  const { db } = await migratedDatabase('sqlite', t)
  const deps = setting(db)
  const { received, settings } = await mailServer(t)
  await deps.queue({ subject: 'Invitación de Eva\r\nBcc: thief@example.com\r\n\r\n<b>body</b>' })
  await deps.queue({ to: 'a@example.com\r\nBcc: thief@example.com' })
  await deps.queue({ to: 'a@example.com, thief@example.com' })
  await sendDueMails(db, deps, transportOf(settings))
  assert.ok(received.length >= 1)
  for (const { to, raw } of received) {
    assert.equal(to.length, 1)
    assert.ok(!to.includes('thief@example.com'))
    assert.doesNotMatch(raw.split('\r\n\r\n', 1)[0] ?? '', /^bcc:/im)
  }
})

test('ID-68 STARTTLS is demanded, not just taken when offered; a wrong account is told by code only', async (t) => {
  const { db } = await migratedDatabase('sqlite', t)
  const deps = setting(db)
  const plain = await mailServer(t)
  await deps.queue()
  const demanding = { ...plain.settings, smtp: { ...plain.settings.smtp, security: 'starttls' as const } }
  assert.equal((await sendDueMails(db, deps, transportOf(demanding))).postponed, 1)
  assert.equal(plain.received.length, 0)
  const closed = await mailServer(t, {
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: ({ password }, _session, done) => done(new Error(`wrong password ${password}`)),
  })
  deps.clock.at += 30_000
  const account = { ...closed.settings, smtp: { ...closed.settings.smtp, user: 'andon', password: 'hunter2-secret' } }
  assert.equal((await sendDueMails(db, deps, transportOf(account))).postponed, 1)
  assert.match((await rows(db))[0]?.last_error ?? '', /^EAUTH 535/)
  assert.doesNotMatch(deps.lines.join(''), /hunter2/)
})

test('ID-68 as files: one .eml per mail, for this account only, the same file for the same mail', async (t) => {
  const { db } = await migratedDatabase('sqlite', t)
  const deps = setting(db)
  const folder = mkdtempSync(path.join(os.tmpdir(), 'andon-test-mail-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  await deps.queue()
  await deps.queue({ template: '../../etc/x' })
  assert.equal((await sendDueMails(db, deps, transportOf(settingsOf({}, 'file'), folder))).sent, 2)
  const files = readdirSync(path.join(folder, 'mail')).sort()
  assert.match(files.join(' '), /^etcx-2\.[0-9a-f]{32}\.eml password_reset-1\.[0-9a-f]{32}\.eml$/)
  const file = path.join(folder, 'mail', files[1] ?? '')
  assert.equal(statSync(file).mode & 0o077, 0)
  const mail = await PostalMime.parse(readFileSync(file))
  assert.equal(mail.subject, message.subject)
  assert.ok(mail.text?.includes(canary))
})

test('ID-68 without a transport mail waits; after a week it is given up, after a month forgotten', async (t) => {
  const { db } = await migratedDatabase('sqlite', t)
  const deps = setting(db)
  assert.equal(createMailTransport(settingsOf({}, 'none'), { dataDir: '/nowhere', print: () => {} }), null)
  await deps.queue()
  deps.clock.at += 7 * 86_400_000
  assert.deepEqual(await sweepMails(db, deps), { stale: 0, deleted: 0 })
  deps.clock.at += 1
  assert.deepEqual(await sweepMails(db, deps), { stale: 1, deleted: 0 })
  assert.deepEqual(
    (await rows(db)).map(({ status, message }) => [status, message]),
    [['failed', null]],
  )
  deps.clock.at += 30 * 86_400_000 + 1
  assert.deepEqual(await sweepMails(db, deps), { stale: 0, deleted: 1 })
})

test('ID-68 a mail that nobody can open any more fails at once', async (t) => {
  const { db } = await migratedDatabase('sqlite', t)
  const deps = setting(db)
  await deps.queue()
  const other = { ...deps, secrets: createSecrets('another secret key of 32 bytes or more') }
  assert.deepEqual(await sendDueMails(db, other, async () => {}), { sent: 0, postponed: 0, failed: 1 })
})
