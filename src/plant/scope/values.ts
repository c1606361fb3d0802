/** Reading raw parameter values: a JSON body gives types, a query string gives text; both are accepted, anything else is `invalid`, never a throw. */

/** A value that is there but cannot be what the parameter asks for. */
export const invalid = Symbol('invalid')
export type Invalid = typeof invalid

export type RawParameters = Readonly<Record<string, unknown>>

/** Lists longer than this are refused: no plant has so many lines, areas or products on a screen. */
export const maxListLength = 1_000

/** Own property or undefined: `__proto__`, `constructor` and their like are not parameters. */
export const ownValue = (raw: RawParameters, name: string): unknown => (Object.hasOwn(raw, name) ? raw[name] : undefined)

export const isAbsent = (value: unknown): value is null | undefined | '' => value === undefined || value === null || value === ''

export const isRecord = (value: unknown): value is RawParameters => typeof value === 'object' && value !== null && !Array.isArray(value)

export function readInteger(value: unknown): number | Invalid {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : invalid
  if (typeof value === 'string' && /^-?\d{1,15}$/.test(value.trim())) return Number(value)
  return invalid
}

/** Positive integers, once each, in the order given; from a list, a CSV text or one id. Empty = none chosen. */
export function readIds(value: unknown): number[] | Invalid {
  if (isAbsent(value)) return []
  const items = Array.isArray(value) ? value : typeof value === 'string' ? value.split(',').filter((part) => part.trim() !== '') : [value]
  if (items.length > maxListLength) return invalid
  const ids = new Set<number>()
  for (const item of items) {
    const id = readInteger(item)
    if (id === invalid || id < 1) return invalid
    ids.add(id)
  }
  return [...ids]
}

const truths: readonly unknown[] = [true, 1, '1', 'true', 'on', 'yes']
const falsehoods: readonly unknown[] = [false, 0, '0', 'false', 'off', 'no']

export function readBoolean(value: unknown): boolean | Invalid {
  if (truths.includes(value)) return true
  return falsehoods.includes(value) ? false : invalid
}

export function readChoice<Choice extends string>(
  value: unknown,
  choices: readonly Choice[],
  aliases: Readonly<Record<string, Choice>> = {},
): Choice | Invalid {
  if (typeof value !== 'string') return invalid
  const named = Object.hasOwn(aliases, value) ? aliases[value] : value
  return choices.find((choice) => choice === named) ?? invalid
}

/** Lower case, without accents or spaces at the ends: how labels and names typed by people are compared. */
export const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase()
    .trim()
