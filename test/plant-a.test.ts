/** The 60 questions of plant-a over HTTP: attached and checked by the CLI, asked as a signed-in program, on every engine that answers here. */
import assert from 'node:assert/strict'
import { createTenantWithAdmin } from '../src/identity/index.ts'
import { saveAttachment } from '../src/plant/source/index.ts'
import { forEachEngine } from './harness/engines.ts'
import { loadPlantA, plantAConfig, plantAExpected, plantANowMs, plantAQuestions } from './harness/plant-a.ts'
import { differences } from './harness/plant-a-answer.ts'
import { answerOfApi, contradictions } from './harness/plant-a-api.ts'
import { startTestServer } from './harness/server.ts'

const { questions } = await plantAQuestions()
const expected = await plantAExpected()

forEachEngine('the 60 answers of plant-a through the API', async (engine, t) => {
  const plant = await loadPlantA(engine)
  t.after(plant.drop)
  const server = await startTestServer({ engine, nowMs: plantANowMs }, t)
  const config = await plantAConfig()
  const made = await createTenantWithAdmin(server.ctx.db, server.ctx, {
    companyName: 'Planta A',
    username: 'ana',
    email: 'ana@example.com',
    password: 'Segura123!',
    role: 'ADMIN',
    config,
  })
  await saveAttachment({ ...server.ctx.db, tenantId: made.tenantId }, server.ctx.secrets, {
    url: plant.url,
    canManage: false,
    nowMs: plantANowMs,
  })
  const client = server.newClient()
  await client.signInApi('ana', 'Segura123!')

  for (const [i, question] of questions.entries()) {
    await t.test(`${question.id} ${question.title}`, async () => {
      // Each question from an address of its own: sixty a minute is a person's limit, and this person asks 240.
      const ask = (path: string) =>
        client.json(path, question.filters, { headers: { 'accept-language': 'es', 'x-forwarded-for': `10.60.0.${i + 1}` } })
      const answers = await Promise.all(
        ['/api/v1/dashboard/data', '/api/v1/metrics/summary', '/api/v1/metrics/timeseries', '/api/v1/downtime/list'].map(ask),
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
})
