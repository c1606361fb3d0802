import assert from 'node:assert/strict'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { newUuid } from '../../platform/ids/index.ts'
import { insertDisplay, listDisplays, setPin, verifyOperatorPin } from '../displays/index.ts'
import { verifyNobody } from '../passwords/index.ts'
import { startWithPeople } from '../people.fixture.ts'

forEachEngine('a PIN that nobody had the time to look at pauses nobody', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const userId = await server.addPerson('olga', 'OPERATOR')
  const db = { ...server.ctx.db, tenantId: server.acme.tenantId }
  await setPin(db, server.ctx, { userId }, userId, '2580')
  await insertDisplay(db, { uuid: newUuid(), name: 'TV', lineIds: null, page: 'tv', idleDays: null, createdBy: server.acme.userId }, 1)
  const [display] = await listDisplays(db)
  assert.ok(display)
  const sign = () =>
    verifyOperatorPin(server.ctx.db, server.ctx, display, { userId }, '2580').then(
      ({ kind }) => kind,
      (error: { code: string }) => error.code,
    )
  // More than fit into the queue, until six have found it full.
  let isFull = true
  const others = Array.from({ length: 80 }, async () => {
    while (isFull) await verifyNobody('x').catch(() => new Promise((resolve) => setImmediate(resolve)))
  })
  let busy = 0
  for (let n = 0; n < 60 && busy < 6; n += 1) {
    const heard = await sign()
    if (heard === 'too_busy') busy += 1
    else if (heard === 'right') busy = 0
    else break
  }
  isFull = false
  await Promise.all(others)
  assert.equal(busy, 6, 'six in a row, and never a pause')
  assert.equal(await sign(), 'right')
})
