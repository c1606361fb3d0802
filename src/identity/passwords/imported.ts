/** Hashes that other systems made: verified so that people keep their password, then replaced. New ones are never made this way. */
import { pbkdf2, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const deriveByPbkdf2 = promisify(pbkdf2)
const deriveByScrypt = promisify<string, string, number, ScryptOptions, Buffer>(scrypt)

/** Whether `stored` is of a kind that this file knows. */
export const isImported = (stored: string): boolean => /^(\$2[aby]\$|pbkdf2:|scrypt:)/.test(stored)

/** False for a malformed hash; never throws. */
export async function verifyImported(stored: string, password: string): Promise<boolean> {
  try {
    if (stored.startsWith('$2')) return await verifyBcrypt(stored, password)
    const [method = '', salt = '', hex = ''] = stored.split('$')
    const derived = method.startsWith('scrypt:') ? await byScrypt(method, salt, password) : await byPbkdf2(method, salt, password)
    return derived !== null && isEqualHex(derived, hex)
  } catch {
    return false
  }
}

/** bcrypt looks at the first 72 bytes only, and so did whoever made the hash. */
async function verifyBcrypt(stored: string, password: string): Promise<boolean> {
  const { compare } = await import('bcryptjs')
  const rounds = Number(stored.slice(4, 6))
  if (!(rounds >= 4 && rounds <= mostBcryptRounds)) return false
  return compare(password, stored.replace(/^\$2y\$/, '$2b$'))
}

// What a stored hash may cost us: several times what Werkzeug and bcrypt libraries choose by default, and still bounded.
const mostBcryptRounds = 15
const mostIterations = 5_000_000
const mostScryptBytes = 256 * 2 ** 20

/** Werkzeug's `pbkdf2:sha256:600000$salt$hex`; without a number of iterations it meant 150 000. */
async function byPbkdf2(method: string, salt: string, password: string): Promise<Buffer | null> {
  const [, digest = '', iterations = '150000'] = method.split(':')
  if (digest !== 'sha256' || !isWithin(iterations, mostIterations)) return null
  return deriveByPbkdf2(password, salt, Number(iterations), 32, 'sha256')
}

/** Werkzeug's `scrypt:32768:8:1$salt$hex`, of 64 bytes. */
async function byScrypt(method: string, salt: string, password: string): Promise<Buffer | null> {
  const [, N = '', r = '', p = ''] = method.split(':')
  if (![N, r, p].every((number) => isWithin(number, 2 ** 22))) return null
  const options: ScryptOptions = { N: Number(N), r: Number(r), p: Number(p), maxmem: mostScryptBytes }
  if (128 * Number(N) * Number(r) > mostScryptBytes || Number(p) > 16) return null
  return deriveByScrypt(password, salt, 64, options)
}

const isWithin = (text: string, most: number): boolean => /^[1-9]\d{0,8}$/.test(text) && Number(text) <= most

function isEqualHex(derived: Buffer, hex: string): boolean {
  const expected = Buffer.from(hex, 'hex')
  return expected.length === derived.length && hex.length === derived.length * 2 && timingSafeEqual(expected, derived)
}
