/** Routes: one declaration with schemas, access and limits; the handler's arguments are typed from it and its reply is held to it. */
import type { FastifyInstance, FastifyReply, FastifyRequest, preHandlerAsyncHookHandler } from 'fastify'
import { type Static, type TObject, type TSchema, Type } from 'typebox'
import type { Html } from '../ui/html.ts'
import { problem } from './problems.ts'
import { replyWriter } from './reply.ts'
import type { LiveSocket } from './sockets.ts'
import type { UploadRule } from './upload.ts'
import { requestReader } from './validate.ts'

/** Own bucket and size for a route; routes that name the same bucket share it. `false` is for what monitors call. */
export type RateRule = LocalRate | SharedRate | false

/** Counted in this process, per person, or per address before sign-in. */
export type LocalRate = {
  readonly bucket: string
  readonly perMinute: number
  readonly isShared?: false
  /** Machines that send all day: they use up nothing of what the company's people may ask. */
  readonly isApart?: true
}

/** Counted in the database: processes and aliases count together. For whatever somebody could gain by repeating. */
export type SharedRate = {
  readonly isShared: true
  /** At most 40 characters. */
  readonly bucket: string
  readonly perMinute?: number
  readonly perHour?: number
  /** `address`: counted before the body is read, so that guesses which do not even parse count too. `person`: after access was decided, per
   *  signed-in person, else per address. A function names whom the request speaks for (of at most 50 characters), else null: the address. */
  readonly by: 'address' | 'person' | ((request: FastifyRequest) => Promise<string | null>)
  /** What the log calls a refusal; default `rate_limited`. */
  readonly event?: string
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Status to schema of what is sent with it. Refusals need no mention: they are problem documents everywhere. */
export type Replies = { readonly [Status in 200 | 201 | 202 | 204 | 303 | 503]?: TSchema }

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: string
    rate?: RateRule
    /** False: the request of a machine, such as a live refresh; it does not keep a browser session alive. */
    keepsSessionAlive?: boolean
    /** A browser's page or fragment (its reply is HTML), so refusals default to HTML and Spanish. */
    isPage?: boolean
    isStream?: boolean | undefined
    isEndless?: boolean | undefined
    sheds?: Sheds | undefined
  }
}

/** When a process has more to do than it can: most routes are refused first, `last` while anything else still can be, `never` costs nothing. */
export type Sheds = 'last' | 'never'

// What an HTML reply's schema says in OpenAPI; handlers return `Html`.
export const htmlReply = Type.Unsafe<Html>({ type: 'string', contentMediaType: 'text/html' })
/** No body: 204, or a redirect. */
export const emptyReply = Type.Unsafe<undefined>({ not: {} })
/** The handler answers itself through `reply` (streams, files) and returns it. */
export const rawReply = (contentMediaType: string) => Type.Unsafe<FastifyReply>({ type: 'string', contentMediaType })

type Frozen<T> = T extends (infer Item)[] ? readonly Frozen<Item>[] : T extends object ? { readonly [Key in keyof T]: Frozen<T[Key]> } : T
type Sent<R extends Replies> = {
  [Status in keyof R]: R[Status] extends TSchema
    ? Static<R[Status]> extends FastifyReply | Html
      ? Static<R[Status]>
      : Frozen<Static<R[Status]>>
    : never
}[keyof R]

/** An answer that is not the route's first success status, or that carries headers. */
export type Answer = {
  readonly kind: 'answer'
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}
export const answer = (status: number, body?: unknown, headers?: Readonly<Record<string, string>>): Answer => ({
  kind: 'answer',
  status,
  body,
  headers,
})
/** 303: after a form was posted. `path` is inside the application: it gets BASE_PATH here and never comes from the request unchecked. */
export const seeOther = (request: FastifyRequest, path: string): Answer =>
  answer(303, undefined, { location: request.server.shell.basePath + path })

export type RouteInput<P, Q, B> = {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly params: P
  readonly query: Q
  readonly body: B
}

export type SocketInput<P, Q> = Omit<RouteInput<P, Q, undefined>, 'body'> & { readonly socket: LiveSocket }

