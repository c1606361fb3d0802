/** plant-a (test/fixtures/plant-a) as a plant database of any engine: the dump itself on MariaDB/MySQL, translated on the other two.
 *  Servers at ANDON_TEST_POSTGRES_URL and ANDON_TEST_MARIADB_URL, else the usual local ports. */
import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { gunzipSync } from 'node:zlib'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { detectionTableStatements, downtimeTableStatements, managedPlantStatements, quoteName } from '../../src/plant/source/ddl.ts'
import { fixedTables } from '../../src/plant/source/schema.ts'
import type { Engine } from '../../src/platform/db/database.ts'

export type PlantA = { readonly engine: Engine; readonly url: string; readonly drop: () => Promise<void> }

const folder = new URL('../fixtures/plant-a/', import.meta.url)

/** What the questions call now: 2026-10-19 10:17:00 in America/Bogota. */
export const plantANowMs = Date.UTC(2026, 9, 19, 15, 17)
export const plantAConfig = async (): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile(new URL('config_tenant.json', folder), 'utf8'))
export const plantAQuestions = async (): Promise<{
  now: string
  questions: { id: string; title: string; filters: Record<string, unknown> }[]
}> => JSON.parse(await readFile(new URL('questions.json', folder), 'utf8'))
// biome-ignore lint/suspicious/noExplicitAny: 860 KB of answers whose shape the fixture's README describes
export const plantAExpected = async (): Promise<any> => JSON.parse(await readFile(new URL('expected.json', folder), 'utf8'))

const dumpText = async (): Promise<string> => gunzipSync(await readFile(new URL('load.sql.gz', folder))).toString('utf8')
let dump: Promise<string> | undefined
const readDump = (): Promise<string> => {
  dump ??= dumpText()
  return dump
}

