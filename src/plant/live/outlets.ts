/** The two ways out: an event stream, and a WebSocket. */
import { PassThrough } from 'node:stream'
import type { FastifyReply } from 'fastify'
import type { LiveSocket } from '../../platform/http/index.ts'
import type { Outlet } from './hub.ts'
import type { EndReason } from './message.ts'

/** Browsers wait this long before they come back: not all in the same instant, when a server was started anew. */
const retryMs = () => 2_000 + Math.floor(Math.random() * 3_000)

/** For the last words to be taken. */
const goodbyeMs = 1_000

/** Starts the answer; `reply` is returned by the handler. */
export function streamOutlet(reply: FastifyReply): Outlet {
  const stream = new PassThrough()
  stream.write(`retry: ${retryMs()}\n\n`)
  // `no-transform` and the header of nginx: proxies must neither compress nor collect a stream.
  void reply
    .header('cache-control', 'no-store, no-transform')
    .header('x-accel-buffering', 'no')
    .type('text/event-stream; charset=utf-8')
    .send(stream)
  return {
    form: 'stream',
    write: (bytes) => void stream.write(bytes),
    pendingBytes: () => stream.readableLength + stream.writableLength + reply.raw.writableLength,
    end: (reason) => {
      stream.end()
      // A reader that no longer reads would hold the connection open for ever.
      if (reason === 'slow') reply.raw.destroy()
      else setTimeout(() => reply.raw.writableFinished || reply.raw.destroy(), goodbyeMs).unref()
    },
  }
}

/** RFC 6455 7.4.1, and 4000 and up for our own. */
const closeCodes: Readonly<Record<EndReason, number>> = { restart: 1012, refused: 4401, unproven: 1013, slow: 1008, left: 1000 }
export function socketOutlet(socket: LiveSocket): Outlet {
  let hasAnswered = true
  socket.on('pong', () => {
    hasAnswered = true
  })
  return {
    form: 'socket',
    write: (bytes) => socket.send(bytes, { binary: false }),
    pendingBytes: () => socket.bufferedAmount,
    beat() {
      const wasAnswered = hasAnswered
      hasAnswered = false
      if (wasAnswered) socket.ping()
      return wasAnswered
    },
    end: (reason) => closeSocket(socket, closeCodes[reason], reason),
  }
}

/** Says goodbye and does not wait long for an answer: who has left or reads nothing gives none. */
export function closeSocket(socket: LiveSocket, code: number, reason: string): void {
  if (reason === 'slow') {
    socket.terminate()
    return
  }
  socket.close(code, reason)
  setTimeout(() => socket.terminate(), goodbyeMs).unref()
}

const maxMessages = 30
const perMs = 60_000

/** Listeners have little to say: `{"type":"ping"}`, now and then. Whatever else comes ends the connection, and says why. */
export function listenTo(socket: LiveSocket): void {
  let [count, sinceMs] = [0, performance.now()]
  socket.on('message', (bytes, isBinary) => {
    if (performance.now() - sinceMs > perMs) [count, sinceMs] = [0, performance.now()]
    count += 1
    if (count > maxMessages) return refuse('too_many_messages')
    if (isBinary) return refuse('unknown_message')
    const said = parsed(String(bytes))
    if (said?.type !== 'ping') return refuse('unknown_message')
    socket.send(JSON.stringify({ event: 'pong' }))
  })
  const refuse = (code: string): void => {
    socket.send(JSON.stringify({ event: 'error', data: { code } }))
    socket.removeAllListeners('message')
    closeSocket(socket, 1008, code)
  }
}

function parsed(text: string): { readonly type?: unknown } | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : null
  } catch {
    return null
  }
}
