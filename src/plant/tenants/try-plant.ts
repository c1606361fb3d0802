/** A plant database tried before it is kept: it answers, it is a plant, and the account may read it. Nothing is written. */
import { sql } from 'kysely'
import { isDatabaseUnavailable, isUnreadableTable, listTables, openPlantKysely } from '../../platform/db/index.ts'
import type { PlantOptions } from '../model/index.ts'
import { problem } from './problems.ts'

/** Without these there is nothing to show. */
const needed = ['production_line', 'area', 'product', 'shift', 'filter'] as const

export type Tried = {
  /** Empty databases are only of use to who may make tables. */
  readonly isEmpty: boolean
}

type Options = Pick<PlantOptions, 'connectTimeoutMs' | 'statementTimeoutMs'> & {
  /** Where to connect instead of asking what address the name has. */
  readonly hostAddress?: string | undefined
}

/** `tables`: further ones that must be readable, such as the lines' own. Throws 422 `plant_unreachable`, `plant_not_recognised`,
 *  `plant_unreadable`; none of them repeats the address. */
export async function tryPlant(
  url: string,
  { connectTimeoutMs, statementTimeoutMs, hostAddress }: Options,
  { mayBeEmpty, tables = [] }: { readonly mayBeEmpty: boolean; readonly tables?: readonly string[] },
): Promise<Tried> {
  const opened = await openPlantKysely(url, {
    poolSize: 1,
    hostAddress,
    ...(connectTimeoutMs !== undefined && { connectTimeoutMs }),
    ...(statementTimeoutMs !== undefined && { statementTimeoutMs }),
  })
  try {
    const names = await listTables(opened)
    if (names.length === 0 && mayBeEmpty) return { isEmpty: true }
    const find = (wanted: string) => names.find((name) => name.toLowerCase() === wanted.toLowerCase())
    const missing = needed.filter((name) => find(name) === undefined)
    if (missing.length > 0) throw problem('plant_not_recognised', { parameters: { tables: missing.join(', ') } })
    const unreadable: string[] = []
    for (const name of [...needed, ...tables]) {
      const table = find(name)
      if (table === undefined) unreadable.push(name)
      else if (!(await isReadable(opened.kysely, table))) unreadable.push(table)
    }
    if (unreadable.length > 0) throw problem('plant_unreadable', { parameters: { tables: unreadable.join(', ') } })
    return { isEmpty: false }
  } catch (error) {
    if (!isDatabaseUnavailable(error)) throw error
    throw unreachable(error, url)
  } finally {
    await opened.close()
  }
}

/** 422 `plant_unreachable`, in the driver's words. */
export const unreachable = (error: unknown, url: string) =>
  problem('plant_unreachable', { parameters: { reason: reasonOf(error, url) }, cause: error })

async function isReadable(kysely: Awaited<ReturnType<typeof openPlantKysely>>['kysely'], table: string): Promise<boolean> {
  try {
    await sql`select 1 as one from ${sql.id(table)} limit 1`.execute(kysely)
    return true
  } catch (error) {
    if (isUnreadableTable(error)) return false
    throw error
  }
}

/** The driver's own words say what is wrong (unknown host, refused account); a password that one of them repeats is taken out. */
function reasonOf(error: unknown, url: string): string {
  let cause: unknown = error
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause
  const words = cause instanceof Error ? cause.message || cause.name : String(cause)
  const password = /:\/\/[^/?#]*?:([^/?#]*)@/.exec(url)?.[1] ?? ''
  const secrets = [password, decoded(password)].filter((secret) => secret.length > 2)
  return secrets.reduce((text, secret) => text.replaceAll(secret, '***'), words).slice(0, 300)
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
