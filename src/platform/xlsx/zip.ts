/** A zip archive as it is written: small parts first, whole; then those that stream. No file may reach 4 GB (no zip64). */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { crc32, createDeflateRaw } from 'node:zlib'

type Written = {
  readonly name: Buffer
  readonly crc: number
  readonly packed: number
  readonly size: number
  readonly at: number
  readonly method: 0 | 8
}

/** 1980-01-01: the same rows give the same bytes. */
const dosDate = 0x21
/** Names are UTF-8; sizes and sum come after the data. */
const utf8Flag = 0x800
const laterFlag = 0x8
const stored = 0
const deflated = 8
/** 2.0: folders and deflate. */
const version = 20

function header(signature: number, { name, crc, packed, size, at, method }: Written): Buffer {
  const isCentral = signature === 0x02014b50
  const fixed = Buffer.alloc(isCentral ? 46 : 30)
  let offset = fixed.writeUInt32LE(signature, 0)
  if (isCentral) offset = fixed.writeUInt16LE(version, offset)
  offset = fixed.writeUInt16LE(version, offset)
  offset = fixed.writeUInt16LE(utf8Flag | (method === deflated ? laterFlag : 0), offset)
  offset = fixed.writeUInt16LE(method, offset)
  offset = fixed.writeUInt16LE(0, offset)
  offset = fixed.writeUInt16LE(dosDate, offset)
  offset = fixed.writeUInt32LE(crc, offset)
  offset = fixed.writeUInt32LE(packed, offset)
  offset = fixed.writeUInt32LE(size, offset)
  fixed.writeUInt16LE(name.length, offset)
  if (isCentral) fixed.writeUInt32LE(at, 42)
  return Buffer.concat([fixed, name])
}

function descriptor({ crc, packed, size }: Written): Buffer {
  const bytes = Buffer.alloc(16)
  bytes.writeUInt32LE(0x08074b50, 0)
  bytes.writeUInt32LE(crc, 4)
  bytes.writeUInt32LE(packed, 8)
  bytes.writeUInt32LE(size, 12)
  return bytes
}

function ending(entries: number, size: number, at: number): Buffer {
  const bytes = Buffer.alloc(22)
  bytes.writeUInt32LE(0x06054b50, 0)
  bytes.writeUInt16LE(entries, 8)
  bytes.writeUInt16LE(entries, 10)
  bytes.writeUInt32LE(size, 12)
  bytes.writeUInt32LE(at, 16)
  return bytes
}

export type StreamedPart = { readonly name: string; readonly text: AsyncIterable<string> }
type Sums = { crc: number; packed: number; size: number }

/** `parts` by name, then those whose text comes by and by. Whoever stops reading stops the text. */
export async function* zipped(parts: Readonly<Record<string, string>>, streamed: readonly StreamedPart[]): AsyncGenerator<Buffer> {
  const written: Written[] = []
  let at = 0
  const counted = (bytes: Buffer): Buffer => {
    at += bytes.length
    return bytes
  }
  for (const [name, text] of Object.entries(parts)) {
    const bytes = Buffer.from(text)
    const entry: Written = { name: Buffer.from(name), crc: crc32(bytes), packed: bytes.length, size: bytes.length, at, method: stored }
    written.push(entry)
    yield counted(Buffer.concat([header(0x04034b50, entry), bytes]))
  }
  for (const { name, text } of streamed) {
    const begun: Written = { name: Buffer.from(name), crc: 0, packed: 0, size: 0, at, method: deflated }
    yield counted(header(0x04034b50, begun))
    const sums: Sums = { crc: 0, packed: 0, size: 0 }
    for await (const bytes of packed(text, sums)) yield counted(bytes)
    const entry = { ...begun, ...sums }
    written.push(entry)
    yield counted(descriptor(entry))
  }
  const directory = Buffer.concat(written.map((one) => header(0x02014b50, one)))
  yield Buffer.concat([directory, ending(written.length, directory.length, at)])
}

/** Told in `sums`: what went in and what came out. */
async function* packed(text: AsyncIterable<string>, sums: Sums): AsyncGenerator<Buffer> {
  async function* plain(): AsyncGenerator<Buffer> {
    for await (const part of text) {
      const bytes = Buffer.from(part)
      sums.crc = crc32(bytes, sums.crc)
      sums.size += bytes.length
      yield bytes
    }
  }
  const deflate = createDeflateRaw({ level: 5 })
  const source = Readable.from(plain())
  const pumped = pipeline(source, deflate)
  pumped.catch(() => {}) // the loop below throws it
  try {
    for await (const bytes of deflate) {
      sums.packed += (bytes as Buffer).length
      yield bytes as Buffer
    }
  } finally {
    source.destroy()
    deflate.destroy()
  }
  await pumped
}
