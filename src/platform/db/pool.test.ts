import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPool, type PoolOptions } from './pool.ts'

type Thing = { readonly id: number }

/** A pool of things that notes what it opens and closes. */
function setting(options: Partial<PoolOptions<Thing>> = {}) {
  const opened: number[] = []
  const closed: number[] = []
  const breakers: (() => void)[] = []
  const pool = createPool<Thing>({
    size: 2,
    waitMs: 1_000,
    idleMs: 60_000,
    async open(onGone) {
      breakers.push(onGone)
      opened.push(opened.length)
      return { id: opened.length - 1 }
    },
    close: ({ id }) => closed.push(id),
    ...options,
  })
  return { pool, opened, closed, breakers }
}

test('a returned resource is lent again, and no more than the size are opened', async () => {
  const { pool, opened } = setting()
  const first = await pool.acquire()
  const second = await pool.acquire()
  const third = pool.acquire()
  pool.release(first)
  assert.equal(await third, first)
  pool.release(second)
  assert.equal(await pool.acquire(), second)
  assert.equal(opened.length, 2)
})

test('waiters are served in order', async () => {
  const { pool } = setting({ size: 1 })
  const first = await pool.acquire()
  const order: string[] = []
  const waiting = ['a', 'b', 'c'].map(async (name) => {
    const resource = await pool.acquire()
    order.push(name)
    pool.release(resource)
  })
  pool.release(first)
  await Promise.all(waiting)
  assert.deepEqual(order, ['a', 'b', 'c'])
})

test('one that returns a resource and asks again does not overtake who waits', async () => {
  const { pool } = setting({ size: 1 })
  const first = await pool.acquire()
  const order: string[] = []
  const waiting = pool.acquire().then((resource) => {
    order.push('waiter')
    pool.release(resource)
  })
  pool.release(first)
  await pool.acquire()
  order.push('again')
  await waiting
  assert.deepEqual(order, ['waiter', 'again'])
})

test('waiting ends, with a reason, and the place is not lost', async () => {
  const { pool } = setting({ size: 1, waitMs: 5 })
  const first = await pool.acquire()
  await assert.rejects(pool.acquire(), { code: 'database_unavailable', reason: 'busy' })
  pool.release(first)
  assert.equal(await pool.acquire(), first)
})

test('a broken resource is closed and replaced; one that breaks while idle is not lent', async () => {
  const { pool, closed, breakers } = setting({ size: 1 })
  const first = await pool.acquire()
  pool.release(first, true)
  const second = await pool.acquire()
  assert.notEqual(second, first)
  pool.release(second)
  breakers[1]?.()
  const third = await pool.acquire()
  assert.deepEqual(closed, [0, 1])
  breakers[2]?.()
  pool.release(third)
  assert.deepEqual(closed, [0, 1, 2])
})

test('an open that fails tells its caller and lets the next one try', async () => {
  let attempts = 0
  const { pool } = setting({
    size: 1,
    async open() {
      attempts += 1
      if (attempts === 1) throw new Error('refused')
      return { id: attempts }
    },
  })
  const [first, second] = await Promise.allSettled([pool.acquire(), pool.acquire()])
  assert.equal(first.status, 'rejected')
  assert.equal(second.status, 'fulfilled')
})

test('closing refuses waiters, closes what is idle, and waits for what is lent', async () => {
  const { pool, closed } = setting({ size: 2 })
  const [lent, idle] = [await pool.acquire(), await pool.acquire()]
  pool.release(idle)
  const isClosed = pool.close()
  await assert.rejects(pool.acquire(), /closed/)
  assert.deepEqual(closed, [1])
  pool.release(lent)
  await isClosed
  assert.deepEqual(closed, [1, 0])
  await pool.close()
})

test('PL-TODO-46 an old resource is closed when it comes back, and a new one opened', async () => {
  const { pool, opened, closed } = setting({ size: 1, maxAgeMs: 0 })
  const first = await pool.acquire()
  // older than no time at all
  const sinceMs = performance.now()
  while (performance.now() === sinceMs);
  pool.release(first)
  assert.deepEqual(closed, [0])
  await pool.acquire()
  assert.equal(opened.length, 2)
})

test('PL-TODO-46 a pool tells who has what, who waits, and who waited in vain', async () => {
  const { pool } = setting({ size: 2, waitMs: 5 })
  const [first, second] = [await pool.acquire(), await pool.acquire()]
  const waiting = pool.acquire()
  assert.deepEqual(pool.info(), { size: 2, lent: 2, idle: 0, waiting: 1, waits: 1, timeouts: 0 })
  await assert.rejects(waiting, { reason: 'busy' })
  pool.release(first)
  pool.release(second)
  assert.deepEqual(pool.info(), { size: 2, lent: 0, idle: 2, waiting: 0, waits: 1, timeouts: 1 })
})
