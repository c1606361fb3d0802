import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { sql } from 'kysely'
import { forEachEngine, temporaryDatabase } from '../../../test/harness/engines.ts'
import { patienceMs } from '../../../test/harness/patience.ts'
import { type DatabaseUnavailableError, isDatabaseUnavailable, QueryTimeoutError } from './errors.ts'
import { openPlantKysely } from './open.ts'
import { readRows } from './read-rows.ts'
import { sqliteUrl } from './url.ts'

const schemes = ['postgres', 'mysql'] as const
const limits = { poolSize: 2, connectTimeoutMs: patienceMs(300), statementTimeoutMs: patienceMs(300) }
const one = sql<{ one: number }>`select 1 as one`

async function plant(t: TestContext, url: string, options: Parameters<typeof openPlantKysely>[1] = limits) {
  const opened = await openPlantKysely(url, options)
  t.after(opened.close)
  return opened
}

const reasonOf = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => assert.fail('should have failed'),
    (thrown: unknown) => thrown,
  )
  assert.ok(isDatabaseUnavailable(error), String(error))
  return error instanceof QueryTimeoutError ? 'slow' : (error as DatabaseUnavailableError).reason
}

/** A server on loopback that does with each connection what `onConnection` says. */
async function serve(t: TestContext, onConnection: (socket: net.Socket) => void): Promise<number> {
  const sockets = new Set<net.Socket>()
  const server = net.createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    onConnection(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as net.AddressInfo).port
}

for (const scheme of schemes) {
  test(`${scheme}: a port where nobody listens is unreachable, also for reads, again and again`, async (t) => {
    const port = await serve(t, () => {})
    const closed = net.createServer().listen(0, '127.0.0.1')
    await once(closed, 'listening')
    const { port: freePort } = closed.address() as net.AddressInfo
    closed.close()
    assert.notEqual(port, freePort)
    const { kysely } = await plant(t, `${scheme}://u@127.0.0.1:${freePort}/d`)
    for (let at = 0; at < 5; at++) assert.equal(await reasonOf(one.execute(kysely)), 'unreachable')
    assert.equal(await reasonOf(readRows(kysely, one.compile(kysely), () => {}, { timeoutMs: 100 })), 'unreachable')
  })

  test(`${scheme}: a name that does not exist is unreachable`, async (t) => {
    const { kysely } = await plant(t, `${scheme}://u@no-such-host.invalid/d`, { ...limits, connectTimeoutMs: patienceMs(3_000) })
    assert.equal(await reasonOf(one.execute(kysely)), 'unreachable')
  })

  test(`${scheme}: a server that accepts and never says a word is given up after the connect limit`, async (t) => {
    const { kysely } = await plant(t, `${scheme}://u@127.0.0.1:${await serve(t, () => {})}/d`)
    const startedMs = performance.now()
    assert.equal(await reasonOf(one.execute(kysely)), 'unreachable')
    assert.ok(performance.now() - startedMs < patienceMs(2_000))
  })

  test(`${scheme}: a server that talks nonsense or hangs up does not crash the process`, async (t) => {
    for (const answer of ['HTTP/1.1 400 Bad Request\r\n\r\n', '']) {
      const { kysely } = await plant(t, `${scheme}://u@127.0.0.1:${await serve(t, (socket) => socket.end(answer))}/d`)
      await assert.rejects(one.execute(kysely))
    }
  })
}

forEachEngine('an unknown database, or account, is refused', async (engine, t) => {
  if (engine === 'sqlite') return // files: below
  const url = new URL(await temporaryDatabase(engine, t))
  url.pathname = '/no_such_database_here'
  const { kysely } = await plant(t, url.href, { ...limits, connectTimeoutMs: patienceMs(3_000) })
  assert.equal(await reasonOf(one.execute(kysely)), 'refused')
  if (engine !== 'mysql') return
  url.username = 'nobody_here'
  url.password = 'wrong'
  const stranger = await plant(t, url.href, { ...limits, connectTimeoutMs: patienceMs(3_000) })
  assert.equal(await reasonOf(one.execute(stranger.kysely)), 'refused')
})

