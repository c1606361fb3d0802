/** An archive file: lines of JSON, compressed. First what it is, then a row per line, last how many there were and the checksum of their text. */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'

export type ArchiveHeader = {
  readonly andon_archive: 1
  readonly company: number
  readonly line_id: number
  readonly line_name: string
  readonly database: string
  readonly table: string
  /** `2026-03`. */
  readonly month: string
  readonly columns: readonly string[]
}

/** In the order of the header's columns; the id first. Whole numbers, text, true or false, null. */
export type ArchiveRow = readonly unknown[]

export type Written = {
  readonly rows: number
  readonly minId: number
  readonly maxId: number
  readonly rowsSha256: string
  /** Of the file. */
  readonly sha256: string
  readonly sizeBytes: number
}

export const rowText = (row: ArchiveRow): string => JSON.stringify(row)

/** Writes the file row by row as `batches` brings them, in order of id: memory holds one batch. */
export async function writeArchive(file: string, header: ArchiveHeader, batches: AsyncIterable<readonly ArchiveRow[]>): Promise<Written> {
  const digest = createHash('sha256')
  const fileDigest = createHash('sha256')
  let [rows, minId, maxId, sizeBytes] = [0, 0, 0, 0]
  async function* lines(): AsyncGenerator<string> {
    yield `${JSON.stringify(header)}\n`
    for await (const batch of batches) {
      if (batch.length === 0) continue
      if (rows === 0) minId = Number(batch[0]?.[0])
      maxId = Number(batch.at(-1)?.[0])
      rows += batch.length
      const text = batch.map((row) => `${rowText(row)}\n`).join('')
      digest.update(text)
      yield text
    }
    yield `${JSON.stringify({ rows, sha256: digest.copy().digest('hex') })}\n`
  }
  const counted = new PassThrough()
  counted.on('data', (bytes: Buffer) => {
    fileDigest.update(bytes)
    sizeBytes += bytes.length
  })
  await pipeline(lines, createGzip({ level: 6 }), counted, createWriteStream(file, { mode: 0o600, flush: true }))
  return { rows, minId, maxId, rowsSha256: digest.digest('hex'), sha256: fileDigest.digest('hex'), sizeBytes }
}

/** Copies what the store gives to a file of ours; answers the checksum of its bytes. */
export async function copyHashed(source: Readable, file: string): Promise<string> {
  const digest = createHash('sha256')
  const counted = new PassThrough()
  counted.on('data', (bytes: Buffer) => digest.update(bytes))
  await pipeline(source, counted, createWriteStream(file, { mode: 0o600 }))
  return digest.digest('hex')
}

export class ArchiveBrokenError extends Error {
  override readonly name = 'ArchiveBrokenError'
}

/** Rows by batches. Throws ArchiveBrokenError when the text is not what its last line says, after the last batch. */
export async function* readArchive(
  file: string,
  batchRows: number,
): AsyncGenerator<{ readonly header: ArchiveHeader; readonly rows: readonly ArchiveRow[] }> {
  const digest = createHash('sha256')
  let header: ArchiveHeader | null = null
  let count = 0
  const ends: { readonly rows: number; readonly sha256: string }[] = []
  let batch: ArchiveRow[] = []
  const unzipped = createReadStream(file).pipe(createGunzip())
  let broken: unknown = null
  unzipped.on('error', (error) => {
    broken = error
  })
  for await (const line of createInterface({ input: unzipped, crlfDelay: Number.POSITIVE_INFINITY })) {
    const value = parsed(line)
    if (header === null) {
      header = value as ArchiveHeader
      if (header.andon_archive !== 1) throw new ArchiveBrokenError('it is not an archive of this version')
      continue
    }
    if (!Array.isArray(value)) {
      ends.push(value as (typeof ends)[number])
      continue
    }
    digest.update(`${line}\n`)
    count++
    batch.push(value)
    if (batch.length < batchRows) continue
    yield { header, rows: batch }
    batch = []
  }
  if (broken) throw new ArchiveBrokenError('it cannot be unpacked', { cause: broken })
  const [end] = ends
  if (header === null || end === undefined) throw new ArchiveBrokenError('its end is missing')
  if (end.rows !== count || end.sha256 !== digest.digest('hex')) throw new ArchiveBrokenError('its rows are not those it was made of')
  if (batch.length > 0) yield { header, rows: batch }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (cause) {
    throw new ArchiveBrokenError('a line of it is not JSON', { cause })
  }
}
