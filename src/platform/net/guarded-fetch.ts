/** One HTTP request to where somebody else said, behind the guard of `targets.ts`. The name is resolved once and the judged address is the one that is
 *  connected to; redirects are refused, since they lead to where nobody was asked about; size and time end. Never throws. */
import type { IncomingMessage, RequestOptions } from 'node:http'
import { isIP } from 'node:net'
import { pipeline, Transform, type TransformCallback } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { type NetFault, netFaultOf } from './faults.ts'
import { isNamed, type Lookup, resolveTarget } from './targets.ts'

export type GuardedRequest = {
  readonly url: string
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | null
}

export type GuardOptions = {
  readonly openNetworks: readonly string[]
  /** Of everything together: name, connection, answer. */
  readonly timeoutMs: number
  /** Of the answer, unpacked. */
  readonly maxBytes: number
  readonly find?: Lookup
}

/** `header`: one of the request's has characters that cannot be sent. */
export type FetchFault = NetFault | 'address' | 'header' | 'redirect' | 'status' | 'too_large' | 'encoding'

export type GuardedAnswer =
  | { readonly ok: true; readonly status: number; readonly body: Buffer }
  | { readonly ok: false; readonly status: number | null; readonly fault: FetchFault }

class Refused extends Error {
  readonly fault: FetchFault
  constructor(fault: FetchFault) {
    super(fault)
    this.fault = fault
  }
}

export async function guardedFetch(request: GuardedRequest, options: GuardOptions): Promise<GuardedAnswer> {
  const { signal, clear } = deadline(options.timeoutMs)
  let status: number | null = null
  try {
    const url = parsed(request.url)
    const address = await target(url, options, signal)
    const response = await orAborted(send(url, address, request, signal), signal)
    status = response.statusCode ?? null
    if (status === null || status < 200 || status >= 300) {
      response.destroy()
      throw new Refused(status !== null && status >= 300 && status < 400 ? 'redirect' : 'status')
    }
    return { ok: true, status, body: await collected(response, options.maxBytes, signal) }
  } catch (error) {
    return { ok: false, status, fault: signal.aborted ? 'timeout' : faultOf(error) }
  } finally {
    clear()
  }
}

function deadline(ms: number): { signal: AbortSignal; clear: () => void } {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(), ms)
  return { signal: controller.signal, clear: () => clearTimeout(timer) }
}

function parsed(text: string): URL {
  const url = URL.parse(text)
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.hostname === '') throw new Refused('address')
  // a name and password in the address would be in every log of the way
  if (url.username !== '' || url.password !== '') throw new Refused('address')
  return url
}

const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '')

async function target(url: URL, { openNetworks, find }: GuardOptions, signal: AbortSignal): Promise<string> {
  const address = await orAborted(resolveTarget(bare(url.hostname), openNetworks, find), signal)
  if (url.protocol === 'http:' && !isNamed(address, openNetworks)) throw new Refused('plain')
  return address
}

/** A name server may be silent for longer than anybody waits; the look-up itself goes on. */
const orAborted = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const stop = () => reject(new Refused('timeout'))
    if (signal.aborted) return stop()
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject)
  })

async function send(url: URL, address: string, request: GuardedRequest, signal: AbortSignal): Promise<IncomingMessage> {
  const { request: open } = url.protocol === 'https:' ? await import('node:https') : await import('node:http')
  const family = isIP(address) === 6 ? 6 : 4
  const options: RequestOptions = {
    method: request.method,
    headers: { accept: 'application/json', 'accept-encoding': 'gzip, deflate, br', 'user-agent': 'Andon', ...request.headers },
    // the judged address, whatever the name says by now
    lookup: (_host, { all }, done) => (all ? done(null, [{ address, family }]) : done(null, address, family)),
    // no connection is kept: the next request is judged anew
    agent: false,
    signal,
  }
  return new Promise((resolve, reject) => {
    const sent = open(url, options, resolve)
    sent.on('error', reject)
    // 101: the response is judged by its status, and what would follow is no HTTP
    sent.on('upgrade', (response, socket) => {
      socket.destroy()
      resolve(response)
    })
    sent.on('close', () => reject(new Refused('network')))
    sent.end(request.body ?? undefined)
  })
}

const unpackers = { gzip: createGunzip, 'x-gzip': createGunzip, deflate: createInflate, br: createBrotliDecompress } as const

/** Counted packed and unpacked: a small answer may unpack to more than the memory holds. */
async function collected(response: IncomingMessage, maxBytes: number, signal: AbortSignal): Promise<Buffer> {
  const encoding = (response.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  const unpack = Object.hasOwn(unpackers, encoding) ? unpackers[encoding as keyof typeof unpackers]() : null
  if (!unpack && encoding !== 'identity') {
    response.destroy()
    throw new Refused('encoding')
  }
  const chunks: Buffer[] = []
  const keep = counting(maxBytes, (chunk) => void chunks.push(chunk))
  const streams = unpack ? [response, counting(maxBytes), unpack, keep] : [response, keep]
  await new Promise<void>((resolve, reject) => {
    const stop = () => response.destroy(new Refused('timeout'))
    signal.addEventListener('abort', stop, { once: true })
    pipeline(streams, (error) => (error ? reject(error) : resolve()))
    keep.resume()
  })
  return Buffer.concat(chunks)
}

function counting(maxBytes: number, keep?: (chunk: Buffer) => void): Transform {
  let bytes = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      bytes += chunk.length
      if (bytes > maxBytes) return done(new Refused('too_large'))
      keep?.(chunk)
      done(null, keep ? undefined : chunk)
    },
  })
}

function faultOf(error: unknown): FetchFault {
  if (error instanceof Refused) return error.fault
  const code = String((error as { code?: unknown }).code)
  if (code === 'ERR_INVALID_CHAR') return 'header'
  if (code.startsWith('Z_') || code.startsWith('ERR__ERROR') || code.startsWith('ERR_BROTLI') || code === 'ERR_PADDING_2') return 'encoding'
  return netFaultOf(error)
}
