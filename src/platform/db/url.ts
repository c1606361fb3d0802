/** Database addresses: what operators write, made one shape. Never log one of these: they hold passwords. */
import { statSync } from 'node:fs'
import path from 'node:path'
import type { Engine } from './database.ts'

export type SslMode = 'disable' | 'require' | 'verify'

export type ServerAddress = {
  readonly engine: 'postgres' | 'mysql'
  readonly host: string
  readonly port: number
  /** Unix socket instead of host and port; null without one. */
  readonly socketPath: string | null
  readonly user: string
  readonly password: string
  readonly database: string
  /** `require` encrypts without checking the certificate, `verify` checks it and the name in it (libpq's verify-ca and verify-full). */
  readonly sslMode: SslMode
  /** Whom the certificate must name when `host` is not that name but its address. */
  readonly tlsName?: string
}

export type FileAddress = {
  readonly engine: 'sqlite'
  /** Absolute path, or `:memory:`. */
  readonly file: string
  readonly readOnly: boolean
}
export type DatabaseAddress = ServerAddress | FileAddress

const engineOfScheme: Readonly<Record<string, Engine>> = {
  sqlite: 'sqlite',
  postgres: 'postgres',
  postgresql: 'postgres',
  mysql: 'mysql',
  mariadb: 'mysql',
}

const sslModes: Readonly<Record<string, SslMode>> = {
  disable: 'disable',
  allow: 'disable',
  prefer: 'disable',
  disabled: 'disable',
  preferred: 'disable',
  require: 'require',
  required: 'require',
  'verify-ca': 'verify',
  'verify-full': 'verify',
  verify_ca: 'verify',
  verify_identity: 'verify',
}

/** Throws an Error whose message never repeats the address. A driver suffix (`postgresql+psycopg`) names a library of some other
 *  language and is dropped. */
export function parseDatabaseUrl(url: string): DatabaseAddress {
  const scheme = /^([a-z]+)(?:\+[a-z0-9_]+)?:/i.exec(url.trim())
  const engine = engineOfScheme[(scheme?.[1] ?? '').toLowerCase()]
  if (!scheme || !engine) throw new Error('must start with sqlite:, postgres:, postgresql:, mysql: or mariadb:')
  const rest = url.trim().slice(scheme[0].length)
  return engine === 'sqlite' ? parseFile(rest) : parseServer(engine, rest)
}

/** For people and logs: where, which database, as whom; never the password. */
export function describeDatabase(url: string): string {
  const address = parseDatabaseUrl(url)
  if (address.engine === 'sqlite') return `sqlite ${address.file}`
  return `${address.engine} ${address.socketPath ?? `${address.host}:${address.port}`}/${address.database} as ${address.user || '(default user)'}`
}

/** The address of a file, written so that `parseDatabaseUrl` gives back exactly this path. */
export const sqliteUrl = (file: string): string => `sqlite:///${path.resolve(file).replace(/[%?]/g, encodeURIComponent)}`

function parseFile(rest: string): FileAddress {
  const [location = '', query = ''] = rest.split('?', 2)
  const readOnly = new URLSearchParams(query).get('mode') === 'ro'
  if (/^(\/\/\/?)?(:memory:)?$/.test(location)) return { engine: 'sqlite', file: ':memory:', readOnly }
  return { engine: 'sqlite', file: path.resolve(filePath(decode(location))), readOnly }
}

/** Four slashes are absolute, as SQLAlchemy has it. Three are read both ways in the wild: absolute when the first folder exists at
 *  the root (`sqlite:///var/lib/andon/x.sqlite`), else relative to the working folder (`sqlite:///andon.sqlite`). */
function filePath(location: string): string {
  if (!location.startsWith('//')) return location
  const afterAuthority = location.slice(2)
  if (!afterAuthority.startsWith('/')) return afterAuthority
  const name = afterAuthority.slice(1)
  if (name.startsWith('/') || /^[a-z]:[\\/]/i.test(name)) return name
  const segments = name.split('/')
  const isRooted = segments.length > 1 && segments[0] !== '.' && segments[0] !== '..'
  return isRooted && statSync(`/${segments[0]}`, { throwIfNoEntry: false })?.isDirectory() ? `/${name}` : name
}

function parseServer(engine: 'postgres' | 'mysql', rest: string): ServerAddress {
  // A scheme of ours instead of http: for "special" schemes `URL` would drop an empty host and take the database for it.
  const url = URL.parse(`db:${rest}`)
  if (!url || !rest.startsWith('//')) throw new Error('is not a valid address (percent-encode special characters of the password)')
  const database = decode(url.pathname.slice(1))
  if (database.includes('/')) throw new Error('names more than one database')
  const option = (...names: string[]) => names.map((name) => url.searchParams.get(name)).find((value) => value !== null) ?? null
  const hostOption = option('host')
  const socketPath = option('socket', 'unix_socket', 'socketPath') ?? (hostOption?.startsWith('/') ? hostOption : null)
  return {
    engine,
    host: decode(url.hostname).replace(/^\[|\]$/g, '') || hostOption || '127.0.0.1',
    port: url.port ? Number(url.port) : engine === 'postgres' ? 5432 : 3306,
    socketPath,
    user: decode(url.username),
    password: decode(url.password),
    database,
    sslMode: sslMode(option('sslmode', 'ssl-mode', 'ssl_mode', 'ssl')),
  }
}

function sslMode(text: string | null): SslMode {
  if (text === null || text === '' || text === 'false' || text === '0') return 'disable'
  if (text === 'true' || text === '1') return 'verify'
  const mode = sslModes[text.toLowerCase()]
  if (!mode) throw new Error(`has an unknown sslmode (${Object.keys(sslModes).slice(0, 3).join(', ')}, require, verify-ca, verify-full)`)
  return mode
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new Error('has a wrong percent-encoding')
  }
}
