/** Rows into the tables of one line as fast as each engine takes them; nothing is held beyond the batch that is being sent. */
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { Readable } from 'node:stream'
import mysql, { type Connection as MysqlConnection } from 'mysql2'
import pg from 'pg'
import { detectionTableStatements, downtimeTableStatements, lineTableNames, managedPlantStatements } from '../src/plant/source/index.ts'
import type { Engine } from '../src/platform/db/index.ts'
import { formatLocal, formatLocalDate, type LocalS, localParts } from '../src/platform/time/index.ts'
import { type LineBatch, textOf } from './rows.ts'

export type BatchesOfLine = {
  readonly lineCode: string
  /** Months that the rows may fall into. */
  readonly fromS: LocalS
  readonly untilS: LocalS
  readonly batches: Iterable<LineBatch>
}

export type Loader = {
  /** The tables with a fixed name. */
  readonly createPlant: () => Promise<void>
  /** Makes both tables of a line and fills them. */
  readonly loadLine: (line: BatchesOfLine) => Promise<void>
  readonly close: () => Promise<void>
}

/** `address` is a URL of the server, or a file for SQLite; the database exists and is empty. */
export const openLoader = (engine: Engine, address: string): Promise<Loader> =>
  ({ mysql: mysqlLoader, postgres: postgresLoader, sqlite: sqliteLoader })[engine](address)

/** Hands the text of each batch over when what was sent before has left; stops go to `onStops`. */
async function* textBatches(
  batches: Iterable<LineBatch>,
  socket: Socket,
  onStops: (stops: LineBatch['stops']) => void,
): AsyncGenerator<Buffer> {
  for (const { rows, stops } of batches) {
    onStops(stops)
    if (rows.length > 0) yield textOf(rows, formatLocalDate)
    // mysql2 writes whatever it is given, and would keep all of it in memory.
    if (socket.writableNeedDrain) await once(socket, 'drain')
  }
}

const downtimeColumns = ['last_detection_id', 'start_time', 'end_time', 'duration', 'reason_code', 'reason', 'is_manual', 'created_at']

const downtimeRow = ({ startS, endS, incidentId, isManual }: LineBatch['stops'][number]): (string | number | null)[] => [
  0,
  formatLocal(startS),
  formatLocal(endS),
  endS - startS,
  incidentId,
  null,
  Number(isManual),
  formatLocal(endS),
]

const stopsPerInsert = 500

/** `INSERT … VALUES` statements for any engine; the values are our own numbers and dates. */
function* downtimeInserts(table: string, stops: LineBatch['stops']): Generator<string> {
  const literal = (value: string | number | null) => (value === null ? 'NULL' : typeof value === 'string' ? `'${value}'` : String(value))
  for (let at = 0; at < stops.length; at += stopsPerInsert) {
    const rows = stops.slice(at, at + stopsPerInsert).map((stop) => `(${downtimeRow(stop).map(literal).join(',')})`)
    yield `INSERT INTO ${table} (${downtimeColumns.join(', ')}) VALUES ${rows.join(',')}`
  }
}

async function mysqlLoader(url: string): Promise<Loader> {
  const connection: MysqlConnection = mysql.createConnection({ uri: url, dateStrings: true })
  const run = (options: mysql.QueryOptions) =>
    new Promise<void>((resolve, reject) => connection.query(options, (error) => (error ? reject(error) : resolve())))
  // An empty table is then filled in one go, its indexes sorted instead of searched.
  await run({ sql: 'SET unique_checks = 0, foreign_key_checks = 0' })
  const socket = (connection as unknown as { readonly stream: Socket }).stream
  return {
    async createPlant() {
      for (const sql of managedPlantStatements('mysql')) await run({ sql })
    },
    async loadLine({ lineCode, fromS, untilS, batches }) {
      const { detectionTable, downtimeTable } = lineTableNames(lineCode)
      for (const sql of customerTables(detectionTable, downtimeTable, fromS, untilS)) await run({ sql })
      const recorded: LineBatch['stops'][number][] = []
      await run({
        sql: `LOAD DATA LOCAL INFILE 'detections' INTO TABLE ${detectionTable} (detected_at, area_id, product_id)`,
        infileStreamFactory: () =>
          Readable.from(
            textBatches(batches, socket, (stops) => recorded.push(...stops)),
            { highWaterMark: 2 },
          ),
      })
      for (const sql of downtimeInserts(downtimeTable, recorded)) await run({ sql })
      await run({ sql: `ANALYZE TABLE ${detectionTable}, ${downtimeTable}` })
    },
    close: () => new Promise((resolve) => connection.end(() => resolve())),
  }
}

/** As live customers have them: the key is (detection_id, detected_at) because of the monthly partitions, only the area is indexed. */
function customerTables(detectionTable: string, downtimeTable: string, fromS: LocalS, untilS: LocalS): string[] {
  const partitions: string[] = []
  const last = localParts(untilS)
  for (let { year, month } = localParts(fromS); year * 100 + month <= last.year * 100 + last.month; ) {
    const name = `p${year * 100 + month}`
    if (month === 12) [year, month] = [year + 1, 1]
    else month += 1
    partitions.push(`PARTITION ${name} VALUES LESS THAN (${year * 100 + month})`)
  }
  return [
    `CREATE TABLE ${detectionTable} (
      detection_id int(11) NOT NULL AUTO_INCREMENT, detected_at datetime NOT NULL, area_id int(11) NOT NULL, product_id int(11) NOT NULL,
      PRIMARY KEY (detection_id, detected_at), KEY area_id (area_id)
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci
    PARTITION BY RANGE (year(detected_at) * 100 + month(detected_at)) (${partitions.join(', ')}, PARTITION pmax VALUES LESS THAN MAXVALUE)`,
    `CREATE TABLE ${downtimeTable} (
      event_id bigint(20) NOT NULL AUTO_INCREMENT, last_detection_id bigint(20) NOT NULL, start_time datetime NOT NULL, end_time datetime NOT NULL,
      duration int(11) NOT NULL, reason_code int(11) DEFAULT NULL, reason text DEFAULT NULL, is_manual tinyint(4) NOT NULL DEFAULT 0,
      created_at datetime DEFAULT current_timestamp(), PRIMARY KEY (event_id), KEY last_detection_id (last_detection_id),
      KEY start_time (start_time), KEY duration (duration), KEY reason_code (reason_code)
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci`,
  ]
}

