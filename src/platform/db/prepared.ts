/** Statements of every request: built and compiled once per engine, afterwards only bound. Building one costs more than an embedded database takes to answer it. */
import type { Compilable, CompiledQuery } from 'kysely'
import type { Db, Engine } from './database.ts'

/** Stands in a compiled statement where an argument goes. */
class Place {
  readonly index: number
  constructor(index: number) {
    this.index = index
  }
}

/** `build` is called once per engine, with places instead of arguments: it may only bind them (never look at them, never give lists). */
export function prepared<Args extends readonly unknown[], Row>(
  build: (db: Db, ...args: Args) => Compilable<Row>,
): (db: Db, ...args: Args) => Promise<readonly Row[]> {
  const byEngine = new Map<Engine, CompiledQuery<Row>>()
  const compiledFor = (db: Db, count: number): CompiledQuery<Row> => {
    const known = byEngine.get(db.engine)
    if (known) return known
    const compiled = build(db, ...(Array.from({ length: count }, (_, index) => new Place(index)) as unknown as Args)).compile()
    byEngine.set(db.engine, compiled)
    return compiled
  }
  return async (db, ...args) => {
    const compiled = compiledFor(db, args.length)
    const parameters = compiled.parameters.map((value) => (value instanceof Place ? args[value.index] : value))
    return (await db.kysely.executeQuery<Row>({ ...compiled, parameters })).rows
  }
}
