/** How the text of a setting becomes a value. Each throws an Error whose message follows the setting's name. */
import os from 'node:os'
import process from 'node:process'

export type Setting<T> = {
  readonly name: string
  /** Other names that installations know it by; the first one given counts, after `name`. */
  readonly aliases: readonly string[]
  readonly fallback: string
  readonly meaning: string
  readonly parse: (value: string) => T
}

export const text = (value: string): string => value

export const integer =
  (min: number, max: number) =>
  (value: string): number => {
    const number = Number(value)
    if (!/^\d+$/.test(value) || number < min || number > max) throw new Error(`must be a whole number from ${min} to ${max}`)
    return number
  }

/** Comma-separated words, in any case; '' = none. */
export const choices =
  <const Words extends readonly string[]>(words: Words) =>
  (value: string): ReadonlySet<Words[number]> => {
    const given = value
      .split(',')
      .map((word) => word.trim().toUpperCase())
      .filter((word) => word !== '')
    const unknown = given.filter((word) => !words.includes(word))
    if (unknown.length > 0) throw new Error(`must be words of ${words.join(', ')}`)
    return new Set(given)
  }

export const choice =
  <const Words extends readonly string[]>(words: Words) =>
  (value: string): Words[number] => {
    const word = words.find((known) => known === value.toLowerCase())
    if (word === undefined) throw new Error(`must be one of ${words.join(', ')}`)
    return word
  }

export function flag(value: string): boolean {
  if (['1', 'true', 'yes', 'on'].includes(value.toLowerCase())) return true
  if (['0', 'false', 'no', 'off'].includes(value.toLowerCase())) return false
  throw new Error('must be 1 or 0')
}

/** One address, bare or with a name: `Andon <andon@example.com>`. Null when not given. */
export function mailbox(value: string): { readonly name: string; readonly address: string } | null {
  if (value === '') return null
  const [, name = '', address = ''] = /^(?:"?([^"<>\p{Cc}]*?)"?\s*<)?([^\s<>@,;"]+@[^\s<>@,;"]+?)>?$/u.exec(value) ?? []
  if (address === '') throw new Error('must be an address as andon@example.com or Andon <andon@example.com>')
  return { name: name.trim(), address }
}

/** Null when not given. Without query, fragment, credentials or trailing slash. */
export function baseUrl(value: string): URL | null {
  if (value === '') return null
  const url = URL.parse(value)
  if (!url || !['http:', 'https:'].includes(url.protocol)) throw new Error('must be an address that starts with http:// or https://')
  if (url.username || url.password || url.search || url.hash) throw new Error('must be only scheme, host, port and path')
  return url
}

/** Exact origins; `*` is refused because answers may carry credentials. */
export const origins = (value: string): readonly string[] =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const url = URL.parse(part)
      if (!url || !['http:', 'https:'].includes(url.protocol) || url.origin !== part.replace(/\/$/, ''))
        throw new Error('must be origins as https://app.example.com, separated by commas')
      return url.origin
    })

/** Domains of e-mail addresses, lower case. */
export const domains = (value: string): ReadonlySet<string> => {
  const names = value
    .split(',')
    .map((part) => part.trim().toLowerCase().replace(/^@/, ''))
    .filter((part) => part !== '')
  if (names.some((name) => !/^(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,63}$/u.test(name)))
    throw new Error('must be domains as example.com, separated by commas')
  return new Set(names)
}

/** `7:ERP_KEY`: a company by its number, and an environment variable that it may use. */
export const companyVariables = (value: string): readonly { readonly company: number; readonly variable: string }[] =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const [, company = '', variable = ''] = /^([1-9]\d{0,14}):([A-Z_][A-Z0-9_]{0,99})$/.exec(part) ?? []
      if (variable === '') throw new Error('must be numbers of companies with a variable each, as 1:WEATHER_TOKEN,7:ERP_KEY')
      return { company: Number(company), variable }
    })

/** '' at the root, else `/a/b`; null when not given. */
export function mountPath(value: string): string | null {
  if (value === '') return null
  const path = `/${value}`.replace(/\/{2,}/g, '/').replace(/\/$/, '')
  if (!/^(\/[A-Za-z0-9._~-]+)*$/.test(path) || path.split('/').some((part) => part === '.' || part === '..'))
    throw new Error('must be a path as /andon')
  return path
}

/** What this process may use: MEMORY_LIMIT_MB (which the launcher obeys too), the container's limit, or the machine's memory. */
export function availableMemoryBytes(): number {
  const named = Number(process.env.MEMORY_LIMIT_MB)
  if (Number.isInteger(named) && named > 0) return named * 2 ** 20
  const limit = process.constrainedMemory()
  return limit > 0 && limit < os.totalmem() ? limit : os.totalmem()
}