export type RouteSpec<R extends Replies, P extends TSchema, Q extends TSchema, B extends TSchema> = {
  readonly method: Method
  /** Several paths are aliases: same handler, same limits, same counters. */
  readonly url: string | readonly string[]
  /** `public`, `signed_in` or a permission of the access policy; an unknown word fails at registration. */
  readonly access: string
  readonly summary: string
  readonly tags: readonly string[]
  /** Path and query texts are converted to the schema's types; unknown query parameters are dropped. */
  readonly params?: P
  readonly query?: Q
  /** JSON, never converted; unknown fields are dropped. */
  readonly body?: B
  /** Also accepts `application/x-www-form-urlencoded` (its texts are converted like a query). */
  readonly form?: boolean
  /** One file in a multipart form; the handler takes it with `requireUpload`. Its other fields are the body. */
  readonly upload?: UploadRule
  /** Of a body of rows: the handler refuses each by itself, also for a text or a number that nobody could keep. */
  readonly judgesRows?: boolean
  readonly reply: R
  /** Of the body, where it is larger than elsewhere (1 MiB). */
  readonly bodyLimitBytes?: number
  readonly rate?: RateRule
  readonly keepsSessionAlive?: boolean
  /** For streams: no handler time limit. */
  readonly isStream?: boolean
  /** A stream that stays open while somebody listens: it takes no place of those that are being answered. */
  readonly isEndless?: boolean
  /** Under overload; see `Sheds`. */
  readonly sheds?: Sheds
  /** Takes a WebSocket. `admit` refuses while that can still be said with a problem document; `open` listens before it returns. */
  readonly socket?: SocketPart<Static<P>, Static<Q>>
  /** Of a route that only takes sockets: none. */
  readonly handler?: (input: RouteInput<Static<P>, Static<Q>, Static<B>>) => Promise<Sent<R> | Answer> | Sent<R> | Answer
}

const oneDayMs = 86_400_000
type None = TObject<Record<never, TSchema>>

/** What the shell remembers of each path, for OpenAPI, the site map and 405 answers. */
export type RegisteredRoute = Pick<
  RouteSpec<Replies, TSchema, TSchema, TSchema>,
  | 'method'
  | 'access'
  | 'summary'
  | 'tags'
  | 'params'
  | 'query'
  | 'body'
  | 'form'
  | 'upload'
  | 'reply'
  | 'rate'
  | 'keepsSessionAlive'
  | 'isStream'
  | 'sheds'
> & {
  readonly url: string
  readonly isAlias: boolean
  readonly takesSocket: boolean
}

/** Registers one route. Throws at registration when its access word is missing or unknown to the policy. */
export const route = <const R extends Replies, P extends TSchema = None, Q extends TSchema = None, B extends TSchema = TSchema>(
  app: FastifyInstance,
  spec: RouteSpec<R, P, Q, B>,
): void => {
  const urls = typeof spec.url === 'string' ? [spec.url] : spec.url
  const { policy } = app.shell
  if (!policy.knows(spec.access)) throw new Error(`${spec.method} ${urls[0]}: unknown access word "${String(spec.access)}"`)
  const read = requestReader<Static<P>, Static<Q>, Static<B>>(spec)
  const write = replyWriter(`${spec.method} ${urls[0]}`, spec.reply)
  const isPage = spec.reply[200] === htmlReply || (spec.reply[200] === undefined && spec.reply[303] !== undefined)
  for (const [index, url] of urls.entries()) {
    app.shell.routes.push({ ...spec, url, isAlias: index > 0, takesSocket: spec.socket !== undefined })
    app.route({
      method: spec.method,
      url,
      config: {
        access: spec.access,
        rate: spec.rate,
        keepsSessionAlive: spec.keepsSessionAlive,
        isPage,
        isStream: spec.isStream,
        isEndless: spec.isEndless,
        sheds: spec.sheds,
        upload: spec.upload,
      },
      ...(spec.bodyLimitBytes !== undefined && { bodyLimit: spec.bodyLimitBytes }),
      ...(spec.isStream && { handlerTimeout: oneDayMs, compress: false as const }),
      ...(spec.socket && socketParts(spec.socket, read)),
      handler: async (request, reply) => {
        if (!spec.handler) throw problem('upgrade_required', { headers: { upgrade: 'websocket', connection: 'Upgrade' } })
        return write(reply, await spec.handler({ ...read(request), request, reply }))
      },
    })
  }
}

type SocketPart<P, Q> = {
  readonly admit: (input: Omit<SocketInput<P, Q>, 'socket'>) => void
  readonly open: (input: SocketInput<P, Q>) => void
}

/** What was validated before the upgrade is what the socket's owner gets after it. */
function socketParts<P, Q>(
  { admit, open }: SocketPart<P, Q>,
  read: (request: FastifyRequest) => { readonly params: P; readonly query: Q },
): { readonly preHandler: preHandlerAsyncHookHandler; readonly wsHandler: (socket: LiveSocket, request: FastifyRequest) => void } {
  const inputs = new WeakMap<FastifyRequest, Omit<SocketInput<P, Q>, 'socket'>>()
  return {
    preHandler: async (request, reply) => {
      if (!request.ws) return
      const { params, query } = read(request)
      const input = { params, query, request, reply }
      admit(input)
      inputs.set(request, input)
    },
    wsHandler: (socket, request) => {
      const input = inputs.get(request)
      if (input) open({ ...input, socket })
      else socket.terminate()
    },
  }
}
