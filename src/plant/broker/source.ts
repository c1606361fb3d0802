/** An external HTTP source: what it is, what may be said of it, and how an entry of a map becomes one. Pure. */

import type { ProblemField } from '../../platform/http/problem.ts'
import { formatText, type Language, type Text } from '../../platform/i18n/i18n.ts'

export const methods = ['GET', 'POST'] as const
export const authTypes = ['none', 'bearer', 'api_key', 'basic'] as const
export type AuthType = (typeof authTypes)[number]

export type Names = Readonly<Record<string, string>>

/** What is sent and nobody is shown again. */
export type Hidden = {
  readonly headers: Names
  readonly params: Names
  readonly body: string | null
  /** Of `bearer` and `api_key` the key, of `basic` name and password with a colon between. */
  readonly secret: string | null
}

export type Source = {
  readonly key: string
  readonly name: string
  readonly baseUrl: string
  readonly method: (typeof methods)[number]
  readonly timeoutS: number
  readonly authType: AuthType
  /** Environment variable with the secret, where the operator allows it. */
  readonly authVariable: string | null
  readonly hidden: Hidden
  /** Dot path of the part of the answer that counts; '' = all of it. */
  readonly responseKey: string
  /** 0 = asked each time. */
  readonly cacheTtlS: number
  readonly isEnabled: boolean
}

export const keyPattern = '^[a-z0-9][a-z0-9_-]{0,49}$'
export const longest = { name: 100, url: 500, path: 200, value: 2_000, body: 20_000, timeoutS: 30, cacheTtlS: 86_400, names: 20 } as const
/** Stands in a form for a value that is kept as it is. */
export const mask = '••••••••'

const faults = {
  key: {
    es: 'Letras minúsculas, números, guiones y guiones bajos (hasta 50)',
    en: 'Lower-case letters, digits, hyphens and underscores (at most 50)',
  },
  required: { es: 'Falta', en: 'Required' },
  text: { es: 'Un texto de hasta {most} letras', en: 'A text of at most {most} characters' },
  url: {
    es: 'Una dirección completa, como https://api.example.com/datos, sin usuario ni contraseña',
    en: 'A whole address, as https://api.example.com/data, without user or password',
  },
  method: { es: 'GET o POST', en: 'GET or POST' },
  seconds: { es: 'Segundos enteros de {low} a {high}', en: 'Whole seconds from {low} to {high}' },
  auth: { es: 'bearer, api_key, basic o none', en: 'bearer, api_key, basic or none' },
  variable: {
    es: 'El nombre de una variable: mayúsculas, números y guion bajo',
    en: 'Name of a variable: capitals, digits and underscore',
  },
  secret: { es: 'Escriba la clave, o el nombre de una variable', en: 'Write the key, or the name of a variable' },
  basic: { es: 'Usuario y contraseña, con dos puntos en medio', en: 'User and password with a colon between' },
  names: { es: 'Hasta {most} nombres, cada uno con un texto', en: 'At most {most} names, each with a text' },
  repeated: {
    es: '{name} está más de una vez, y se guarda un solo valor por nombre',
    en: '{name} stands more than once, and one value is kept for each name',
  },
  header: { es: 'El encabezado {name} no se puede poner', en: 'The header {name} cannot be set' },
  header_value: {
    es: 'El valor de {name} tiene caracteres que no se pueden enviar',
    en: 'The value of {name} has characters that cannot be sent',
  },
  secret_value: {
    es: 'Tiene caracteres que no se pueden enviar, como “ o €',
    en: 'It has characters that cannot be sent, such as “ or €',
  },
  body: {
    es: 'Un texto u objeto de hasta {most} letras, sólo con POST',
    en: 'A text or object of at most {most} characters, with POST only',
  },
  path: { es: 'Nombres separados por puntos, como data.items', en: 'Names with dots between, as data.items' },
  flag: { es: 'true o false', en: 'true or false' },
  again: {
    es: 'La dirección cambió de servidor: escriba otra vez los valores ocultos',
    en: 'The address leads to another server: write the hidden values again',
  },
  object: { es: 'Se espera un objeto con name, base_url…', en: 'An object with name, base_url… is expected' },
} as const satisfies Record<string, Text>

