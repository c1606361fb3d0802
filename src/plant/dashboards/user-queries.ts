/** One row per question asked of a plant, written behind the answer (spec plant 2.2, identity 2.2). */
import type { Insertable } from 'kysely'
import type { Db } from '../../platform/db/database.ts'
import { formatLocal } from '../../platform/time/index.ts'
import type { Scope } from '../scope/index.ts'
import type { UserQueryRow } from './tables.ts'

export type UserQuery = {
  readonly userId: number
  readonly tenantId: number
  readonly username: string
  readonly parameters: Readonly<Record<string, unknown>>
  readonly scope: Pick<Scope, 'lines' | 'fromLocalS' | 'toLocalS' | 'interval'>
  readonly durationMs: number
  readonly askedAtMs: number
}

const lineLength = 20

/** Id, `all`, `group_N`, or a list cut at a comma with `…`: the full list is among the parameters. */
export const shortLine = (parameters: Readonly<Record<string, unknown>>): string => {
  const full = String(parameters.line_ids ?? parameters.line_id ?? 'all')
  if (full.length <= lineLength) return full
  const head = full.slice(0, lineLength - 1)
  const comma = head.lastIndexOf(',')
  return `${comma > 0 ? head.slice(0, comma + 1) : head}…`
}

/** The rows behind the answer; line tables by their real names. */
export const readStatement = (scope: Pick<Scope, 'lines' | 'fromLocalS' | 'toLocalS'>): string =>
  scope.lines
    .flatMap(({ detectionTable }) =>
      detectionTable === null
        ? []
        : [
            `SELECT detection_id, detected_at, area_id, product_id FROM "${detectionTable.name}" WHERE detected_at >= '${formatLocal(scope.fromLocalS)}' AND detected_at < '${formatLocal(scope.toLocalS)}'`,
          ],
    )
    .join(';\n')

const parts = (local: number): { date: string; time: string } => {
  const [date = '', time = ''] = formatLocal(local).split(' ')
  return { date, time }
}

const rowOf = (query: UserQuery): Insertable<UserQueryRow> => {
  const start = parts(query.scope.fromLocalS)
  // The range is half-open to the minute; people asked for its last minute.
  const end = parts(query.scope.toLocalS - 60)
  return {
    user_id: query.userId,
    tenant_id: query.tenantId,
    username: query.username.slice(0, 50),
    sql_query: readStatement(query.scope),
    query_parameters: JSON.stringify({ ...query.parameters, _duration_ms: query.durationMs }),
    start_date: start.date,
    start_time: start.time,
    end_date: end.date,
    end_time: end.time,
    line: shortLine(query.parameters),
    interval_type: query.scope.interval,
    duration_ms: query.durationMs,
    created_at: query.askedAtMs,
    updated_at: query.askedAtMs,
  }
}

const insertUserQueries = (db: Db, queries: readonly UserQuery[]): Promise<unknown> =>
  db.kysely.insertInto('user_queries').values(queries.map(rowOf)).execute()

export type UserQueryLog = {
  /** Returns at once; a failed write is a log line and never the asker's trouble. */
  readonly record: (query: UserQuery) => void
  /** Resolves when everything recorded so far is written (or has failed). */
  readonly drain: () => Promise<void>
}

const mostPending = 1_000
/** Rows of one statement. */
const mostAtOnce = 100
/** Questions are gathered this long: an embedded database makes the process wait for the disk at every write. */
const gatherMs = 250

/** One write at a time, so that a burst of questions never fills the connection pool. */
export const createUserQueryLog = (deps: {
  readonly db: Db
  readonly log: { readonly warn: (data: object, message: string) => void }
}): UserQueryLog => {
  const pending: UserQuery[] = []
  let timer: NodeJS.Timeout | null = null
  let writing: Promise<void> = Promise.resolve()

  const lost = (query: UserQuery, why: object) => deps.log.warn({ ...why, tenantId: query.tenantId }, 'user query not recorded')
  const write = async (queries: readonly UserQuery[]): Promise<void> => {
    try {
      await insertUserQueries(deps.db, queries)
    } catch (error) {
      const [query] = queries
      if (queries.length === 1 && query) return lost(query, { err: error })
      // the one that does not fit must not take the others with it
      for (const query of queries) await write([query])
    }
  }
  const flush = (): Promise<void> => {
    if (timer) clearTimeout(timer)
    timer = null
    writing = writing.then(async () => {
      while (pending.length > 0) await write(pending.splice(0, mostAtOnce))
    })
    return writing
  }
  return {
    record: (query) => {
      if (pending.length >= mostPending) return lost(query, { pending: pending.length })
      pending.push(query)
      timer ??= setTimeout(flush, gatherMs).unref()
    },
    drain: flush,
  }
}
