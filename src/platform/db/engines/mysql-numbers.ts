/** Rows of numbers read from the bytes of MySQL's binary protocol. The driver makes an object of every packet and a value of every column, which costs
 *  more than the server's own work; here one row is a few shifts, and packets are told apart without it.
 *  https://mariadb.com/kb/en/resultset-row/#binary-resultset-row */
import type { Connection, FieldPacket } from 'mysql2'
import type { OnNumbers } from '../connection.ts'
import { midnights, NumberColumns, textReader } from './number-columns.ts'

type Parser = {
  execute: (chunk: Buffer) => void
  buffer: readonly Buffer[]
  bufferLength: number
  length: number
}
/** What of the driver is used and not in its types; `read-numbers.test.ts` holds it to that. */
type Internals = { packetParser: Parser; sequenceId: number }

const isTime = new Set([7, 10, 12])
/** Bytes of the types that have a fixed length; ints are signed unless the column says otherwise. */
const widthOf = new Map([
  [1, 1],
  [2, 2],
  [13, 2],
  [3, 4],
  [9, 4],
  [8, 8],
])
const doubleType = 5
const floatType = 4
const unsignedFlag = 32

/** Reads one row at `offset` (behind the packet's header) into the columns. */
type RowDecoder = (bytes: Buffer, offset: number) => void

const kindTime = 9
const kindText = 10
const kindDouble = 11
const kindFloat = 12

/** Integers and times (as seconds of their own clock); text as the number or time it says; NULL as 0.
 *  Throws RangeError for an integer beyond 2^53. */
function rowDecoder(fields: readonly FieldPacket[], into: NumberColumns): RowDecoder {
  const kinds = fields.map(({ columnType = 0 }) =>
    isTime.has(columnType)
      ? kindTime
      : columnType === doubleType
        ? kindDouble
        : columnType === floatType
          ? kindFloat
          : (widthOf.get(columnType) ?? kindText),
  )
  const unsigned = fields.map(({ flags }) => (Number(flags) & unsignedFlag) !== 0)
  const { columns } = into
  const width = kinds.length
  const nullBytes = (width + 9) >> 3
  const midnight = midnights()
  const readText = textReader()
  return (bytes, start) => {
    const row = into.at
    let at = start + 1 + nullBytes
    for (let i = 0; i < width; i++) {
      const column = columns[i] as Float64Array
      if (((bytes[start + 1 + ((i + 2) >> 3)] as number) >> ((i + 2) & 7)) & 1) {
        column[row] = 0
        continue
      }
      switch (kinds[i]) {
        case 4: {
          const value =
            (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24)
          column[row] = unsigned[i] ? value >>> 0 : value
          at += 4
          break
        }
        case kindTime: {
          const length = bytes[at] as number
          let value =
            length < 4
              ? 0
              : midnight((bytes[at + 1] as number) | ((bytes[at + 2] as number) << 8), bytes[at + 3] as number, bytes[at + 4] as number)
          if (length >= 7) value += (bytes[at + 5] as number) * 3_600 + (bytes[at + 6] as number) * 60 + (bytes[at + 7] as number)
          column[row] = value
          at += 1 + length
          break
        }
        case 8: {
          const low = bytes.readUInt32LE(at)
          const value = low + (unsigned[i] ? bytes.readUInt32LE(at + 4) : bytes.readInt32LE(at + 4)) * 4_294_967_296
          if (!Number.isSafeInteger(value)) throw new RangeError('an integer is beyond 2^53 and would be rounded')
          column[row] = value
          at += 8
          break
        }
        case 1:
          column[row] = unsigned[i] ? bytes.readUInt8(at) : bytes.readInt8(at)
          at += 1
          break
        case 2:
          column[row] = unsigned[i] ? bytes.readUInt16LE(at) : bytes.readInt16LE(at)
          at += 2
          break
        case kindDouble:
          column[row] = bytes.readDoubleLE(at)
          at += 8
          break
        case kindFloat:
          column[row] = bytes.readFloatLE(at)
          at += 4
          break
        default: {
          const length = bytes[at] as number
          if (length > 250) throw new RangeError('a text is too long to be a number')
          column[row] = readText(bytes.toString('latin1', at + 1, at + 1 + length))
          at += 1 + length
        }
      }
    }
    into.next()
  }
}

/** Stands before the driver's packet parser: while rows come it takes the bytes, and gives everything else on. */
class RowTap {
  readonly #client: Internals
  readonly #parser: Parser
  #decode: RowDecoder | null = null
  #onError: (error: unknown) => void = () => {}
  /** The driver's parser has reached the rows, and what it had not used yet is here. */
  #isTaken = false
  hasRows = false
  #rest: Buffer | null = null

  constructor(client: Internals) {
    this.#client = client
    this.#parser = client.packetParser
  }