/** Headers that belong to the connection, or to us. */
const ownHeaders = new Set(
  'host connection content-length transfer-encoding te trailer upgrade expect keep-alive accept-encoding proxy-authorization proxy-connection'.split(
    ' ',
  ),
)

const cannotBeSent = (headerValue: string): boolean => /[^\t\x20-\x7e\x80-\xff]/.test(headerValue)

type Json = Readonly<Record<string, unknown>>
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** An entry of a map or of the API: every fault under the name of its field. `known`: what the source is now; masks and what is left out are taken
 *  from it, unless the address leads elsewhere by now. */
export function readSource(key: string, entry: unknown, known: Source | null): { source: Source | null; fields: ProblemField[] } {
  const fields: ProblemField[] = []
  const add = (path: string, rule: keyof typeof faults, parameters?: Record<string, string | number>) =>
    fields.push({ path, rule, message: faults[rule], ...(parameters && { parameters }) })
  if (!new RegExp(keyPattern).test(key)) add('id', 'key')
  if (!isObject(entry)) {
    add('source', 'object')
    return { source: null, fields }
  }

  const textOf = (name: string, most: number, fallback = ''): string => {
    const value = entry[name]
    if (value === undefined || value === null || value === '') return fallback
    if (typeof value === 'string' && [...value].length <= most && !/[\p{Cc}]/u.test(value)) return value.trim()
    add(name, 'text', { most })
    return fallback
  }
  const secondsOf = (name: string, low: number, high: number, fallback: number): number => {
    const value = entry[name]
    if (value === undefined || value === null || value === '') return fallback
    const number = typeof value === 'string' && /^\d{1,6}$/.test(value.trim()) ? Number(value) : value
    if (typeof number === 'number' && Number.isInteger(number) && number >= low && number <= high) return number
    add(name, 'seconds', { low, high })
    return fallback
  }

  const name = textOf('name', longest.name, key)
  const address = addressOf(entry.base_url)
  if (!address) add('base_url', entry.base_url ? 'url' : 'required')
  else if (address.repeated !== null) add('base_url', 'repeated', { name: address.repeated })
  const elsewhere = known !== null && address !== null && URL.parse(known.baseUrl)?.origin !== URL.parse(address.url)?.origin
  const kept = known && !elsewhere ? known.hidden : null

  const methodWord = String(entry.method ?? 'GET').toUpperCase()
  const method = methods.find((word) => word === methodWord)
  if (!method) add('method', 'method')
  const authWord = String(entry.auth_type || 'none').toLowerCase()
  const authType = authTypes.find((word) => word === authWord)
  if (!authType) add('auth_type', 'auth')

  const authVariable = textOf('auth_env_var', 100) || null
  if (authVariable !== null && !/^[A-Z_][A-Z0-9_]*$/.test(authVariable)) add('auth_env_var', 'variable')
  const typed = entry.auth_secret === mask ? '' : textOf('auth_secret', longest.value)
  const sameAuth = known?.authType === authType ? (kept?.secret ?? null) : null
  const secret = authType === 'none' || authVariable !== null ? null : typed || sameAuth
  if (authType && authType !== 'none' && secret === null && authVariable === null)
    add('auth_secret', elsewhere && known.hidden.secret !== null ? 'again' : 'secret')
  if (authType === 'basic' && secret !== null && !secret.includes(':')) add('auth_secret', 'basic')
  if ((authType === 'bearer' || authType === 'api_key') && secret !== null && cannotBeSent(secret)) add('auth_secret', 'secret_value')

  const namesOf = (field: 'headers' | 'params'): Names => {
    const value = entry[field]
    if (value === undefined || value === null || value === '') return known && value === undefined ? (kept?.[field] ?? {}) : {}
    const given = isObject(value) ? Object.entries(value) : null
    const twice = given?.find(([, item]) => Array.isArray(item))
    if (twice) {
      add(field, 'repeated', { name: twice[0].slice(0, 100) })
      return {}
    }
    const isFit = (item: unknown) => ['string', 'number', 'boolean'].includes(typeof item) && [...String(item)].length <= longest.value
    if (!given || given.length > longest.names || given.some(([one, item]) => one === '' || one.length > 100 || !isFit(item))) {
      add(field, 'names', { most: longest.names })
      return {}
    }
    const result: Record<string, string> = {}
    for (const [one, item] of given) {
      const before = kept?.[field][one]
      if (item === mask && before === undefined) add(field, elsewhere ? 'again' : 'required')
      result[one] = item === mask ? (before ?? '') : String(item)
    }
    return result
  }
  const headers = namesOf('headers')
  for (const [one, value] of Object.entries(headers)) {
    if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(one) || ownHeaders.has(one.toLowerCase())) add('headers', 'header', { name: one })
    else if (cannotBeSent(value)) add('headers', 'header_value', { name: one })
  }
  // what the address says is newer than what is stored: the form shows stored parameters masked, and the address without them
  const written = namesOf('params')
  const params = { ...written, ...address?.params }
  for (const [one, value] of Object.entries(written))
    if (params[one] !== value && isObject(entry.params) && entry.params[one] !== mask) add('params', 'repeated', { name: one })

  const body = bodyOf(entry.body, kept, known !== null)
  if (body === undefined || (body !== null && (method === 'GET' || body.length > longest.body))) add('body', 'body', { most: longest.body })
  if (entry.body === mask && elsewhere) add('body', 'again')

  const responseKey = textOf('response_key', longest.path)
  if (responseKey !== '' && responseKey.split('.').some((part) => part === '')) add('response_key', 'path')
  const timeoutS = secondsOf('timeout', 1, longest.timeoutS, 10)
  const cacheTtlS = secondsOf('cache_ttl', 0, longest.cacheTtlS, 0)
  const isEnabled = entry.enabled ?? true
  if (typeof isEnabled !== 'boolean') add('enabled', 'flag')
  if (fields.length > 0 || !address || !method || !authType) return { source: null, fields }
  return {
    source: {
      key,
      name,
      baseUrl: address.url,
      method,
      timeoutS,
      authType,
      authVariable: authType === 'none' ? null : authVariable,
      hidden: { headers, params, body: body ?? null, secret },
      responseKey,
      cacheTtlS,
      isEnabled: isEnabled === true,
    },
    fields,
  }
}

