/** WebSockets: an upgrade is a request like any other, with access, limits and problem documents, until its route takes the socket. */
import fastifyWebsocket from '@fastify/websocket'
import type { FastifyInstance, FastifyRequest } from 'fastify'

export type LiveSocket = fastifyWebsocket.WebSocket

/** The one protocol that we speak. */
const socketProtocol = 'andon.v1'
const maxMessageBytes = 4_096

/** A browser cannot set headers on a WebSocket: its token comes as a second protocol, never in the address, which is logged everywhere. */
function takeToken(request: FastifyRequest): void {
  const offered = request.headers['sec-websocket-protocol'] ?? ''
  const token = /(?:^|,)\s*bearer\.([\w.~-]{10,4096})\s*(?=,|$)/.exec(offered)?.[1]
  if (token !== undefined && request.headers.authorization === undefined) request.raw.headers.authorization = `Bearer ${token}`
}

/** Before all routes. Whoever opens a socket ends it when `shell.stopping` fires. */
export async function addSockets(app: FastifyInstance): Promise<void> {
  await app.register(fastifyWebsocket, {
    options: {
      maxPayload: maxMessageBytes,
      perMessageDeflate: false,
      handleProtocols: (protocols: ReadonlySet<string>) => (protocols.has(socketProtocol) ? socketProtocol : false),
    },
    // What a client does wrong (a message too long, bytes that are no frame) is closed by the protocol itself and is no fault of ours.
    errorHandler: (error, socket, request) => {
      request.log.info({ event: 'socket_error', err: error }, 'a socket ended with an error')
      socket.terminate()
    },
    preClose: (done) => done(),
  })
  app.addHook('onRequest', async (request, reply) => {
    if (!request.ws) return
    takeToken(request)
    // of a refusal: its connection is closed, and the client must not keep it for the next request
    reply.header('connection', 'close')
  })
}
