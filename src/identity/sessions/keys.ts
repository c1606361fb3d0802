/** Keys of everything that sessions sign or hash, each for one purpose, all from the installation's secret. */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Secrets } from '../../platform/secrets/index.ts'
import { type TokenKeys, tokenKeys } from '../tokens/index.ts'

export type SessionKeys = { readonly tokens: TokenKeys; readonly csrf: Uint8Array }

const cached = new WeakMap<Secrets, SessionKeys>()

export function sessionKeys(secrets: Secrets): SessionKeys {
  const known = cached.get(secrets)
  if (known) return known
  const signing = secrets.deriveKey('jwt')
  // The id tells keys apart without telling anything about them.
  const kid = createHash('sha256').update(signing).digest('base64url').slice(0, 8)
  const keys = { tokens: tokenKeys([{ kid, key: signing }]), csrf: secrets.deriveKey('csrf') }
  cached.set(secrets, keys)
  return keys
}

/** 256 random bits, for cookies. */
export const randomSecret = (): string => randomBytes(32).toString('base64url')

/** What the database keeps of a cookie or a token's id: enough to recognise it, useless to whoever reads the table. */
export const hashOf = (secrets: Secrets, secret: string): string => secrets.hashToken('token-hash', secret)

const macOf = (keys: SessionKeys, cookie: string): Buffer => createHmac('sha256', keys.csrf).update(cookie).digest()

/** A CSRF token of a cookie. Masked anew each time, so that a compressed page does not leak it byte by byte (BREACH). */
export function csrfToken(keys: SessionKeys, cookie: string): string {
  const mac = macOf(keys, cookie)
  const mask = randomBytes(mac.length)
  return Buffer.concat([mask, xor(mac, mask)]).toString('base64url')
}

/** Constant time. */
export function isCsrfToken(keys: SessionKeys, cookie: string, token: string): boolean {
  const mac = macOf(keys, cookie)
  const bytes = Buffer.from(token, 'base64url')
  if (bytes.length !== mac.length * 2) return false
  return timingSafeEqual(xor(bytes.subarray(mac.length), bytes.subarray(0, mac.length)), mac)
}

const xor = (left: Buffer, right: Buffer): Buffer => Buffer.from(left.map((byte, index) => byte ^ (right[index] ?? 0)))
