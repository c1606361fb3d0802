import assert from 'node:assert/strict'
import { test } from 'node:test'
import { secretsIn } from './harness/log-secrets.ts'

for (const [line, want] of [
  [{ msg: 'login ok', user_id: 1, ip: '127.0.0.1' }, 0],
  [{ path: '/reset-password' }, 0],
  [{ url: 'postgres://andon:***@db/x' }, 0],
  [{ err: { message: 'bad token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0abc.c2lnbmF0dXJlYWJj' } }, 1],
  [{ hash: '$argon2id$v=19$m=65536,t=2,p=1$x$y' }, 1],
  [{ path: '/reset-password?token=abcdefghij' }, 1],
  [{ url: 'mysql://root:secreto@db/x' }, 1],
  [{ body: { password: 'Admin123!' } }, 1],
  [{ key: 'andon_ab12cd34_abcdefghijklmnopqrstuvwx' }, 1],
] as const)
  test(`ID-63 the log line ${JSON.stringify(line).slice(0, 60)} holds ${want} secrets`, () => assert.equal(secretsIn([line]).length, want))
