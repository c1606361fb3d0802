/** Body of the worker thread of one SQLite file: a long read here stops nothing but this file's other statements, and those only
 *  until its next batch. */
import { parentPort, workerData } from 'node:worker_threads'
import { textReader } from './number-columns.ts'
import { openSqliteHandles, type SqliteFile, type SqliteHandles } from './sqlite-handles.ts'
import {
  batchesAhead,
  batchRows,
  type SqliteFault,
  type SqliteReply,
  type SqliteRequest,
  toColumns,
  toNumberColumns,
} from './sqlite-protocol.ts'

type Reading = { readonly rows: Iterator<unknown[]>; readonly untilMs: number; readonly asNumbers: boolean; credit: number }

const port = parentPort
if (!port) throw new Error('sqlite-thread.ts runs only as a worker')
const readText = textReader()
const readings = new Map<number, Reading>()
let handles: SqliteHandles | null = null
/** Opened by the first request, so that a missing file is that request's error. */
const opened = (): SqliteHandles => {
  handles ??= openSqliteHandles(workerData as SqliteFile)
  return handles
}
const send = (reply: SqliteReply, transfer: readonly ArrayBuffer[] = []) => port.postMessage(reply, transfer)

port.on('message', (request: SqliteRequest) => {
  if (request.kind === 'close') {
    for (const id of readings.keys()) stop(id)
    handles?.close()
    port.close()
    return
  }
  try {
    answer(request)
  } catch (error) {
    readings.delete(request.id)
    send({ kind: 'error', id: request.id, error: fault(error) })
  }
})

function answer(request: Exclude<SqliteRequest, { kind: 'close' }>): void {
  const { id } = request
  switch (request.kind) {
    case 'execute':
      send({ kind: 'result', id, result: opened().execute(request.handle, request.sql, request.parameters) })
      return
    case 'read': {
      const rows = opened().iterate(request.handle, request.sql, request.parameters)[Symbol.iterator]()
      readings.set(id, { rows, untilMs: performance.now() + request.timeoutMs, asNumbers: request.asNumbers, credit: batchesAhead })
      setImmediate(readOn, id)
      return
    }
    case 'more': {
      const reading = readings.get(id)
      if (!reading) return
      reading.credit += 1
      if (reading.credit === 1) setImmediate(readOn, id)
      return
    }
    case 'stop':
      stop(id)
  }
}

function readOn(id: number): void {
  try {
    readBatch(id)
  } catch (error) {
    readings.delete(id)
    send({ kind: 'error', id, error: fault(error) })
  }
}

/** One batch, then the event loop: other statements of this file get their turn between batches. */
function readBatch(id: number): void {
  const reading = readings.get(id)
  if (!reading || reading.credit <= 0) return
  const rows: unknown[][] = []
  let isOver = false
  while (rows.length < batchRows) {
    const next = reading.rows.next()
    if (next.done) {
      isOver = true
      break
    }
    rows.push(next.value)
    if (rows.length % 500 === 0 && performance.now() > reading.untilMs) {
      stop(id)
      send({ kind: 'timeout', id })
      return
    }
  }
  if (rows.length > 0) {
    const columns = reading.asNumbers ? toNumberColumns(rows, readText) : toColumns(rows)
    const transfer = columns.flatMap((column) => (column instanceof Float64Array ? [column.buffer as ArrayBuffer] : []))
    reading.credit -= 1
    send({ kind: 'batch', id, rowCount: rows.length, columns }, transfer)
  }
  if (isOver) {
    readings.delete(id)
    send({ kind: 'end', id })
  } else if (performance.now() > reading.untilMs) {
    stop(id)
    send({ kind: 'timeout', id })
  } else if (reading.credit > 0) setImmediate(readOn, id)
}

/** Resets the statement, which lets go of the file's read lock. */
function stop(id: number): void {
  readings.get(id)?.rows.return?.()
  readings.delete(id)
}

/** Errors lose their own properties on the way to another thread. */
function fault(error: unknown): SqliteFault {
  const { name, message, code, errcode } = error as SqliteFault
  return { name, message, ...(code === undefined ? {} : { code }), ...(errcode === undefined ? {} : { errcode }) }
}
