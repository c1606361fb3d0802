/** Where this machine may be sent by people who do not run it (SSRF): public addresses, and the networks that the operator named. The name is resolved
 *  once and the address that was judged is the one to connect to, so that a name cannot turn to another place in between. */
import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'

/** Not the internet: this machine, private and shared networks, link-local (cloud metadata), multicast, documentation (RFC 6890, RFC 8190). */
const notPublic: readonly (readonly [network: string, prefix: number, family: 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.0.2.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  ['::', 96, 'ipv6'],
  ['::ffff:0:0:0', 96, 'ipv6'],
  ['64:ff9b::', 96, 'ipv6'],
  ['64:ff9b:1::', 48, 'ipv6'],
  ['100::', 64, 'ipv6'],
  // private, link-local, site-local, multicast and what nobody was given yet (RFC 4291: the internet is 2000::/3)
  ['4000::', 2, 'ipv6'],
  ['8000::', 1, 'ipv6'],
  ['2001::', 23, 'ipv6'],
  ['2001:db8::', 32, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['3fff::', 20, 'ipv6'],
]
const closed = new BlockList()
for (const [network, prefix, family] of notPublic) closed.addSubnet(network, prefix, family)

/** `kind` unknown: nobody knows the name; closed: it leads to a network that nobody opened. Never names the address that was found. */
export class TargetRefusedError extends Error {
  readonly kind: 'unknown' | 'closed'
  readonly host: string
  constructor(kind: 'unknown' | 'closed', host: string, options?: { cause?: unknown }) {
    super(kind === 'unknown' ? `${host} has no address` : `${host} is in a network that is not open to companies`, options)
    this.name = 'TargetRefusedError'
    this.kind = kind
    this.host = host
  }
}

/** Comma-separated addresses and networks (`10.0.0.0/8, 192.168.1.20, fd00::/8`); '' = none. Throws Error whose message follows the setting's name. */
export function parseNetworks(text: string): readonly string[] {
  const networks = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  for (const network of networks) {
    const [address = '', prefix] = network.split('/')
    const family = isIP(address)
    const isPrefix = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128))
    if (family === 0 || !isPrefix) throw new Error('must be addresses or networks as 10.0.0.0/8, 192.168.1.20')
  }
  return networks
}

function openList(networks: readonly string[]): BlockList {
  const open = new BlockList()
  for (const network of networks) {
    const [address = '', prefix] = network.split('/')
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6'
    if (prefix === undefined) open.addAddress(address, family)
    else open.addSubnet(address, Number(prefix), family)
  }
  return open
}

export type Lookup = (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>
/** Goes on in the process's few threads for look-ups however long it takes; nothing can end it. */
export const systemLookup: Lookup = (host) => lookup(host, { all: true })

/** `::ffff:10.0.0.1` is 10.0.0.1. */
const plainAddress = (address: string): string =>
  address.toLowerCase().startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address

/** In a network that the operator named: a place of theirs, where a connection without encryption is their choice. */
export function isNamed(address: string, networks: readonly string[]): boolean {
  const plain = plainAddress(address)
  return openList(networks).check(plain, isIP(plain) === 4 ? 'ipv4' : 'ipv6')
}

/** The address to connect to. Throws `TargetRefusedError` when the name has none, or any of them is closed. `::ffff:` forms are judged as IPv4. */
export async function resolveTarget(host: string, networks: readonly string[], find: Lookup = systemLookup): Promise<string> {
  const found = await find(host).catch((error: unknown) => {
    throw new TargetRefusedError('unknown', host, { cause: error })
  })
  const first = found[0]
  if (!first) throw new TargetRefusedError('unknown', host)
  const open = openList(networks)
  for (const { address } of found) {
    const plain = plainAddress(address)
    const family = isIP(plain) === 4 ? 'ipv4' : 'ipv6'
    if (closed.check(plain, family) && !open.check(plain, family)) throw new TargetRefusedError('closed', host)
  }
  return first.address
}
