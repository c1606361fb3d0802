/** A body that was written once and is sent many times, in whatever encoding each client takes. */
import { promisify } from 'node:util'
import zlib from 'node:zlib'
import type { FastifyReply } from 'fastify'

const encodings = ['br', 'gzip'] as const
type Encoding = (typeof encodings)[number]

export type WrittenReply = { readonly plain: Buffer; readonly compressed: Map<Encoding, Promise<Buffer>> }

export const writtenReply = (plain: Buffer): WrittenReply => ({ plain, compressed: new Map() })

const leastBytes = 1024
const [brotli, gzip] = [promisify(zlib.brotliCompress), promisify(zlib.gzip)]
// As the other answers are compressed: the highest quality costs a hundred times as much.
const brotliOptions = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } }
const compress = (encoding: Encoding, plain: Buffer): Promise<Buffer> => (encoding === 'br' ? brotli(plain, brotliOptions) : gzip(plain))

/** The first of ours that the header takes; null = none. RFC 9110 12.5.3: `q=0` refuses. */
export function encodingFor(header: string | undefined): Encoding | null {
  const taken = new Map(
    (header ?? '')
      .toLowerCase()
      .split(',')
      .map((part) => {
        const [name = '', ...parameters] = part.split(';').map((text) => text.trim())
        const quality = parameters.find((text) => text.startsWith('q='))
        return [name, quality === undefined || Number(quality.slice(2)) > 0] as const
      }),
  )
  return encodings.find((encoding) => taken.get(encoding) ?? taken.get('*')) ?? null
}

/** Compresses once per encoding, outside this thread. */
export async function sendWritten(reply: FastifyReply, { plain, compressed }: WrittenReply): Promise<FastifyReply> {
  const encoding = plain.length < leastBytes ? null : encodingFor(reply.request.headers['accept-encoding'])
  if (plain.length >= leastBytes) addVary(reply)
  if (encoding === null) return reply.send(plain)
  const body = compressed.get(encoding) ?? compress(encoding, plain)
  compressed.set(encoding, body)
  reply.header('content-encoding', encoding)
  return reply.send(await body)
}

function addVary(reply: FastifyReply): void {
  const given = reply.getHeader('vary')
  reply.header('vary', given === undefined ? 'accept-encoding' : `${String(given)}, accept-encoding`)
}
