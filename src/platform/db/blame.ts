/** Whose fault it was: a request works on the platform's database and on a plant's at once, and a plant is not to be left alone because ours is down. */
import type { DatabaseConnection, Driver } from 'kysely'
import { someCause } from './errors.ts'

const ours = new WeakSet<Error>()

export const blamePlatform = (error: unknown): void => {
  if (error instanceof Error) ours.add(error)
}

/** The error, or one that caused it, came from the platform's own database. */
export const isPlatformFault = (error: unknown): boolean => someCause(error, (cause) => cause instanceof Error && ours.has(cause))

/** The same driver, whose errors are told. */
export function reporting(driver: Driver, onError: ((error: unknown) => void) | undefined): Driver {
  if (!onError) return driver
  const told = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work
    } catch (error) {
      onError(error)
      throw error
    }
  }
  const watched = new WeakSet<DatabaseConnection>()
  return {
    init: (options) => driver.init(options),
    async acquireConnection(options) {
      const connection = await told(driver.acquireConnection(options))
      if (!watched.has(connection)) {
        const execute = connection.executeQuery
        Object.assign(connection, { executeQuery: (...args: Parameters<typeof execute>) => told(execute(...args)) })
        watched.add(connection)
      }
      return connection
    },
    releaseConnection: (connection, options) => driver.releaseConnection(connection, options),
    beginTransaction: (connection, settings) => told(driver.beginTransaction(connection, settings)),
    commitTransaction: (connection) => told(driver.commitTransaction(connection)),
    rollbackTransaction: (connection) => told(driver.rollbackTransaction(connection)),
    destroy: (options) => driver.destroy(options),
  }
}
