/** The web server of this process, from configuration to listening. */
import type { FastifyInstance } from 'fastify'
import { buildApp } from '../app.ts'
import type { Context } from '../context.ts'
import { CliFailure } from './cli.ts'

const advice: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is taken by another program; set PORT to another one',
  EACCES: 'needs more rights; set PORT to one above 1023',
  EADDRNOTAVAIL: 'is not an address of this machine; check HOST',
}

/** Listens on `host`. Throws `CliFailure` when the address cannot be had. */
export async function listen(ctx: Context, host: string): Promise<FastifyInstance> {
  const { port } = ctx.config.http
  const app = await buildApp(ctx)
  try {
    await app.listen({ host, port })
  } catch (error) {
    await app.close()
    const hint = advice[(error as NodeJS.ErrnoException).code ?? '']
    throw hint ? new CliFailure(`${host}:${port} ${hint}`) : error
  }
  ctx.log.info({ event: 'listening', host, port: (app.server.address() as { port: number }).port }, 'listening')
  return app
}
