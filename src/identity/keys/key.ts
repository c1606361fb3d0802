/** What a key looks like, and from where it may be used. Pure but for randomness. */
import { randomBytes, randomInt } from 'node:crypto'
import { BlockList, isIP } from 'node:net'

export type KeyText = { readonly prefix: string; readonly secret: string }

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789'
const shape = /^andon_([a-z0-9]{8})_([A-Za-z0-9_-]{43})$/

/** The prefix finds the key and is shown in lists; the secret is 256 random bits. */
export const newKey = (): KeyText => ({
  prefix: Array.from({ length: 8 }, () => letters[randomInt(letters.length)]).join(''),
  secret: randomBytes(32).toString('base64url'),
})

export const keyText = ({ prefix, secret }: KeyText): string => `andon_${prefix}_${secret}`

export function parseKey(text: string): KeyText | null {
  const [, prefix, secret] = shape.exec(text) ?? []
  return prefix === undefined || secret === undefined ? null : { prefix, secret }
}

/** What is hashed: both parts, so that no secret works under another key's prefix. */
export const hashedPart = ({ prefix, secret }: KeyText): string => `${prefix}.${secret}`

export type Network = { readonly address: string; readonly bits: number; readonly family: 'ipv4' | 'ipv6' }

/** `10.0.0.7`, `10.0.0.0/8`, `2001:db8::/32`; null for anything else. */
export function parseNetwork(text: string): Network | null {
  const [address = '', bits, ...more] = text.trim().split('/')
  const version = isIP(address)
  if (version === 0 || more.length > 0 || address.includes('%')) return null
  const most = version === 4 ? 32 : 128
  if (bits !== undefined && !/^\d{1,3}$/.test(bits)) return null
  const count = bits === undefined ? most : Number(bits)
  return count > most ? null : { address, bits: count, family: version === 4 ? 'ipv4' : 'ipv6' }
}

/** Null allows every address. An entry that cannot be read allows none. */
export function isAllowedFrom(ip: string, networks: readonly string[] | null): boolean {
  if (networks === null) return true
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1] ?? ip
  const version = isIP(mapped)
  if (version === 0) return false
  const list = new BlockList()
  for (const text of networks) {
    const network = parseNetwork(text)
    if (network) list.addSubnet(network.address, network.bits, network.family)
  }
  return list.check(mapped, version === 4 ? 'ipv4' : 'ipv6')
}
