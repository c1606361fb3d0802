/** The 60 questions of plant-a over HTTP: attached and checked by the CLI, asked as a signed-in program, on every engine that answers here. */
import assert from 'node:assert/strict'
import path from 'node:path'
import { createUser } from '../src/identity/index.ts'
import { andon } from './harness/andon.ts'
import { forEachEngine } from './harness/engines.ts'
import { loadPlantA, plantAExpected, plantANowMs, plantAQuestions } from './harness/plant-a.ts'
import { differences } from './harness/plant-a-answer.ts'
import { answerOfApi, contradictions } from './harness/plant-a-api.ts'
import { readOnlyUrl } from './harness/read-only.ts'
import { startTestServer } from './harness/server.ts'

const password = 'Segura123!'
const configFile = path.join(import.meta.dirname, 'fixtures/plant-a/config_tenant.json')

/** What one question is asked as: together they state every figure of expected.json. */
const paths = ['/api/v1/dashboard/data', '/api/v1/metrics/summary', '/api/v1/metrics/timeseries', '/api/v1/downtime/list']

const { questions } = await plantAQuestions()
const expected = await plantAExpected()

forEachEngine('PL-01 the 60 answers of plant-a through the API, attached by an account that may only read', async (engine, t) => {
  const plant = await loadPlantA(engine)
  t.after(plant.drop)
  const server = await startTestServer({ engine, nowMs: plantANowMs }, t)
  // As an operator does it: other processes, over the same platform database.
  const { config } = server.ctx
  const env = {
    APP_ENV: 'test',
    SECRET_KEY: config.secretKey,
    DATABASE_URL: config.database.url,
    DATA_DIR: config.dataDir,
    ANDON_PASSWORD: password,
    // An account that may only read: nothing of the customer's can be touched.
    ANDON_PLANT_URL: await readOnlyUrl(plant, t),
  }
  const registered = await andon(['register-tenant', 'Planta A', 'ana', 'ana@example.com', '--config', configFile, '--json'], env)
  assert.equal(registered.exitCode, 0, registered.stderr)
  const verified = await andon(['verify-client', String(JSON.parse(registered.stdout).tenant_id), '--json'], env)
  const { checks } = JSON.parse(verified.stdout) as { checks: { id: string; status: string; finding: string }[] }
  assert.deepEqual(
    checks.filter(({ status }) => status === 'error'),
    [],
  )
  assert.ok([0, 1].includes(verified.exitCode), 'no error: the plant is odd, but it works')

  // A person for each path: sixty a minute is a person's limit, the clock stands still, and each path is asked sixty times.
  const tenantId = Number(JSON.parse(registered.stdout).tenant_id)
  const people = ['ana', 'beto', 'caro', 'dani']
  for (const username of people.slice(1))
    await createUser(server.ctx.db, server.ctx, null, { username, email: `${username}@example.com`, password, tenantId, role: 'ADMIN' })
  const clients = people.map(() => server.newClient())
  for (const [i, client] of clients.entries()) await client.signInApi(people[i] ?? '', password)

  for (const [i, question] of questions.entries()) {
    await t.test(`${question.id} ${question.title}`, async () => {
      const answers = await Promise.all(
        clients.map((client, at) => client.json(paths[at] ?? '', question.filters, { headers: { 'accept-language': 'es' } })),
      )
      const wanted = expected.answers[i]
      if (!wanted.ok) {
        for (const { status, body } of answers) {
          const { code, fields } = body as { code: string; fields: { path: string }[] }
          assert.deepEqual([status, code, fields.map(({ path }) => path)], [wanted.status, 'invalid_filters', [wanted.param]])
        }
        return
      }
      assert.deepEqual(
        answers.map(({ status }) => status),
        [200, 200, 200, 200],
        JSON.stringify([answers.find(({ status }) => status !== 200)?.body, server.logLines.findLast(({ level }) => level === 'error')]),
      )
      const [dashboard, summary, series, stops] = answers.map(({ body }) => body)
      assert.deepEqual(differences(wanted, answerOfApi({ dashboard, summary, series, stops })), [])
      assert.deepEqual(contradictions({ dashboard, summary, series, stops }), [])
    })
  }

  await t.test('PL-24 each answer left one row of who asked what; refusals left none', async () => {
    await server.ctx.userQueries.drain()
    const rows = await server.ctx.db.kysely
      .selectFrom('user_queries')
      .select(['username', 'line', 'interval_type', 'query_parameters'])
      .execute()
    const answered = expected.answers.filter(({ ok }: { ok: boolean }) => ok).length
    assert.equal(rows.length, answered * paths.length)
    assert.deepEqual([...new Set(rows.map(({ username }) => username))].sort(), people)
    assert.ok(rows.every(({ line }) => line.length <= 20))
    assert.ok(rows.every((row) => Number.isInteger(JSON.parse(row.query_parameters)._duration_ms)))
  })
  await t.test('a healthy hour logs no error', () =>
    assert.deepEqual(
      server.logLines.filter(({ level }) => level === 'error' || level === 'fatal'),
      [],
    ),
  )
})
