import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'
import { describeDatabase, parseDatabaseUrl, sqliteUrl } from './url.ts'

const server = { host: 'h', user: 'u', password: 'p', database: 'd', socketPath: null, sslMode: 'disable' }
for (const { url, want } of [
  { url: 'postgres://u:p@h/d', want: { ...server, engine: 'postgres', port: 5432 } },
  { url: 'postgresql+psycopg://u:p@h:6432/d', want: { ...server, engine: 'postgres', port: 6432 } },
  { url: 'postgresql://u:p@h/d?sslmode=verify-full', want: { ...server, engine: 'postgres', port: 5432, sslMode: 'verify' } },
  { url: 'postgres://u:p@h/d?sslmode=prefer', want: { ...server, engine: 'postgres', port: 5432 } },
  { url: 'mysql://u:p@h/d', want: { ...server, engine: 'mysql', port: 3306 } },
  { url: 'MariaDB://u:p@h:3307/d', want: { ...server, engine: 'mysql', port: 3307 } },
  {
    url: 'mysql+aiomysql://u:p%40%2F%23@h/d?ssl-mode=REQUIRED',
    want: { ...server, engine: 'mysql', port: 3306, password: 'p@/#', sslMode: 'require' },
  },
  {
    url: 'mysql://root@localhost/d?socket=/run/mysqld/mysqld.sock',
    want: { ...server, engine: 'mysql', port: 3306, host: 'localhost', user: 'root', password: '', socketPath: '/run/mysqld/mysqld.sock' },
  },
  {
    url: 'postgres:///d?host=/var/run/postgresql',
    want: {
      ...server,
      engine: 'postgres',
      port: 5432,
      host: '/var/run/postgresql',
      user: '',
      password: '',
      socketPath: '/var/run/postgresql',
    },
  },
  { url: 'postgres://u:p@[::1]:5433/d', want: { ...server, engine: 'postgres', port: 5433, host: '::1' } },
  { url: 'mysql://u:p@h/cliente_%C3%B1', want: { ...server, engine: 'mysql', port: 3306, database: 'cliente_ñ' } },
]) {
  test(`reads ${url}`, () => assert.deepEqual(parseDatabaseUrl(url), want))
}

for (const { url, file } of [
  { url: 'sqlite::memory:', file: ':memory:' },
  { url: 'sqlite://:memory:', file: ':memory:' },
  { url: 'sqlite:///:memory:', file: ':memory:' },
  { url: 'sqlite://', file: ':memory:' },
  { url: 'sqlite:///andon.sqlite', file: path.resolve('andon.sqlite') },
  { url: 'sqlite:///./data/a.sqlite', file: path.resolve('data/a.sqlite') },
  { url: 'sqlite:///no-such-root-folder/a.sqlite', file: path.resolve('no-such-root-folder/a.sqlite') },
  { url: 'sqlite:///tmp/a.sqlite', file: '/tmp/a.sqlite' },
  { url: 'sqlite:////no-such-root-folder/a.sqlite', file: '/no-such-root-folder/a.sqlite' },
  { url: 'sqlite:data/a%20b.sqlite', file: path.resolve('data/a b.sqlite') },
  { url: 'sqlite+aiosqlite:////tmp/a.sqlite', file: '/tmp/a.sqlite' },
]) {
  test(`the file of ${url} is ${file}`, () => assert.deepEqual(parseDatabaseUrl(url), { engine: 'sqlite', file, readOnly: false }))
}

test('a path survives being written as an address', () => {
  for (const file of ['/tmp/planta a/ñ.sqlite', '/nowhere/100%.sqlite', '/a?b#c.sqlite']) {
    assert.deepEqual(parseDatabaseUrl(sqliteUrl(file)), { engine: 'sqlite', file, readOnly: false })
  }
  assert.deepEqual(parseDatabaseUrl(`${sqliteUrl('/tmp/a.sqlite')}?mode=ro`), { engine: 'sqlite', file: '/tmp/a.sqlite', readOnly: true })
})

for (const url of [
  '',
  'oracle://u:hunter2@h/d',
  'postgres:u:hunter2@h/d',
  'mysql://u:hunter2@h/a/b',
  'mysql://u:hunter2%zz@h/d',
  'postgres://u:hunter2@h/d?sslmode=maybe',
  'mysql://u:hunter2@h:99999999/d',
]) {
  test(`refuses ${JSON.stringify(url)} without repeating its password`, () =>
    assert.throws(
      () => parseDatabaseUrl(url),
      (error: Error) => !error.message.includes('hunter2'),
    ))
}

test('what people read of an address holds no password', () => {
  assert.equal(describeDatabase('mysql://andon:hunter2@10.0.0.5/planta'), 'mysql 10.0.0.5:3306/planta as andon')
})