/** The tables of a line where we write the DDL ourselves: what a customer has, so no index by time; indexes apart, to be made over the rows. */
function plainTables(engine: 'postgres' | 'sqlite', lineCode: string) {
  const { detectionTable, downtimeTable } = lineTableNames(lineCode)
  const isIndex = (statement: string) => statement.startsWith('CREATE INDEX')
  const statements = [...detectionTableStatements(engine, detectionTable), ...downtimeTableStatements(engine, downtimeTable)]
  return {
    detectionTable,
    downtimeTable,
    tables: statements.filter((statement) => !isIndex(statement)),
    indexes: statements.filter(
      (statement) => isIndex(statement) && (statement.endsWith('("area_id")') || statement.includes(`ON "${downtimeTable}"`)),
    ),
  }
}

/** What pg calls while a COPY runs; its types do not know of it. */
type CopyConnection = pg.Connection & {
  readonly stream: Socket
  readonly query: (text: string) => void
  readonly sendCopyFromChunk: (chunk: Buffer) => void
  readonly endCopyFrom: () => void
  readonly sendCopyFail: (message: string) => void
}

/** COPY … FROM STDIN as one query of the driver. */
class CopyIn implements pg.Submittable {
  readonly #text: string
  readonly #chunks: (socket: Socket) => AsyncIterable<Buffer>
  readonly #settle: (error?: Error) => void

  constructor(text: string, chunks: (socket: Socket) => AsyncIterable<Buffer>, settle: (error?: Error) => void) {
    this.#text = text
    this.#chunks = chunks
    this.#settle = settle
  }

  submit(connection: pg.Connection): void {
    ;(connection as CopyConnection).query(this.#text)
  }

  handleCopyInResponse(connection: CopyConnection): void {
    const send = async () => {
      for await (const chunk of this.#chunks(connection.stream)) connection.sendCopyFromChunk(chunk)
      connection.endCopyFrom()
    }
    send().catch((error: unknown) => connection.sendCopyFail(String(error)))
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.#settle()
  }

  handleError(error: Error): void {
    this.#settle(error)
  }
}

async function postgresLoader(url: string): Promise<Loader> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return {
    async createPlant() {
      for (const statement of managedPlantStatements('postgres')) await client.query(statement)
    },
    async loadLine({ lineCode, batches }) {
      const { detectionTable, downtimeTable, tables, indexes } = plainTables('postgres', lineCode)
      for (const statement of tables) await client.query(statement)
      const recorded: LineBatch['stops'][number][] = []
      await new Promise<void>((resolve, reject) => {
        client.query(
          new CopyIn(
            `COPY ${detectionTable} (detected_at, area_id, product_id) FROM STDIN`,
            (socket) => textBatches(batches, socket, (stops) => recorded.push(...stops)),
            (error) => (error ? reject(error) : resolve()),
          ),
        )
      })
      for (const statement of downtimeInserts(downtimeTable, recorded)) await client.query(statement)
      for (const statement of indexes) await client.query(statement)
      // Later readers need not write hint bits.
      await client.query(`VACUUM ANALYZE ${detectionTable}`)
    },
    close: () => client.end(),
  }
}

const rowsPerSqliteInsert = 100

async function sqliteLoader(file: string): Promise<Loader> {
  const db = new DatabaseSync(file)
  // A file that is thrown away when filling it fails.
  db.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536')
  return {
    async createPlant() {
      for (const statement of managedPlantStatements('sqlite')) db.exec(statement)
    },
    async loadLine({ lineCode, batches }) {
      const { detectionTable, downtimeTable, tables, indexes } = plainTables('sqlite', lineCode)
      for (const statement of tables) db.exec(statement)
      const insertOf = (rows: number) =>
        db.prepare(`INSERT INTO ${detectionTable} (detected_at, area_id, product_id) VALUES ${Array(rows).fill('(?,?,?)').join(',')}`)
      const many = insertOf(rowsPerSqliteInsert)
      const one = insertOf(1)
      db.exec('BEGIN')
      for (const { rows, stops } of batches) {
        let values: (string | number)[] = []
        const wholeInserts = rows.length - (rows.length % rowsPerSqliteInsert)
        for (let i = 0; i < rows.length; i += 1) {
          values.push(formatLocal(rows.detectedS[i] ?? 0), rows.areaId[i] ?? 0, rows.productId[i] ?? 0)
          if (i < wholeInserts && values.length < 3 * rowsPerSqliteInsert) continue
          ;(i < wholeInserts ? many : one).run(...values)
          values = []
        }
        for (const statement of downtimeInserts(downtimeTable, stops)) db.exec(statement)
        // The generator is the same thread: let progress be shown.
        await new Promise(setImmediate)
      }
      for (const statement of indexes) db.exec(statement)
      db.exec('COMMIT')
    },
    close: async () => {
      db.exec('PRAGMA journal_mode = WAL')
      db.close()
    },
  }
}
