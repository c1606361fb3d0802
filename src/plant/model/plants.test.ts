import assert from 'node:assert/strict'
import net from 'node:net'
import { type TestContext, test } from 'node:test'
import { sql } from 'kysely'
import { forEachEngine, migratedDatabase, temporaryDatabase } from '../../../test/harness/engines.ts'
import { loadPlantA } from '../../../test/harness/plant-a.ts'
import { createTenantWithAdmin } from '../../identity/index.ts'
import { type Db, type Engine, openPlantKysely, QueryTimeoutError } from '../../platform/db/index.ts'
import { Problem } from '../../platform/http/index.ts'
import { silentLog } from '../../platform/log/index.ts'
import { TargetRefusedError } from '../../platform/net/index.ts'
import { createSecrets } from '../../platform/secrets/index.ts'
import { createManagedPlant, listMappings, saveAttachment } from '../source/index.ts'
import type { PlantOptions } from './entry.ts'
import { createPlants, type Plants } from './plants.ts'

const secrets = createSecrets('a secret key of the tests, long enough')

type Setup = {
  readonly db: Db
  readonly plants: Plants
  readonly clock: { nowMs: () => number; advance: (ms: number) => void }
  readonly attach: (company: string, url: string, config?: Record<string, unknown>) => Promise<number>
}

async function setUp(t: TestContext, engine: Engine = 'sqlite', options: PlantOptions = {}): Promise<Setup> {
  const { db } = await migratedDatabase(engine, t)
  let nowMs = Date.UTC(2026, 9, 19, 15, 17)
  const advance = (ms: number) => {
    nowMs += ms
  }
  const clock = { nowMs: () => nowMs, advance }
  const plants = createPlants({
    db,
    secrets,
    log: silentLog(),
    clock,
    options: { connectTimeoutMs: 150, statementTimeoutMs: 2_000, ...options },
  })
  t.after(() => plants.close())
  let count = 0
  const attach = async (company: string, url: string, config: Record<string, unknown> = {}) => {
    const name = `person${++count}`
    const { tenantId } = await createTenantWithAdmin(
      db,
      { clock },
      { companyName: company, username: name, email: `${name}@example.com`, password: 'Admin123!', config },
    )
    await saveAttachment({ ...db, tenantId }, secrets, { url, canManage: false, nowMs })
    return tenantId
  }
  return { db, plants, clock, attach }
}

/** A managed plant with one line of this name, in a SQLite file. */
async function smallPlant(t: TestContext, lineName: string): Promise<string> {
  const url = await temporaryDatabase('sqlite', t)
  await onPlant(url, async (kysely) => {
    await createManagedPlant(kysely, 'sqlite')
    await sql`insert into production_line (line_name, line_code, downtime_threshold) values (${lineName}, ${lineName}, 300)`.execute(kysely)
  })
  return url
}

async function onPlant(url: string, work: (kysely: Awaited<ReturnType<typeof openPlantKysely>>['kysely']) => Promise<void>): Promise<void> {
  const opened = await openPlantKysely(url, { create: true })
  try {
    await work(opened.kysely)
  } finally {
    await opened.close()
  }
}

/** Gives the event loop its turns until it is so; the test's own limit ends what never comes. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((turn) => setImmediate(turn))
}

const isProblem = (code: string) => (error: unknown) => error instanceof Problem && error.code === code

/** Accepts connections and never says a word. */
async function hungServer(t: TestContext): Promise<{ port: number; connections: () => number }> {
  const sockets: net.Socket[] = []
  const server = net.createServer((socket) => sockets.push(socket.on('error', () => {})))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { port: (server.address() as net.AddressInfo).port, connections: () => sockets.length }
}

forEachEngine('PL-01 PL-08 an attached plant is read as it is, and the tables found are remembered', async (engine, t) => {
  const plantA = await loadPlantA(engine)
  t.after(plantA.drop)
  const { db, plants, attach } = await setUp(t, engine)
  const tenantId = await attach('Planta A', plantA.url, { timezone: 'America/Bogota' })
  const names = await plants.withPlant(tenantId, async ({ model, db: plantDb }) => {
    assert.equal(plantDb.engine, engine)
    assert.equal(model.settings.timeZone, 'America/Bogota')
    return model.lines.map((line) => [line.detectionTable?.name, line.downtimeTable])
  })
  assert.deepEqual(names, [
    ['detection_line_bolsa25kg', 'downtime_events_bolsa25kg'],
    ['detection_line_tecmar1', 'downtime_events_tecmar_1'],
    ['detection_line_volpak', 'downtime_events_3'],
    ['detection_line_línea ñandú 25 kg', 'downtime_events_linea_nandu_25_kg'],
    ['detection_line_vieja', 'downtime_events_vieja'],
  ])
  assert.equal((await listMappings({ ...db, tenantId })).length, 10)
})

