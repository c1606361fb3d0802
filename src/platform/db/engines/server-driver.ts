/** The part of a Kysely driver that PostgreSQL and MySQL share: a pool of connections, transactions by plain statements. */
import { CompiledQuery, type DatabaseConnection, type Driver } from 'kysely'
import type { EngineConnection } from '../connection.ts'
import { createPool } from '../pool.ts'
import type { ServerOptions } from './server-options.ts'

export type ServerConnection = EngineConnection & { readonly isBroken: () => boolean }

export type ServerEngine<Client> = {
  readonly open: (onGone: () => void) => Promise<Client>
  readonly close: (client: Client) => void
  /** Makes a client's connection; each client keeps one for life. */
  readonly wrap: (client: Client) => ServerConnection
}

export function createServerDriver<Client extends object>(
  { poolSize, waitMs, idleMs, maxAgeMs, onPool }: ServerOptions,
  { open, close, wrap }: ServerEngine<Client>,
): Driver {
  const pool = createPool({ size: poolSize, waitMs, idleMs, maxAgeMs, open, close })
  onPool?.(pool.info)
  const connections = new WeakMap<Client, ServerConnection>()
  const clients = new WeakMap<DatabaseConnection, Client>()
  const run = async (connection: DatabaseConnection, statement: string) => {
    await connection.executeQuery(CompiledQuery.raw(statement))
  }
  return {
    async init() {},
    async acquireConnection() {
      const client = await pool.acquire()
      const connection = connections.get(client) ?? wrap(client)
      connections.set(client, connection)
      clients.set(connection, client)
      return connection
    },
    async releaseConnection(connection) {
      const client = clients.get(connection)
      if (client) pool.release(client, (connection as ServerConnection).isBroken())
    },
    async beginTransaction(connection, { isolationLevel, accessMode }) {
      const modes = [isolationLevel && `isolation level ${isolationLevel}`, accessMode].filter(Boolean).join(', ')
      if (modes) await run(connection, `set transaction ${modes}`)
      await run(connection, 'begin')
    },
    commitTransaction: (connection) => run(connection, 'commit'),
    async rollbackTransaction(connection) {
      if (!(connection as ServerConnection).isBroken()) await run(connection, 'rollback')
    },
    destroy: () => pool.close(),
  }
}
