/** The web server of this process, from configuration to listening. */
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { buildApp } from '../app.ts'
import type { Context } from '../context.ts'
import { CliFailure } from './cli.ts'

const advice: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is taken by another program; set PORT to another one',
  EACCES: 'needs more rights; set PORT to one above 1023',
  EADDRNOTAVAIL: 'is not an address of this machine; check HOST',
}

const refusal = (error: unknown, host: string, port: number): unknown => {
  const hint = advice[(error as NodeJS.ErrnoException).code ?? '']
  return hint ? new CliFailure(`${host}:${port} ${hint}`) : error
}

/** Holds the address, answering nobody, until the returned function lets go of it. Throws `CliFailure` when it cannot be had. */
export async function claimAddress(host: string, port: number): Promise<() => Promise<void>> {
  const holder = createServer((socket) => socket.destroy())
  try {
    holder.listen({ host, port })
    await once(holder, 'listening')
  } catch (error) {
    throw refusal(error, host, port)
  }
  return async () => {
    holder.close()
    await once(holder, 'close')
  }
}

/** A Unix socket has no address, and everything counts by address: behind one it is the proxy that names the client. Not loopback, which may see more. */
function nameSocket(socket: Socket): void {
  if (socket.remoteAddress === undefined) Object.defineProperty(socket, 'remoteAddress', { value: '0.0.0.0' })
}

/** Listens on `host`. Throws `CliFailure` when the address cannot be had. */
export async function listen(ctx: Context, host: string): Promise<FastifyInstance> {
  const { port } = ctx.config.http
  const app = await buildApp(ctx)
  app.server.on('connection', nameSocket)
  try {
    await app.listen({ host, port })
  } catch (error) {
    await app.close()
    throw refusal(error, host, port)
  }
  ctx.log.info({ event: 'listening', host, port: (app.server.address() as { port: number }).port }, 'listening')
  return app
}