forEachEngine('a server that falls silent in the middle is given up soon after the statement limit', async (engine, t) => {
  if (engine === 'sqlite') return
  const url = new URL(await temporaryDatabase(engine, t))
  const real = { host: url.hostname, port: Number(url.port) || (engine === 'postgres' ? 5432 : 3306) }
  let isSilent = false
  const port = await serve(t, (socket) => {
    const upstream = net.connect(real)
    upstream.on('error', () => {})
    socket.on('data', (chunk) => isSilent || upstream.write(chunk))
    upstream.on('data', (chunk) => isSilent || socket.write(chunk))
    socket.on('close', () => upstream.destroy())
  })
  url.hostname = '127.0.0.1'
  url.port = String(port)
  const { kysely } = await plant(t, url.href, { ...limits, connectTimeoutMs: patienceMs(3_000) })
  assert.deepEqual((await one.execute(kysely)).rows, [{ one: 1 }])
  isSilent = true
  const startedMs = performance.now()
  assert.equal(await reasonOf(one.execute(kysely)), 'slow')
  assert.ok(performance.now() - startedMs < patienceMs(4_000))
  isSilent = false
  assert.deepEqual((await one.execute(kysely)).rows, [{ one: 1 }])
})

forEachEngine('connections that the server ends, idle or at work, are replaced', async (engine, t) => {
  if (engine === 'sqlite') return
  const url = await temporaryDatabase(engine, t)
  const { kysely } = await plant(t, url, { ...limits, connectTimeoutMs: patienceMs(3_000), statementTimeoutMs: 5_000 })
  const killer = await plant(t, url, { ...limits, connectTimeoutMs: patienceMs(3_000), statementTimeoutMs: 5_000 })
  const idOf =
    engine === 'postgres' ? sql<{ id: number }>`select pg_backend_pid() as id` : sql<{ id: number }>`select connection_id() as id`
  const kill = (id: number) => sql.raw(engine === 'postgres' ? `select pg_terminate_backend(${id})` : `kill ${id}`).execute(killer.kysely)
  const [{ id } = { id: 0 }] = (await idOf.execute(kysely)).rows
  await kill(id)
  await waitUntil(async () => (await idOf.execute(kysely).catch(() => null))?.rows[0]?.id !== id)

  const nap = sql.raw(engine === 'postgres' ? 'select pg_sleep(4)' : 'select benchmark(1000000000, md5(1))')
  await kysely.connection().execute(async (own) => {
    const [{ id: busyId } = { id: 0 }] = (await idOf.execute(own)).rows
    const working = reasonOf(nap.execute(own))
    await kill(busyId)
    assert.equal(await working, 'lost')
  })
  assert.deepEqual((await one.execute(kysely)).rows, [{ one: 1 }])
})

forEachEngine('a server that became read-only is left, for the one that a new connection finds', async (engine, t) => {
  if (engine === 'sqlite') return
  const { kysely } = await plant(t, await temporaryDatabase(engine, t), {
    ...limits,
    poolSize: 1,
    connectTimeoutMs: patienceMs(3_000),
    statementTimeoutMs: 5_000,
  })
  // MariaDB lets its root write all the same: what others hear is said in its place
  if (engine === 'postgres') await sql`set default_transaction_read_only = on`.execute(kysely)
  else await sql.raw(`create procedure demote() signal sqlstate 'HY000' set mysql_errno = 1290, message_text = 'read-only'`).execute(kysely)
  const connection =
    engine === 'postgres' ? sql<{ id: number }>`select pg_backend_pid() as id` : sql<{ id: number }>`select connection_id() as id`
  const idNow = async () => (await connection.execute(kysely)).rows[0]?.id
  const first = await idNow()
  assert.equal(await idNow(), first)
  await assert.rejects((engine === 'postgres' ? sql`create table a (b integer)` : sql`call demote()`).execute(kysely), /read-only/)
  assert.notEqual(await idNow(), first)
  if (engine === 'postgres') await sql`create table a (b integer)`.execute(kysely)
})

async function waitUntil(isSo: () => Promise<boolean>): Promise<void> {
  for (let at = 0; at < 100; at++) if (await isSo()) return
  assert.fail('it never became so')
}

test('when all connections are lent, waiting for one more has an end', async (t) => {
  const { kysely } = await plant(t, 'sqlite::memory:', { create: true, waitMs: 50 })
  await sql`create table a (b integer)`.execute(kysely)
  const stuck = kysely.transaction().execute(async () => {
    // Inside a transaction the outer handle would wait for this very transaction.
    await assert.rejects(kysely.insertInto('a').values({ b: 1 }).execute(), (error) => isDatabaseUnavailable(error))
  })
  await stuck
})

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'andon-files-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return folder
}

