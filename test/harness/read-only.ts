/** An account that may only read a plant: what a careful customer gives us. */
import { randomBytes } from 'node:crypto'
import type { TestContext } from 'node:test'
import mysql from 'mysql2/promise'
import pg from 'pg'
import type { PlantA } from './plant-a.ts'

const withAccount = (address: string, username: string, password: string): string => {
  const url = new URL(address)
  url.username = username
  url.password = password
  return url.href
}

/** Address of the same plant for a new account with SELECT and nothing else, or with `rights`; the account goes when the test ends, after the plant. */
export async function readOnlyUrl(
  { engine, url }: Pick<PlantA, 'engine' | 'url'> & Partial<Pick<PlantA, 'drop'>>,
  t: TestContext,
  rights = 'SELECT',
): Promise<string> {
  if (engine === 'sqlite') return `${url}?mode=ro`
  const [account, password] = [`andon_ro_${randomBytes(5).toString('hex')}`, randomBytes(12).toString('hex')]
  if (engine === 'postgres') {
    await onPostgres(url, [
      `CREATE ROLE ${account} LOGIN PASSWORD '${password}'`,
      `GRANT ${rights} ON ALL TABLES IN SCHEMA public TO ${account}`,
    ])
    const server = new URL(url)
    server.pathname = '/postgres'
    t.after(() => onPostgres(server.href, [`DROP ROLE ${account}`]))
  } else {
    const server = new URL(url)
    const database = server.pathname.slice(1)
    server.pathname = '/'
    await onMysql(server.href, [
      `CREATE USER '${account}'@'%' IDENTIFIED BY '${password}'`,
      `GRANT ${rights} ON \`${database}\`.* TO '${account}'@'%'`,
    ])
    t.after(() => onMysql(server.href, [`DROP USER '${account}'@'%'`]))
  }
  return withAccount(url, account, password)
}

async function onPostgres(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}

async function onMysql(url: string, statements: readonly string[]): Promise<void> {
  const connection = await mysql.createConnection({ uri: url })
  try {
    for (const statement of statements) await connection.query(statement)
  } finally {
    await connection.end()
  }
}
