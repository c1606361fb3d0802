/** A SQLite file in a worker thread of its own, for plants: a long read in this process would freeze every page and stream. */
import { Worker } from 'node:worker_threads'
import type { ReadOptions } from '../connection.ts'
import { DatabaseUnavailableError, QueryTimeoutError } from '../errors.ts'
import { createPool } from '../pool.ts'
import { hungAfterMs } from './server-options.ts'
import type { SqliteBackend, SqliteResult } from './sqlite-backend.ts'
import type { SqliteFile } from './sqlite-handles.ts'
import type { SqliteColumn, SqliteFault, SqliteReply, SqliteRequest, SqliteStatementMessage } from './sqlite-protocol.ts'

type OnBatch = (columns: readonly SqliteColumn[], rowCount: number) => void

type Pending = {
  readonly resolve: (value: SqliteResult | number) => void
  readonly reject: (error: unknown) => void
  /** Rows of a read; null for a statement. */
  readonly onBatch: OnBatch | null
  readonly timeoutMs: number
  readonly timer: NodeJS.Timeout
  rowCount: number
}

/** `waitMs`: longest wait for the file's turn, before a statement's own time starts. */
export function openSqliteWorker(file: SqliteFile, waitMs: number): SqliteBackend {
  let worker: Worker | null = null
  let isClosed = false
  let generation = 0
  let lastId = 0
  /** Oldest first. */
  const pending = new Map<number, Pending>()
  // Statements one at a time, so that the time limit of each counts its own work and not its neighbours'.
  const turns = createPool({ size: 1, waitMs, idleMs: 2 ** 31 - 1, open: async () => ({}), close: () => {} })

  const startWorker = (): Worker => {
    const started = new Worker(new URL('./sqlite-thread.ts', import.meta.url), { workerData: file })
    started.on('message', (reply: SqliteReply) => {
      if (started === worker) receive(reply)
    })
    started.on('error', (error) => abandon(started, new DatabaseUnavailableError('lost', 'The SQLite thread failed', { cause: error })))
    started.on('exit', () => abandon(started, new DatabaseUnavailableError('lost', 'The SQLite thread ended')))
    return started
  }
  /** Everything under way fails; the next request starts a new thread. A thread stuck in a statement ends when that does. */
  const abandon = (started: Worker, error: Error) => {
    if (started !== worker) return
    worker = null
    generation += 1
    void started.terminate()
    for (const [id, request] of pending) finish(id, request, () => request.reject(error))
  }
  const finish = (id: number, request: Pending, settle: () => void) => {
    clearTimeout(request.timer)
    pending.delete(id)
    if (pending.size === 0) worker?.unref()
    settle()
  }
  const receive = (reply: SqliteReply) => {
    const request = pending.get(reply.id)
    if (!request) return
    switch (reply.kind) {
      case 'result':
        return finish(reply.id, request, () => request.resolve(reply.result))
      case 'batch':
        return useBatch(reply.id, request, reply.rowCount, reply.columns)
      case 'end':
        return finish(reply.id, request, () => request.resolve(request.rowCount))
      case 'timeout':
        return finish(reply.id, request, () => request.reject(new QueryTimeoutError(request.timeoutMs)))
      case 'error':
        return finish(reply.id, request, () => request.reject(toError(reply.error)))
    }
  }
  const useBatch = (id: number, request: Pending, rowCount: number, columns: readonly SqliteColumn[]) => {
    try {
      request.onBatch?.(columns, rowCount)
    } catch (error) {
      stop(id, error)
      return
    }
    request.rowCount += rowCount
    post({ kind: 'more', id })
  }
  const stop = (id: number, reason: unknown) => {
    const request = pending.get(id)
    if (!request) return
    post({ kind: 'stop', id })
    finish(id, request, () => request.reject(reason))
  }
  const post = (message: SqliteRequest) => worker?.postMessage(message)

  const expire = (id: number) => {
    const request = pending.get(id)
    if (!request) return
    const isOldest = pending.keys().next().value === id
    stop(id, new QueryTimeoutError(request.timeoutMs))
    // The oldest is what the thread is stuck in; a younger one only waited behind a read that may go on.
    if (isOldest && worker) abandon(worker, new DatabaseUnavailableError('busy', 'The SQLite file did not answer'))
  }
  const ask = <T extends SqliteResult | number>(
    makeRequest: (id: number) => SqliteRequest,
    onBatch: OnBatch | null,
    timeoutMs: number,
    onStart?: (id: number) => void,
  ) =>
    new Promise<T>((resolve, reject) => {
      if (isClosed) {
        reject(new DatabaseUnavailableError('lost', 'The database was closed'))
        return
      }
      worker ??= startWorker()
      lastId += 1
      const id = lastId
      const timer = setTimeout(expire, hungAfterMs(timeoutMs), id)
      if (pending.size === 0) worker.ref()
      pending.set(id, { resolve: resolve as Pending['resolve'], reject, onBatch, timeoutMs, timer, rowCount: 0 })
      post(makeRequest(id))
      onStart?.(id)
    })

  const read = async (
    statement: SqliteStatementMessage & { readonly asNumbers: boolean },
    { timeoutMs, signal }: ReadOptions,
    onBatch: OnBatch,
  ): Promise<number> => {
    signal?.throwIfAborted()
    let abort = () => {}
    try {
      return await ask<number>(
        (id) => ({ kind: 'read', id, timeoutMs, ...statement }),
        onBatch,
        timeoutMs,
        (id) => {
          abort = () => stop(id, signal?.reason)
          signal?.addEventListener('abort', abort)
        },
      )
    } finally {
      signal?.removeEventListener('abort', abort)
    }
  }

  return {
    isShared: file.file === ':memory:',
    generation: () => generation,
    async execute(handle, sql, parameters, timeoutMs) {
      const turn = await turns.acquire()
      try {
        return await ask<SqliteResult>((id) => ({ kind: 'execute', id, handle, sql, parameters }), null, timeoutMs)
      } finally {
        turns.release(turn)
      }
    },
    readRows: (handle, sql, parameters, onRow, options) =>
      read({ handle, sql, parameters, asNumbers: false }, options, (columns, rowCount) => {
        for (let at = 0; at < rowCount; at++) onRow(columns.map((column) => column[at]))
      }),
    readNumbers: (handle, sql, parameters, onNumbers, options) =>
      read({ handle, sql, parameters, asNumbers: true }, options, (columns, rowCount) =>
        onNumbers(columns as readonly Float64Array[], rowCount),
      ),
    async close() {
      isClosed = true
      await turns.close()
      const running = worker
      if (!running) return
      const ended = new Promise((resolve) => running.once('exit', resolve))
      worker = null
      for (const [id, request] of pending)
        finish(id, request, () => request.reject(new DatabaseUnavailableError('lost', 'The database was closed')))
      running.ref()
      running.postMessage({ kind: 'close' } satisfies SqliteRequest)
      const timer = setTimeout(() => void running.terminate(), 1_000)
      await ended
      clearTimeout(timer)
    },
  }
}

const toError = ({ name, message, ...rest }: SqliteFault): Error => {
  const ErrorType = name === 'RangeError' ? RangeError : name === 'TypeError' ? TypeError : Error
  return Object.assign(new ErrorType(message), rest)
}
