import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Engine } from './database.ts'
import {
  type DatabaseUnavailableError,
  isConnectionKept,
  isDatabaseFull,
  isDatabaseUnavailable,
  namedError,
  violatedConstraint,
} from './errors.ts'

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

for (const [fields, isOne] of [
  [{ code: '23502' }, true],
  [{ code: '23503' }, true],
  [{ code: '22001' }, true],
  [{ code: '23505' }, false],
  [{ code: '42P01' }, false],
  [{ errno: 1364 }, true],
  [{ errno: 1406 }, true],
  [{ errno: 1451 }, true],
  [{ errno: 1062 }, false],
  [{ errcode: 787 }, true],
  [{ errcode: 1299 }, true],
  [{ errcode: 2067 }, false],
  [{ errcode: 5 }, false],
] as const)
  test(`${JSON.stringify(fields)} is ${isOne ? 'a rule of the tables, told in its words' : 'none, or a unique key'}`, () => {
    const error = new Error('outer', { cause: Object.assign(new Error('column x'), fields) })
    assert.equal(violatedConstraint(error), isOne ? 'column x' : null)
  })
