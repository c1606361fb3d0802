/** What a process of Andon holds: built once from the configuration, passed on in parts, closed once. Nothing else is global. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { configureHashing } from './identity/index.ts'
import { createSources, type Sources } from './plant/broker/index.ts'
import {
  type Answers,
  createAnswers,
  createLayouts,
  createUserQueryLog,
  type Layouts,
  type UserQueryLog,
} from './plant/dashboards/index.ts'
import { createHistories, type Histories } from './plant/history/index.ts'
import { createIngest, type Ingest } from './plant/ingest/index.ts'
import { createPlants, type Plants } from './plant/model/index.ts'
import type { Config } from './platform/config/index.ts'
import { createStatementFigures, type Db, openDatabase, type PoolInfo, type StatementInfo } from './platform/db/index.ts'
import { createDocuments, type Documents } from './platform/documents/index.ts'
import { createFileStore, type FileStore } from './platform/files/index.ts'
import { createMetrics, type Metrics } from './platform/http/index.ts'
import { createLog, type Log } from './platform/log/index.ts'
import { createMailTransport, type MailTransport } from './platform/mail/index.ts'
import { createSecrets, type Secrets } from './platform/secrets/index.ts'
import { type Clock, systemClock } from './platform/time/index.ts'

export type Context = {
  readonly config: Config
  readonly log: Log
  readonly clock: Clock
  readonly db: Db
  /** How the platform database is doing, as this process sees it. */
  readonly database: { readonly pool: () => PoolInfo | null; readonly statements: () => StatementInfo }
  readonly secrets: Secrets
  /** Plant databases, opened when first asked for. */
  readonly plants: Plants
  /** Day summaries of their detections, and the cache of those. */
  readonly histories: Histories
  /** Detections that come over HTTP and MQTT. */
  readonly ingest: Ingest
  /** Written behind the answers; drained at the end. */
  readonly userQueries: UserQueryLog
  /** Dashboards that were answered in this second. */
  readonly answers: Answers
  /** What each role sees of the dashboards, as read within the last second. */
  readonly layouts: Layouts
  /** External HTTP sources of the companies. */
  readonly sources: Sources
  readonly files: FileStore
  /** PDF and XLSX, drawn in a thread. */
  readonly documents: Documents
  /** Null: mail waits in the outbox. */
  readonly mailTransport: MailTransport | null
  readonly metrics: Metrics
  readonly app: ReturnType<typeof appOf>
  readonly distDir: string
  readonly close: () => Promise<void>
}

export const rootDir = path.join(import.meta.dirname, '..')

const readVersion = (): string => (JSON.parse(readFileSync(path.join(rootDir, 'package.json'), 'utf8')) as { version: string }).version

/** Which Andon this is. */
export const appOf = ({ app, appEnv }: Config) => ({
  name: app.name,
  version: app.version || readVersion(),
  commit: app.commit,
  environment: appEnv,
})

/** Opens what needs opening; connects to nothing yet (a SQLite file is made when missing). */
export async function createContext(
  config: Config,
  given: { readonly clock?: Clock; readonly log?: Log; readonly withProcessMetrics?: boolean } = {},
): Promise<Context> {
  const clock = given.clock ?? systemClock
  const log = given.log ?? createLog(config.log.level)
  const secrets = createSecrets(config.secretKey)
  configureHashing(config.passwords)
  const { onStatement, info: statementInfo } = createStatementFigures(log.child({ logger: 'database' }))
  const {
    db,
    pool,
    close: closeDatabase,
  } = await openDatabase(config.database.url, { ...config.pools, poolSize: config.database.poolSize, onStatement })
  const plants = createPlants({
    db,
    secrets,
    log: log.child({ logger: 'plants' }),
    clock,
    options: { ...config.plant, pools: config.pools },
  })
  const histories = createHistories({
    db,
    clock,
    log: log.child({ logger: 'history' }),
    cacheMb: config.history.cacheMb,
    hold: (tenantId, work) => plants.withPlant(tenantId, work),
  })
  const ingest = createIngest({ db, plants, clock, log: log.child({ logger: 'ingest' }) })
  const userQueries = createUserQueryLog({ db, log: log.child({ logger: 'user-queries' }) })
  const distDir = path.join(rootDir, 'dist')
  const documents = createDocuments({ distDir, log: log.child({ logger: 'documents' }) })
  return {
    config,
    log,
    clock,
    db,
    database: { pool, statements: statementInfo },
    secrets,
    plants,
    histories,
    ingest,
    userQueries,
    answers: createAnswers(),
    layouts: createLayouts({ db, clock }),
    sources: createSources({ db, secrets, clock, log: log.child({ logger: 'sources' }), options: config.sources }),
    files: createFileStore(config.files, config.dataDir),
    documents,
    mailTransport: createMailTransport(config.mail, { dataDir: config.dataDir, print: (text) => void process.stderr.write(`${text}\n`) }),
    metrics: createMetrics({ withProcess: given.withProcessMetrics ?? false }),
    app: appOf(config),
    distDir,
    async close() {
      await ingest.close()
      await documents.close()
      await userQueries.drain()
      await histories.close()
      await plants.close()
      await closeDatabase()
    },
  }
}