test("a customer's missing file is unreachable and not made; one that is no database is told", async (t) => {
  const folder = folderOf(t)
  const missing = path.join(folder, 'missing.sqlite')
  const { kysely } = await plant(t, sqliteUrl(missing))
  assert.equal(await reasonOf(one.execute(kysely)), 'unreachable')
  assert.equal(await reasonOf(sql`create table a (b integer)`.execute(kysely)), 'unreachable')
  assert.equal(statSync(missing, { throwIfNoEntry: false }), undefined)
  const text = path.join(folder, 'text.sqlite')
  writeFileSync(text, 'this is a letter and not a database, whatever its name says: more than one page of it\n'.repeat(99))
  const other = await plant(t, sqliteUrl(text))
  assert.equal(await reasonOf(sql`select count(*) from sqlite_schema`.execute(other.kysely)), 'unreachable')
})

test("a customer's file keeps its journal mode, and mode=ro refuses writes", async (t) => {
  const file = path.join(folderOf(t), 'plant.sqlite')
  const ours = await openPlantKysely(sqliteUrl(file), { create: true })
  await sql`create table a (b integer)`.execute(ours.kysely)
  await sql`pragma journal_mode = delete`.execute(ours.kysely).catch(() => {})
  await ours.close()
  const modeOf = async (url: string) => {
    const { kysely } = await plant(t, url)
    await kysely.insertInto('a').values({ b: 1 }).execute()
    return (await sql<{ journal_mode: string }>`pragma journal_mode`.execute(kysely)).rows[0]?.journal_mode
  }
  assert.equal(await modeOf(sqliteUrl(file)), await modeOf(sqliteUrl(file)))
  const reader = await plant(t, `${sqliteUrl(file)}?mode=ro`)
  assert.equal((await reader.kysely.selectFrom('a').select('b').execute()).length, 2)
  await assert.rejects(reader.kysely.insertInto('a').values({ b: 2 }).execute(), /readonly/)
})

/** A statement that produces nothing for a long while: no row comes between which a deadline could be looked at. */
/** Some 4 s of a processor: the thread that it keeps cannot be ended. */
const endless = sql`with recursive n(i) as (select 1 union all select i + 1 from n where i < 30000000) select max(i) from n`
const sqliteLimits = { ...limits, statementTimeoutMs: Math.min(limits.statementTimeoutMs, 1_500), create: true }

test('a SQLite statement that never ends is given up at its limit; this process goes on, and the file serves again', async (t) => {
  const { kysely } = await plant(t, sqliteUrl(path.join(folderOf(t), 'plant.sqlite')), sqliteLimits)
  await sql`create table a (b integer)`.execute(kysely)
  let ticks = 0
  const ticking = setInterval(() => {
    ticks += 1
  }, 20)
  t.after(() => clearInterval(ticking))
  assert.equal(await reasonOf(endless.execute(kysely)), 'slow')
  assert.ok(ticks > 20, `${ticks} ticks`)
  await kysely.insertInto('a').values({ b: 1 }).execute()
  assert.equal((await kysely.selectFrom('a').select('b').execute()).length, 1)
})

test('a long SQLite read lets other statements of the same file through', async (t) => {
  const { kysely } = await plant(t, sqliteUrl(path.join(folderOf(t), 'plant.sqlite')), {
    ...limits,
    create: true,
    statementTimeoutMs: 5_000,
  })
  await sql`create table a (b integer)`.execute(kysely)
  const rows =
    sql`select i from (with recursive n(i) as (select 1 union all select i + 1 from n where i < 300000) select i from n)`.compile(kysely)
  let seen = 0
  const reading = readRows(
    kysely,
    rows,
    () => {
      seen += 1
    },
    { timeoutMs: 20_000 },
  )
  await kysely.insertInto('a').values({ b: 1 }).execute()
  const seenMeanwhile = seen
  assert.equal(await reading, 300_000)
  assert.ok(seenMeanwhile < 300_000, 'the insert waited for the whole read')
})

test('a transaction whose thread died does not go on half', async (t) => {
  const { kysely } = await plant(t, sqliteUrl(path.join(folderOf(t), 'plant.sqlite')), sqliteLimits)
  await sql`create table a (b integer)`.execute(kysely)
  const outcome = kysely.transaction().execute(async (tx) => {
    await tx.insertInto('a').values({ b: 1 }).execute()
    await assert.rejects(endless.execute(tx), QueryTimeoutError)
    await tx.insertInto('a').values({ b: 2 }).execute()
  })
  assert.equal(await reasonOf(outcome), 'lost')
  assert.deepEqual(await kysely.selectFrom('a').select('b').execute(), [])
})