test('PL-10 a renamed line keeps its tables', async (t) => {
  const plantA = await loadPlantA('sqlite')
  t.after(plantA.drop)
  const { plants, attach } = await setUp(t)
  const tenantId = await attach('Planta A', plantA.url)
  await plants.withPlant(tenantId, async () => {})
  await onPlant(
    plantA.url,
    async (kysely) =>
      void (await sql`update production_line set line_name = 'Otro nombre', line_code = 'OTRO' where line_id = 4`.execute(kysely)),
  )
  const model = await plants.refresh(tenantId)
  const line = model.lines.find(({ lineId }) => lineId === 4)
  assert.equal(line?.lineName, 'Otro nombre')
  assert.equal(line?.detectionTable?.name, 'detection_line_línea ñandú 25 kg')
})

test('PL-17 a company without a plant database is told so', async (t) => {
  const { db, plants, clock } = await setUp(t)
  const { tenantId } = await createTenantWithAdmin(
    db,
    { clock },
    { companyName: 'Sin planta', username: 'nadie', email: 'nadie@example.com', password: 'Admin123!' },
  )
  await assert.rejects(
    plants.withPlant(tenantId, async () => {}),
    isProblem('plant_not_attached'),
  )
})

for (const scheme of ['mysql', 'postgres'])
  test(`PL-18 a plant whose server accepts and never answers costs one short wait, then refusals at once, and harms nobody else [${scheme}]`, async (t) => {
    const server = await hungServer(t)
    const { plants, clock, attach } = await setUp(t)
    const broken = await attach('Rota', `${scheme}://root@127.0.0.1:${server.port}/x`)
    const sound = await attach('Sana', await smallPlant(t, 'Uno'))
    const first = await Promise.allSettled([1, 2, 3].map(() => plants.withPlant(broken, async () => {})))
    for (const outcome of first) assert.ok(outcome.status === 'rejected' && isProblem('plant_unavailable')(outcome.reason))
    const connections = server.connections()
    assert.ok(connections >= 1, 'the server was asked')
    for (let request = 0; request < 20; request++)
      await assert.rejects(
        plants.withPlant(broken, async () => {}),
        isProblem('plant_unavailable'),
      )
    assert.equal(server.connections(), connections, 'an open circuit asks nobody')
    assert.deepEqual(await plants.withPlant(sound, async ({ model }) => model.lines.map((line) => line.lineName)), ['Uno'])
    clock.advance(60_000)
    const again = await Promise.allSettled([1, 2, 3].map(() => plants.withPlant(broken, async () => {})))
    assert.ok(again.every((outcome) => outcome.status === 'rejected'))
    assert.ok(server.connections() > connections, 'after the pause somebody tries again')
  })