/** Parts of the query go to the parameters, which are hidden. `repeated`: a name that stands there more than once. Null: no address. */
function addressOf(value: unknown): { url: string; params: Names; repeated: string | null } | null {
  const url = typeof value === 'string' && value.length <= longest.url ? URL.parse(value.trim()) : null
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '') return null
  const params = Object.fromEntries(url.searchParams)
  const repeated = Object.keys(params).find((name) => url.searchParams.getAll(name).length > 1) ?? null
  url.search = ''
  url.hash = ''
  return { url: url.href, params, repeated }
}

/** Undefined: not to be sent. */
function bodyOf(value: unknown, kept: Hidden | null, isKnown: boolean): string | null | undefined {
  if (value === undefined) return isKnown ? (kept?.body ?? null) : null
  if (value === null || value === '') return null
  if (value === mask) return kept?.body ?? null
  if (typeof value === 'string') return value
  return isObject(value) || Array.isArray(value) ? JSON.stringify(value) : undefined
}

/** `name: value` lines of a form. A line without a colon is a name without a text, a name of several lines has a list: both are refused. */
export function namesOfLines(lines = ''): Readonly<Record<string, string | readonly string[] | null>> {
  const names = new Map<string, string | readonly string[] | null>()
  for (const line of lines.split('\n')) {
    if (line.trim() === '') continue
    const [before = '', value = null] = line.split(/:(.*)/s)
    const name = before.trim()
    const known = names.get(name)
    names.set(name, known === undefined ? (value?.trim() ?? null) : [known ?? '', value?.trim() ?? ''].flat())
  }
  return Object.fromEntries(names)
}

/** Faults in one line each, for warnings of an import. */
export const faultText = ({ path, message, parameters }: ProblemField, language: Language): string =>
  `${path}: ${formatText(message, language, parameters)}`