type Value = string | number | null
type Insert = { readonly table: string; readonly columns: readonly string[]; readonly rows: readonly (readonly Value[])[] }
type Parsed = { readonly tables: readonly string[]; readonly inserts: readonly Insert[] }
let parsed: Promise<Parsed> | undefined
const readParsed = (): Promise<Parsed> => {
  parsed ??= readDump().then((text) => {
    const statements = splitStatements(text)
    const tables = statements.flatMap((statement) => /^CREATE TABLE `([^`]+)`/.exec(statement)?.[1] ?? [])
    return { tables, inserts: statements.filter((statement) => statement.startsWith('INSERT INTO')).map(parseInsert) }
  })
  return parsed
}

/** A dump's statements, without comments: a semicolon inside a quoted text ends nothing. */
export function splitStatements(text: string): string[] {
  const token = /--[^\n]*(?:\n|$)|'(?:[^'\\]|\\.|'')*'|`[^`]*`|;/gs
  const statements: string[] = []
  let statement = ''
  let from = 0
  for (const match of text.matchAll(token)) {
    statement += text.slice(from, match.index)
    from = match.index + match[0].length
    if (match[0] === ';') {
      if (statement.trim() !== '') statements.push(statement.trim())
      statement = ''
    } else if (!match[0].startsWith('--')) statement += match[0]
  }
  statement += text.slice(from)
  if (statement.trim() !== '') statements.push(statement.trim())
  return statements
}

function parseInsert(statement: string): Insert {
  const head = /^INSERT INTO `([^`]+)` \(([^)]*)\) VALUES\s*/.exec(statement)
  if (!head) throw new Error(`Not a known insert: ${statement.slice(0, 80)}`)
  const rows: Value[][] = []
  let row: Value[] = []
  const token = /'((?:[^'\\]|\\.|'')*)'|(-?\d+(?:\.\d+)?)|(NULL)|\)/gs
  token.lastIndex = head[0].length
  for (let match = token.exec(statement); match; match = token.exec(statement)) {
    if (match[0] === ')') {
      rows.push(row)
      row = []
    } else if (match[1] !== undefined)
      row.push(match[1].replace(/''|\\(.)/gs, (_, escaped: string | undefined) => (escaped === undefined ? "'" : escaped)))
    else row.push(match[2] === undefined ? null : Number(match[2]))
  }
  return { table: head[1] ?? '', columns: [...(head[2] ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''), rows }
}

function schemaStatements(engine: Engine, tables: readonly string[]): string[] {
  const perLine = tables.filter((name) => !fixedTables.some((table) => table.name === name))
  return [
    ...managedPlantStatements(engine),
    ...perLine.flatMap((name) =>
      name.startsWith('detection_line_') ? detectionTableStatements(engine, name) : downtimeTableStatements(engine, name),
    ),
  ]
}

/** A new database that holds plant-a; `drop` removes it. */
export const loadPlantA = (engine: Engine): Promise<PlantA> => ({ sqlite: loadSqlite, postgres: loadPostgres, mysql: loadMysql })[engine]()

const randomName = (): string => `andon_plant_a_${randomBytes(5).toString('hex')}`

async function loadSqlite(): Promise<PlantA> {
  const { tables, inserts } = await readParsed()
  const directory = await mkdtemp(path.join(os.tmpdir(), 'andon-plant-a-'))
  const file = path.join(directory, 'plant.sqlite')
  const db = new DatabaseSync(file)
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; BEGIN')
  for (const statement of schemaStatements('sqlite', tables)) db.exec(statement)
  for (const { table, columns, rows } of inserts) {
    const names = columns.map((column) => quoteName('sqlite', column)).join(', ')
    const insert = db.prepare(`INSERT INTO ${quoteName('sqlite', table)} (${names}) VALUES (${columns.map(() => '?').join(', ')})`)
    for (const row of rows) insert.run(...row)
  }
  db.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)')
  db.close()
  return { engine: 'sqlite', url: `sqlite:${file}`, drop: () => rm(directory, { recursive: true, force: true }) }
}

async function loadPostgres(): Promise<PlantA> {
  const { tables, inserts } = await readParsed()
  const server = process.env.ANDON_TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres'
  const name = randomName()
  const url = withDatabase(server, name)
  await onPostgres(server, (client) => client.query(`CREATE DATABASE ${name}`))
  await onPostgres(url, async (client) => {
    await client.query(`BEGIN; ${schemaStatements('postgres', tables).join(';\n')}`)
    for (const { table, columns, rows } of inserts) {
      const quoted = quoteName('postgres', table)
      await client.query(
        `INSERT INTO ${quoted} (${columns.map((column) => quoteName('postgres', column)).join(', ')}) VALUES ${rows.map(literals).join(',')}`,
      )
    }
    for (const { table, columns } of inserts) {
      const key = quoteName('postgres', columns[0] ?? '')
      await client.query(`SELECT setval(pg_get_serial_sequence($1, $2), (SELECT max(${key}) FROM ${quoteName('postgres', table)}))`, [
        quoteName('postgres', table),
        columns[0],
      ])
    }
    await client.query('COMMIT')
    await client.query('ANALYZE')
  })
  return {
    engine: 'postgres',
    url,
    drop: () => onPostgres(server, async (client) => void (await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))),
  }
}

const literals = (row: readonly Value[]): string =>
  `(${row.map((value) => (value === null ? 'NULL' : typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`)).join(',')})`

async function loadMysql(): Promise<PlantA> {
  const server = process.env.ANDON_TEST_MARIADB_URL ?? process.env.ANDON_TEST_MYSQL_URL ?? 'mysql://root@127.0.0.1:3306/'
  const name = randomName()
  const url = withDatabase(server, name)
  await onMysql(withDatabase(server, ''), (connection) => connection.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`))
  const statements = splitStatements(await readDump())
  await onMysql(url, async (connection) => {
    for (const statement of statements) await connection.query(statement)
  })
  return {
    engine: 'mysql',
    url,
    drop: () => onMysql(withDatabase(server, ''), async (connection) => void (await connection.query(`DROP DATABASE IF EXISTS ${name}`))),
  }
}

function withDatabase(server: string, name: string): string {
  const url = new URL(server.replace(/^mariadb:/, 'mysql:'))
  url.pathname = `/${name}`
  return url.href
}

async function onPostgres<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

async function onMysql<T>(url: string, work: (connection: mysql.Connection) => Promise<T>): Promise<T> {
  const connection = await mysql.createConnection({ uri: url, charset: 'utf8mb4' })
  try {
    return await work(connection)
  } finally {
    await connection.end()
  }
}
