/** What others do between somebody's first look and their change. */
import type { Db } from '../../src/platform/db/index.ts'

/** The same database, whose transactions begin after `first`: what was read before them may be old by then. */
export const transactionsAfter = (first: () => Promise<unknown>, db: Db): Db => ({
  ...db,
  kysely: new Proxy(db.kysely, {
    get(kysely, name) {
      if (name === 'transaction') return () => ({ execute: async (work: never) => first().then(() => kysely.transaction().execute(work)) })
      const value: unknown = Reflect.get(kysely, name, kysely)
      return typeof value === 'function' ? value.bind(kysely) : value
    },
  }),
})
