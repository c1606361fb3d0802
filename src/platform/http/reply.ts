/** Replies against their schemas: undeclared fields are left out, and a reply that does not fit is our bug, never the client's. */
import type { FastifyReply } from 'fastify'
import type { TSchema } from 'typebox'
import type { Html } from '../ui/html.ts'
import { type JsonSchema, projectionOf } from './projection.ts'
import type { Answer, Replies } from './route.ts'
import { lazyValidator } from './validate.ts'
import { sendWritten, type WrittenReply, writtenReply } from './written.ts'

/** An answer that several requests get, as `answer(200, new SharedReply(value))`: held to its schema, written and compressed once. `value` never changes. */
export class SharedReply {
  readonly value: unknown
  constructor(value: unknown) {
    this.value = value
  }
}

/** A reply that its own route did not declare. */
export class ReplyMismatch extends Error {
  override readonly name = 'ReplyMismatch'
}

// hono's html`` gives a String object marked `isEscaped`.
const isHtml = (value: unknown): value is Html => value instanceof String && 'isEscaped' in value
const isAnswer = (value: unknown): value is Answer =>
  typeof value === 'object' && value !== null && (value as Answer).kind === 'answer' && 'status' in value

/** Sends what a handler returned. Throws `ReplyMismatch` when it does not fit the route's schema for that status. */
export const replyWriter = (name: string, replies: Replies) => {
  const byStatus = new Map(
    Object.entries(replies).map(([status, schema]) => [
      Number(status),
      { validatorOf: lazyValidator(schema as TSchema), project: projectionOf(schema as JsonSchema) },
    ]),
  )
  const firstStatus = Math.min(...byStatus.keys())
  const written = new WeakMap<SharedReply, WrittenReply>()
  const textOf = (status: number, value: unknown): string => {
    const declared = byStatus.get(status)
    if (!declared) throw new ReplyMismatch(`${name}: status ${status} is not declared`)
    const shown = declared.project ? declared.project(value) : value
    const validator = declared.validatorOf()
    if (validator.Check(shown)) return JSON.stringify(shown)
    const faults = validator
      .Errors(shown)
      .slice(0, 5)
      .map((fault) => `${fault.instancePath || '/'} ${fault.message}`)
    throw new ReplyMismatch(`${name}: the reply does not fit its schema: ${faults.join('; ')}`)
  }
  return (reply: FastifyReply, result: unknown): FastifyReply | Promise<FastifyReply> => {
    // `await` turns a returned reply into undefined, and `sent` stays false for a stream whose reader left early.
    if (result === reply || reply.sent || reply.raw.headersSent) return reply
    const status = isAnswer(result) ? result.status : firstStatus
    const value = isAnswer(result) ? result.body : result
    reply.code(status)
    if (isAnswer(result) && result.headers) reply.headers(result.headers)
    if (isHtml(value)) return reply.type('text/html; charset=utf-8').send(String(value))
    if (value === undefined) return reply.send()
    reply.type('application/json; charset=utf-8')
    if (!(value instanceof SharedReply)) return reply.send(textOf(status, value))
    const known = written.get(value) ?? writtenReply(Buffer.from(textOf(status, value.value)))
    written.set(value, known)
    return sendWritten(reply, known)
  }
}
