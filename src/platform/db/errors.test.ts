import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Engine } from './database.ts'
import { type DatabaseUnavailableError, isConnectionKept, isDatabaseFull, isDatabaseUnavailable, namedError } from './errors.ts'

for (const [engine, fields, reason] of [
  ['postgres', { code: '53100' }, 'full'],
  ['mysql', { errno: 1021 }, 'full'],
  ['mysql', { errno: 1114 }, 'full'],
  ['sqlite', { errcode: 13 }, 'full'],
  ['sqlite', { code: 'ENOSPC' }, 'full'],
  ['postgres', { code: '53300' }, 'refused'],
  ['postgres', { code: '40P01' }, 'busy'],
  ['mysql', { errno: 1213 }, 'busy'],
  ['sqlite', { errcode: 10 }, 'lost'],
] as const satisfies readonly (readonly [Engine, object, string])[])
  test(`${engine} ${JSON.stringify(fields)} is a database that is ${reason}`, () => {
    const named = namedError(engine, Object.assign(new Error('x'), fields), 0) as DatabaseUnavailableError
    assert.equal(named.reason, reason)
    assert.deepEqual([isDatabaseUnavailable(named), isDatabaseFull(named)], [true, reason === 'full'])
    assert.equal(isConnectionKept(named), reason === 'full' || reason === 'busy')
  })
