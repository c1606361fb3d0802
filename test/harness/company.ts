/** A company row, for tests of what hangs on one. */
import { randomBytes } from 'node:crypto'
import { createTenantWithAdmin } from '../../src/identity/index.ts'
import type { Db } from '../../src/platform/db/index.ts'
import { systemClock } from '../../src/platform/time/index.ts'

export async function companyIn(db: Db): Promise<number> {
  const name = `planta-${randomBytes(4).toString('hex')}`
  const person = { username: name, email: `${name}@example.com`, password: 'Segura123!' }
  const { tenantId } = await createTenantWithAdmin(db, { clock: systemClock }, { companyName: name, ...person, config: {} })
  return tenantId
}