  begin(decode: RowDecoder, onError: (error: unknown) => void): void {
    this.#decode = decode
    this.#onError = onError
    this.hasRows = false
  }

  end(): void {
    this.#decode = null
    this.#isTaken = false
    this.#rest = null
  }

  execute(chunk: Buffer): void {
    if (this.#isTaken) {
      this.#read(chunk)
      return
    }
    this.#parser.execute(chunk)
    if (this.#decode === null || !this.hasRows) return
    this.#rest = takeRest(this.#parser)
    this.#isTaken = true
  }

  #read(chunk: Buffer): void {
    if (!this.#rest) {
      this.#readFrom(chunk, 0)
      return
    }
    // the packet that straddles the chunks is put together, and nothing else is copied
    const known = this.#rest
    const header = known.length >= 4 ? known : Buffer.concat([known, chunk.subarray(0, 4 - known.length)])
    const missing = header.length < 4 ? 1 : 4 + lengthAt(header, 0) - known.length
    if (missing > chunk.length) {
      this.#rest = Buffer.concat([known, chunk])
      return
    }
    this.#rest = null
    const isRow = this.#readFrom(Buffer.concat([known, chunk.subarray(0, missing)]), 0)
    if (missing === chunk.length) return
    if (isRow) this.#readFrom(chunk, missing)
    else this.#parser.execute(chunk.subarray(missing))
  }

  /** False when the rows are over: the driver has the rest. */
  #readFrom(bytes: Buffer, from: number): boolean {
    const decode = this.#decode
    const end = bytes.length
    let at = from
    while (end - at >= 5) {
      const next = at + 4 + lengthAt(bytes, at)
      if (next > end) break
      // a row begins with 0; the end of the rows and errors do not
      if (bytes[at + 4] !== 0 || decode === null) {
        this.#isTaken = false
        this.#client.sequenceId = bytes[at + 3] as number
        this.#parser.execute(bytes.subarray(at))
        return false
      }
      try {
        decode(bytes, at + 4)
      } catch (error) {
        // the connection is closed by this: nothing of it is read any more
        this.#onError(error)
        return true
      }
      at = next
    }
    if (at < end) this.#rest = Buffer.from(bytes.subarray(at))
    return true
  }
}

const lengthAt = (bytes: Buffer, at: number): number =>
  (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16)

/** Bytes of an incomplete packet that the driver's parser keeps for the next chunk. */
function takeRest(parser: Parser): Buffer | null {
  const { executeStart, executePayload, executeHeader2, executeHeader3 } = Object.getPrototypeOf(parser) as Record<
    string,
    Parser['execute']
  >
  const { execute, length } = parser
  if (execute === executeStart || !executeStart) return null
  const header = [length & 255, (length >> 8) & 255, length >> 16]
  const known = execute === executePayload ? 3 : execute === executeHeader3 ? 2 : execute === executeHeader2 ? 1 : 0
  if (known === 0) throw new Error('the driver reads packets in another way')
  const rest = Buffer.concat([Buffer.from(header.slice(0, known)), ...(known === 3 ? parser.buffer : [])])
  parser.buffer = []
  parser.bufferLength = 0
  parser.execute = executeStart
  return rest
}

const taps = new WeakMap<Connection, RowTap>()

function rowTap(client: Connection): RowTap {
  const known = taps.get(client)
  if (known) return known
  const internals = client as unknown as Internals
  const tap = new RowTap(internals)
  internals.packetParser = tap as unknown as Parser
  taps.set(client, tap)
  return tap
}

/** A row parser for the driver's command: rows that its own parser meets before the tap takes over. */
const rowParserOf = (tap: RowTap, decode: RowDecoder, onError: (error: unknown) => void) =>
  class {
    next({ buffer, offset }: { readonly buffer: Buffer; readonly offset: number }): undefined {
      tap.hasRows = true
      try {
        decode(buffer, offset)
      } catch (error) {
        onError(error)
      }
      return undefined
    }
  }

/** Makes the driver's command (of `execute`) give its rows to `onNumbers`. Answers what ends it: the last rows are handed over. `onError` must close
 *  the connection. */
export function readAsNumbers(client: Connection, command: object, onNumbers: OnNumbers, onError: (error: unknown) => void): () => number {
  const tap = rowTap(client)
  let into: NumberColumns | null = null
  const hooked = command as { buildParserFromFields: (fields: readonly FieldPacket[]) => unknown }
  hooked.buildParserFromFields = (fields) => {
    into = new NumberColumns(fields.length, onNumbers)
    const decode = rowDecoder(fields, into)
    tap.begin(decode, onError)
    return rowParserOf(tap, decode, onError)
  }
  return () => {
    tap.end()
    into?.flush()
    return into?.rowCount ?? 0
  }
}
