/** The platform database as the rest of the code sees it: one Kysely, whatever the engine. */
import type { Kysely } from 'kysely'

export const engines = ['sqlite', 'postgres', 'mysql'] as const
/** `mysql` is MySQL and MariaDB. */
export type Engine = (typeof engines)[number]

/** Joins every module's `tables.ts` (types only). Add `extends …Tables` here when a module gets tables. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by the modules' tables
export interface Database {}

/** The platform database, no tenant chosen: identity, jobs, migrations. A transaction is a `Db` too. */
export type Db = { readonly kysely: Kysely<Database>; readonly engine: Engine }

/** Platform rows of one tenant. Query functions that touch tenant tables take this, so none can be called without a tenant. */
export type TenantDb = Db & { readonly tenantId: number }
