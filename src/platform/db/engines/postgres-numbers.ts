/** Rows of numbers read from the bytes of PostgreSQL's protocol: the driver would make an object of every row and a text of every value.
 *  https://www.postgresql.org/docs/current/protocol-message-formats.html (DataRow) */
import type { Socket } from 'node:net'
import type pg from 'pg'
import type { OnNumbers } from '../connection.ts'
import { NumberColumns, textReader } from './number-columns.ts'

type Field = { readonly dataTypeID: number; readonly format: 'text' | 'binary' }

const dataRow = 68 // 'D'
const epoch2000S = 946_684_800
const daySeconds = 86_400
const [int8, int2, int4, float4, float8, date, timestamp, timestamptz] = [20, 21, 23, 700, 701, 1082, 1114, 1184]
/** What comes as its text also in the binary format. */
const textTypes = new Set([18, 25, 1042, 1043])

type ValueReader = (bytes: Buffer, at: number, length: number) => number

function readerOf({ dataTypeID, format }: Field): ValueReader {
  const readText = textReader()
  if (format === 'text' || textTypes.has(dataTypeID)) return (bytes, at, length) => readText(bytes.toString('latin1', at, at + length))
  switch (dataTypeID) {
    case int4:
      return (bytes, at) =>
        ((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number)
    case int8:
      return (bytes, at) => {
        const value = bytes.readInt32BE(at) * 4_294_967_296 + bytes.readUInt32BE(at + 4)
        if (!Number.isSafeInteger(value)) throw new RangeError('an integer is beyond 2^53 and would be rounded')
        return value
      }
    case int2:
      return (bytes, at) => bytes.readInt16BE(at)
    case timestamp:
    case timestamptz:
      // microseconds since 2000; the session's zone is UTC
      return (bytes, at) => Math.floor((bytes.readInt32BE(at) * 4_294_967_296 + bytes.readUInt32BE(at + 4)) / 1e6) + epoch2000S
    case date:
      return (bytes, at) => bytes.readInt32BE(at) * daySeconds + epoch2000S
    case float4:
      return (bytes, at) => bytes.readFloatBE(at)
    case float8:
      return (bytes, at) => bytes.readDoubleBE(at)
    default:
      throw new TypeError(`a column of type ${dataTypeID} is not read as a number`)
  }
}

/** `at` is behind the message's length. NULL as 0. */
function decodeRow(bytes: Buffer, start: number, readers: readonly ValueReader[], into: NumberColumns): void {
  const { columns, at: row } = into
  let at = start + 2
  for (let i = 0; i < readers.length; i++) {
    const column = columns[i] as Float64Array
    const length =
      ((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number)
    at += 4
    if (length < 0) {
      column[row] = 0
      continue
    }
    column[row] = (readers[i] as ValueReader)(bytes, at, length)
    at += length
  }
  into.next()
}

/** Stands before the driver's parser until the query is over: takes its rows, and gives every other message on, whole. `onError` must close the
 *  connection. Answers what ends it: the last rows are handed over. */
export function readAsNumbers(query: pg.Query, stream: Socket, onNumbers: OnNumbers, onError: (error: unknown) => void): () => number {
  let readers: readonly ValueReader[] = []
  let into: NumberColumns | null = null
  let rest: Buffer | null = null
  let isOver = false
  const hooked = query as unknown as { handleRowDescription: (message: { fields: readonly Field[] }) => void }
  const describe = hooked.handleRowDescription.bind(query)
  hooked.handleRowDescription = (message) => {
    describe(message)
    into = new NumberColumns(message.fields.length, onNumbers)
    readers = message.fields.map(readerOf)
  }
  const driver = stream.listeners('data') as ((chunk: Buffer) => void)[]
  const pass = (bytes: Buffer): void => {
    for (const listener of driver) listener.call(stream, bytes)
  }
  const read = (chunk: Buffer): void => {
    const bytes = rest ? Buffer.concat([rest, chunk]) : chunk
    rest = null
    let at = 0
    let passFrom = 0
    while (bytes.length - at >= 5) {
      const next = at + 1 + bytes.readUInt32BE(at + 1)
      if (next > bytes.length) break
      if (bytes[at] === dataRow) {
        if (passFrom < at) pass(bytes.subarray(passFrom, at))
        if (isOver) return
        if (into) decodeRow(bytes, at + 5, readers, into)
        passFrom = next
      }
      at = next
    }
    if (passFrom < at) pass(bytes.subarray(passFrom, at))
    if (at < bytes.length) rest = bytes.subarray(at)
  }
  const tap = (chunk: Buffer): void => {
    try {
      read(chunk)
    } catch (error) {
      isOver = true
      onError(error)
    }
  }
  stream.removeAllListeners('data')
  stream.on('data', tap)
  return () => {
    isOver = true
    stream.off('data', tap)
    for (const listener of driver) stream.on('data', listener)
    into?.flush()
    return into?.rowCount ?? 0
  }
}