/** In front of a real server; deaf = it still holds its connections and passes nothing on. */
async function proxyTo(plantUrl: string, t: TestContext): Promise<{ url: string; setDeaf: (isDeaf: boolean) => void }> {
  let isDeaf = false
  const sockets: net.Socket[] = []
  const target = new URL(plantUrl)
  const real = { host: target.hostname, port: Number(target.port || (target.protocol === 'mysql:' ? 3306 : 5432)) }
  const server = net.createServer((near) => {
    const far = net.connect(real)
    sockets.push(
      near.on('error', () => {}),
      far.on('error', () => {}),
    )
    near.on('data', (data) => void (isDeaf || far.write(data))).on('close', () => far.destroy())
    far.on('data', (data) => void (isDeaf || near.write(data))).on('close', () => near.destroy())
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  target.hostname = '127.0.0.1'
  target.port = String((server.address() as net.AddressInfo).port)
  return {
    url: target.href,
    setDeaf: (deaf) => {
      isDeaf = deaf
    },
  }
}

forEachEngine(
  'PL-18 a plant that falls silent in the middle of its work is left alone after three slow statements, and used again later',
  async (engine, t) => {
    if (engine === 'sqlite') return t.skip('a file does not fall silent')
    const proxy = await proxyTo(await temporaryDatabase(engine, t), t)
    const { plants, clock, attach } = await setUp(t, 'sqlite', { statementTimeoutMs: 100, connectTimeoutMs: 1_000 })
    const tenantId = await attach('Muda', proxy.url)
    const ask = () => plants.withPlant(tenantId, async ({ db }) => void (await sql`select 1`.execute(db.kysely)))
    await ask()
    proxy.setDeaf(true)
    for (const outcome of await Promise.allSettled([ask(), ask(), ask()]))
      assert.ok(outcome.status === 'rejected' && isProblem('plant_unavailable')(outcome.reason))
    const startedMs = performance.now()
    for (let request = 0; request < 20; request++) await assert.rejects(ask(), isProblem('plant_unavailable'))
    assert.ok(performance.now() - startedMs < 1_000, 'twenty refusals cost less than one timeout')
    proxy.setDeaf(false)
    clock.advance(3_000)
    await ask()
  },
)

const refusal = async (work: Promise<unknown>): Promise<number> => {
  const error = await work.then(
    () => null,
    (one: unknown) => one,
  )
  assert.ok(error instanceof Problem && error.code === 'plant_unavailable')
  return (error.options.parameters as { seconds: number }).seconds
}
const gone = () => new TargetRefusedError('unknown', 'plant.example')

test('PL-18 requests that ask the plant nothing neither close its circuit nor forgive its slow statements', async (t) => {
  const { plants, clock, attach } = await setUp(t)
  const tenantId = await attach('Una', await smallPlant(t, 'Uno'))
  const ask = () => plants.withPlant(tenantId, async ({ db }) => void (await sql`select 1`.execute(db.kysely)))
  const lookAtModel = () => plants.withPlant(tenantId, async () => {})
  const fail = (error: Error) => plants.withPlant(tenantId, () => Promise.reject(error))
  await ask()
  for (const seconds of [1, 1, 2]) {
    assert.equal(await refusal(fail(new QueryTimeoutError(5_000))), seconds)
    if (seconds === 1) await lookAtModel()
  }
  for (const seconds of [4, 8, 16]) {
    clock.advance(30_000)
    await lookAtModel()
    assert.equal(await refusal(fail(gone())), seconds)
  }
  clock.advance(30_000)
  await ask()
  assert.equal(await refusal(fail(gone())), 2, 'an answer begins anew')
})

test('PL-18 a request of before that fails after the pause leaves the turn to try to somebody else', async (t) => {
  const { plants, clock, attach } = await setUp(t)
  const tenantId = await attach('Una', await smallPlant(t, 'Uno'))
  const ask = () => plants.withPlant(tenantId, async ({ db }) => void (await sql`select 1`.execute(db.kysely)))
  await ask()
  const [begun, late] = [Promise.withResolvers<void>(), Promise.withResolvers<never>()]
  const old = plants.withPlant(tenantId, () => {
    begun.resolve()
    return late.promise
  })
  await begun.promise
  await refusal(plants.withPlant(tenantId, () => Promise.reject(gone())))
  clock.advance(2_000)
  late.reject(gone())
  await refusal(old)
  await ask()
})

test('PL-18 a plant that comes back is used again after the pause', async (t) => {
  const url = await temporaryDatabase('sqlite', t)
  const { plants, clock, attach } = await setUp(t)
  const tenantId = await attach('Vuelve', url)
  await assert.rejects(
    plants.withPlant(tenantId, async ({ db }) => void (await sql`select 1`.execute(db.kysely))),
    isProblem('plant_unavailable'),
  )
  await onPlant(url, (kysely) => createManagedPlant(kysely, 'sqlite'))
  await assert.rejects(
    plants.withPlant(tenantId, async () => {}),
    isProblem('plant_unavailable'),
  )
  clock.advance(3_000)
  assert.equal(await plants.withPlant(tenantId, async ({ model }) => model.lines.length), 0)
})

test('PL-76 many requests at once read the metadata once; hits and misses are counted', async (t) => {
  const { plants, attach } = await setUp(t)
  const tenantId = await attach('Una', await smallPlant(t, 'Uno'))
  const models = await Promise.all(Array.from({ length: 10 }, () => plants.withPlant(tenantId, async ({ model }) => model)))
  assert.equal(new Set(models).size, 1)
  await Promise.all(Array.from({ length: 90 }, () => plants.withPlant(tenantId, async () => {})))
  const info = plants.cacheInfo(tenantId)
  assert.equal(info.hits + info.misses, 100)
  assert.ok((info.hitRatio ?? 0) >= 0.9)
  assert.equal(info.counts.production_line, 1)
})

test('PL-76 after its time the metadata is read again, the old copy being served meanwhile and when reading fails', async (t) => {
  const { plants, clock, attach } = await setUp(t)
  const url = await smallPlant(t, 'Uno')
  const tenantId = await attach('Una', url)
  const nameOf = () => plants.withPlant(tenantId, async ({ model }) => model.lines[0]?.lineName)
  assert.equal(await nameOf(), 'Uno')
  await onPlant(url, async (kysely) => void (await sql`update production_line set line_name = 'Dos'`.execute(kysely)))
  assert.equal(await nameOf(), 'Uno', 'fresh: not read again')
  clock.advance(3_600_000)
  assert.equal(await nameOf(), 'Uno', 'stale: served while it is read')
  await until(async () => (await nameOf()) === 'Dos')
  assert.equal(await nameOf(), 'Dos')
  await onPlant(url, async (kysely) => void (await sql`alter table production_line rename to gone`.execute(kysely)))
  await onPlant(url, async (kysely) => void (await sql`create view production_line as select line_id from nowhere`.execute(kysely)))
  clock.advance(3_600_000)
  assert.equal(await nameOf(), 'Dos')
  await until(async () => plants.cacheInfo(tenantId).isStale)
  assert.equal(await nameOf(), 'Dos', 'a failed reading keeps the old copy')
  const modelOf = () => plants.withPlant(tenantId, async ({ model }) => model)
  const { warnings } = await modelOf()
  assert.match(warnings.at(-1)?.en ?? '', /earlier copy/)
  assert.equal(await modelOf(), await modelOf(), 'what was worked out from it is found again')
})

test('PL-76 a refresh is seen by another process at its next request', async (t) => {
  const { db, plants, clock, attach } = await setUp(t)
  const url = await smallPlant(t, 'Uno')
  const tenantId = await attach('Una', url)
  const other = createPlants({ db, secrets, log: silentLog(), clock })
  t.after(() => other.close())
  const nameIn = (process: Plants) => process.withPlant(tenantId, async ({ model }) => model.lines[0]?.lineName)
  assert.deepEqual([await nameIn(plants), await nameIn(other)], ['Uno', 'Uno'])
  await onPlant(url, async (kysely) => void (await sql`update production_line set line_name = 'Dos'`.execute(kysely)))
  await plants.refresh(tenantId)
  assert.deepEqual([await nameIn(plants), await nameIn(other)], ['Dos', 'Dos'])
})

test('PL-76 PL-83 interleaved requests of two companies never mix their metadata', async (t) => {
  const { plants, attach } = await setUp(t, 'sqlite', { maxPlants: 1 })
  const [a, b] = [await attach('A', await smallPlant(t, 'De A')), await attach('B', await smallPlant(t, 'De B'))]
  const seen = await Promise.all(
    Array.from({ length: 60 }, (_, index) =>
      plants.withPlant(index % 2 === 0 ? a : b, async ({ db, model }) => {
        const { rows } = await sql<{ line_name: string }>`select line_name from production_line`.execute(db.kysely)
        return [model.lines[0]?.lineName, rows[0]?.line_name]
      }),
    ),
  )
  for (const [index, names] of seen.entries()) assert.deepEqual(names, index % 2 === 0 ? ['De A', 'De A'] : ['De B', 'De B'])
})

test('a new address of the plant is used at the next request', async (t) => {
  const { db, plants, attach } = await setUp(t)
  const tenantId = await attach('Una', await smallPlant(t, 'Vieja'))
  const nameOf = () => plants.withPlant(tenantId, async ({ model }) => model.lines[0]?.lineName)
  assert.equal(await nameOf(), 'Vieja')
  await saveAttachment({ ...db, tenantId }, secrets, { url: await smallPlant(t, 'Nueva'), canManage: false, nowMs: 1 })
  assert.equal(await nameOf(), 'Nueva')
})

test('who asks in one turn shares the answer where the plant is; who asks while it is read gets one of its own', async (t) => {
  const { db, attach, clock } = await setUp(t)
  const [old, other] = [await smallPlant(t, 'Vieja'), await smallPlant(t, 'Nueva')]
  const tenantId = await attach('Una', old)
  let [questions, later] = [0, Promise.resolve<string | undefined>(undefined)]
  const kysely = db.kysely.withPlugin({
    transformQuery: ({ node }) => node,
    async transformResult({ result }) {
      const { rows } = result
      if (rows.some((row) => 'stop_changes' in row) && ++questions === 2) {
        await saveAttachment({ ...db, tenantId }, secrets, { url: other, canManage: false, nowMs: 1 })
        later = nameOf()
      }
      return result
    },
  })
  const plants = createPlants({ db: { ...db, kysely }, secrets, log: silentLog(), clock })
  t.after(() => plants.close())
  const nameOf = () => plants.withPlant(tenantId, async ({ model }) => model.lines[0]?.lineName)
  assert.equal(await nameOf(), 'Vieja')
  assert.deepEqual(await Promise.all([nameOf(), nameOf(), nameOf()]), ['Vieja', 'Vieja', 'Vieja'])
  assert.equal(questions, 2)
  assert.equal(await later, 'Nueva')
  assert.equal(questions, 3)
})

test('an error that is not about availability leaves the plant open', async (t) => {
  const { plants, attach } = await setUp(t)
  const tenantId = await attach('Una', await smallPlant(t, 'Uno'))
  await assert.rejects(
    plants.withPlant(tenantId, async ({ db }) => void (await sql`select 1 from nowhere`.execute(db.kysely))),
    /nowhere/,
  )
  assert.equal(await plants.withPlant(tenantId, async ({ model }) => model.lines.length), 1)
})
