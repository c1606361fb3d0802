/** CREATE TABLE for three engines. */
import { createHash } from 'node:crypto'
import type { Engine } from '../database.ts'
import type { Column } from './columns.ts'

export type TableKeys = {
  /** Column lists that no two rows share. NULLs never clash: a "unique while active" key is a nullable column. */
  readonly unique?: readonly (readonly string[])[]
  readonly indexes?: readonly (readonly string[])[]
  /** Instead of an `id()` column. */
  readonly primaryKey?: readonly string[]
}

/** Each statement may run again on a table that exists already, as it must after a kill in the middle where DDL has no transaction. */
export function createTableStatements(engine: Engine, table: string, columns: Readonly<Record<string, Column>>, keys: TableKeys): string[] {
  const quote = quoteFor(engine)
  const list = (names: readonly string[]) => names.map(quote).join(', ')
  const entries = Object.entries(columns)
  const isInline = engine === 'mysql' // has no `create index if not exists`
  const lines = [
    ...entries.map(([name, column]) => columnLine(engine, name, column)),
    ...(keys.primaryKey ? [`primary key (${list(keys.primaryKey)})`] : []),
    ...(keys.unique ?? []).map((names) => `constraint ${quote(keyName('uq', table, names))} unique (${list(names)})`),
    ...entries.flatMap(([name, { references }]) =>
      references
        ? [
            `constraint ${quote(keyName('fk', table, [name]))} foreign key (${quote(name)}) references ${quote(references.table)} (${quote('id')}) on delete ${references.onDelete}`,
          ]
        : [],
    ),
    ...(isInline ? (keys.indexes ?? []).map((names) => `index ${quote(keyName('ix', table, names))} (${list(names)})`) : []),
  ]
  const suffix = engine === 'mysql' ? ' engine = InnoDB default character set utf8mb4 collate utf8mb4_bin' : ''
  const create = `create table if not exists ${quote(table)} (\n  ${lines.join(',\n  ')}\n)${suffix}`
  const indexes = isInline
    ? []
    : (keys.indexes ?? []).map(
        (names) => `create index if not exists ${quote(keyName('ix', table, names))} on ${quote(table)} (${list(names)})`,
      )
  return [create, ...indexes]
}

export const addColumnStatement = (engine: Engine, table: string, name: string, column: Column): string =>
  `alter table ${quoteFor(engine)(table)} add column ${columnLine(engine, name, column)}`

export const dropColumnStatement = (engine: Engine, table: string, name: string): string =>
  `alter table ${quoteFor(engine)(table)} drop column ${quoteFor(engine)(name)}`

/** Name and statement of each key of a table that is there already. */
export const addKeyStatements = (
  engine: Engine,
  table: string,
  keys: Pick<TableKeys, 'unique' | 'indexes'>,
): { readonly name: string; readonly statement: string }[] => {
  const quote = quoteFor(engine)
  const add = (kind: string, prefix: string) => (names: readonly string[]) => {
    const name = keyName(prefix, table, names)
    return { name, statement: `create ${kind} ${quote(name)} on ${quote(table)} (${names.map(quote).join(', ')})` }
  }
  return [...(keys.unique ?? []).map(add('unique index', 'uq')), ...(keys.indexes ?? []).map(add('index', 'ix'))]
}

export const dropKeyStatement = (engine: Engine, table: string, name: string): string =>
  `drop index ${quoteFor(engine)(name)}${engine === 'mysql' ? ` on ${quoteFor(engine)(table)}` : ''}`

export const dropTableStatement = (engine: Engine, table: string): string => `drop table if exists ${quoteFor(engine)(table)}`

function columnLine(engine: Engine, name: string, column: Column): string {
  const quoted = quoteFor(engine)(name)
  const parts = [quoted, column.type[engine]]
  if (!column.isNullable && !column.isKey) parts.push('not null')
  if (column.default !== null)
    parts.push('default', typeof column.default === 'number' ? String(column.default) : `'${column.default.replaceAll("'", "''")}'`)
  if (engine === 'sqlite' && column.maxLength !== null) parts.push(`check (length(${quoted}) <= ${column.maxLength})`)
  return parts.join(' ')
}

/** Ours are plain words: letters, digits and underscores. */
const quoteFor =
  (engine: Engine) =>
  (name: string): string => {
    if (!/^[a-z][a-z0-9_]*$/.test(name)) throw new Error(`${name} is no name for a table or column of ours`)
    return engine === 'mysql' ? `\`${name}\`` : `"${name}"`
  }

const maxNameLength = 60 // PostgreSQL cuts at 63, MySQL refuses above 64

function keyName(prefix: string, table: string, names: readonly string[]): string {
  const name = [prefix, table, ...names].join('_')
  return name.length <= maxNameLength
    ? name
    : `${name.slice(0, maxNameLength - 9)}_${createHash('sha256').update(name).digest('hex').slice(0, 8)}`
}
