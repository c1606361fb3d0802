/** What JSON may be, whoever sends it: a body that fastify read, or a file that somebody uploaded. */

const maximumDepth = 20

// Stops at the limit, so its own recursion is bounded whatever was sent.
const isDeeperThan = (value: unknown, levels: number): boolean =>
  typeof value === 'object' && value !== null && (levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1)))

/** Null when it is not; else how deep it may be. */
export const tooDeep = (value: unknown): { readonly maximum: number } | null =>
  isDeeperThan(value, maximumDepth) ? { maximum: maximumDepth } : null

/** PostgreSQL has no zero character, and half a surrogate pair is no Unicode. */
const isKept = (text: string): boolean => !text.includes('\u0000') && text.isWellFormed()

export type Unkept = { readonly at: string; readonly kind: 'text' | 'number' }

/** Where something stands that cannot be kept as it was sent (RFC 6901): a text, or an integer that is not told from the next; null when all can. */
export function unkept(value: unknown, at = ''): Unkept | null {
  if (typeof value === 'string') return isKept(value) ? null : { at, kind: 'text' }
  if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value) ? { at, kind: 'number' } : null
  if (typeof value !== 'object' || value === null) return null
  for (const [name, inner] of Object.entries(value)) {
    const found = unkept(inner, `${at}/${name}`)
    if (found !== null) return found
  }
  return null
}

/** For JSON that came past the body parser: not too deep, no key that would be an object's prototype, no key or value that cannot be kept. */
export function isPlainJson(value: unknown): boolean {
  if (tooDeep(value) !== null || unkept(value) !== null) return false
  const areKeysPlain = (inner: unknown): boolean =>
    typeof inner !== 'object' ||
    inner === null ||
    Object.entries(inner).every(([key, member]) => key !== '__proto__' && isKept(key) && areKeysPlain(member))
  return areKeysPlain(value)
}
