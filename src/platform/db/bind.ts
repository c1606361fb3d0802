/** What may be bound to a statement, the same on every engine. */

export type Bindable = null | string | number | bigint | Uint8Array

const minInt64 = -(2n ** 63n)
const maxInt64 = 2n ** 63n - 1n

/** Whole numbers travel as `bigint`: SQLite would bind a JS number as REAL (and store `5.0` in a text column), MySQL as DOUBLE (and find
 *  any text equal to 0). A whole number that JavaScript cannot hold exactly is refused, not rounded; so is a `Date`, whose zone and
 *  precision each driver treats differently: pass epoch milliseconds or a local text. Throws TypeError or RangeError. */
export function bindable(value: unknown): Bindable {
  switch (typeof value) {
    case 'string':
      return value
    case 'boolean':
      return value ? 1n : 0n
    case 'bigint':
      if (value < minInt64 || value > maxInt64) throw new RangeError('an integer beyond 64 bits cannot be bound')
      return value
    case 'number':
      if (Number.isSafeInteger(value)) return BigInt(value)
      if (!Number.isFinite(value) || Number.isInteger(value)) throw new RangeError(`the number ${value} cannot be bound exactly`)
      return value
    case 'object':
      if (value === null || value instanceof Uint8Array) return value
      if (value instanceof Date) throw new TypeError('a Date cannot be bound: pass epoch milliseconds or a local text')
      break
    default:
  }
  throw new TypeError(`a value of type ${value === undefined ? 'undefined' : (value?.constructor?.name ?? typeof value)} cannot be bound`)
}

export const bindableAll = (values: readonly unknown[]): Bindable[] => values.map(bindable)

/** Integer of an aggregate: engines answer `sum()` of integers as number, bigint or decimal text. Null stays null ("no rows").
 *  Throws RangeError when it is not a whole number that JavaScript holds exactly. */
export function asInteger(value: unknown): number | null {
  if (value === null || value === undefined) return null
  const number = typeof value === 'number' ? value : typeof value === 'bigint' || typeof value === 'string' ? Number(value) : Number.NaN
  if (!Number.isSafeInteger(number) || value === '') throw new RangeError(`${String(value)} is not an exact integer`)
  return number
}
