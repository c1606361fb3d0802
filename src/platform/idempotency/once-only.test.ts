import assert from 'node:assert/strict'
import { companyIn } from '../../../test/harness/company.ts'
import { forEachEngine, migratedDatabase } from '../../../test/harness/engines.ts'
import { Problem, problemFactory } from '../http/problem.ts'
import { idempotencyJobs, onceOnly } from './index.ts'

const refuse = problemFactory({ no: { status: 409, title: { es: 'No', en: 'No' } } })
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof Problem ? error.code : String(error)),
  )

forEachEngine('a request under a key is done once, however often it is sent; a refusal is asked again', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  const tenant = { ...db, tenantId: await companyIn(db) }
  const other = { ...db, tenantId: await companyIn(db) }
  let nowMs = 1_000_000
  const deps = { clock: { nowMs: () => nowMs } }
  let done = 0
  const add = (asked: unknown = 1, key: string | null = 'k', of = tenant) =>
    onceOnly(of, deps, { key: key ?? undefined, action: 'test', asked }, async () => {
      done++
      return { number: done }
    })
  const answers = await Promise.allSettled([add(), add(), add()])
  assert.deepEqual([done, answers.filter(({ status }) => status === 'fulfilled').length >= 1], [1, true])
  assert.deepEqual(await add(), { number: 1 })
  assert.deepEqual(await add(1, 'k', other), { number: 2 })
  assert.equal(await codeOf(add(2)), 'idempotency_key_reused')
  assert.equal(await codeOf(add(1, 'ñ')), 'idempotency_key_invalid')
  assert.equal(await codeOf(add(1, 'x'.repeat(129))), 'idempotency_key_invalid')
  assert.deepEqual(await add(1, null), { number: 3 })

  const again: boolean[] = []
  const broken = (work: () => Promise<number>) =>
    onceOnly(tenant, deps, { key: 'b', action: 'test', asked: 1 }, (isAgain) => {
      again.push(isAgain)
      return work()
    })
  assert.equal(await codeOf(broken(() => Promise.reject(refuse('no')))), 'no')
  assert.equal(await codeOf(broken(() => Promise.reject(new Error('lost')))), 'Error: lost')
  assert.equal(await broken(async () => 7), 7)
  // refused: as if never asked; broken off: nobody knows how far it came
  assert.deepEqual(again, [false, false, true])

  // a process that died in the middle
  await new Promise<void>((begun) => {
    void onceOnly(tenant, deps, { key: 'd', action: 'test', asked: 1 }, () => {
      begun()
      return new Promise<number>(() => {})
    })
  })
  assert.equal(await codeOf(onceOnly(tenant, deps, { key: 'd', action: 'test', asked: 1 }, async () => 1)), 'request_running')
  nowMs += 60_000
  assert.equal(await onceOnly(tenant, deps, { key: 'd', action: 'test', asked: 1 }, async (isAgain) => (isAgain ? 8 : 9)), 8)

  // and one that died under a clock that was a month ahead
  nowMs += 30 * 86_400_000
  await new Promise<void>((begun) => {
    void onceOnly(tenant, deps, { key: 'e', action: 'test', asked: 1 }, () => {
      begun()
      return new Promise<number>(() => {})
    })
  })
  nowMs -= 30 * 86_400_000
  assert.equal(await onceOnly(tenant, deps, { key: 'e', action: 'test', asked: 1 }, async (isAgain) => (isAgain ? 8 : 9)), 8)

  nowMs += 38 * 86_400_000
  for (const { run } of idempotencyJobs({ db, ...deps })) await run()
  assert.deepEqual(await db.kysely.selectFrom('idempotent_requests').select('id').where('tenant_id', '=', tenant.tenantId).execute(), [])
})
