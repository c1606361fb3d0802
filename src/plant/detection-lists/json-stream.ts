/** A long list as JSON, written while it is read: memory does not grow with it, and a reader who goes stops the reading. */
import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { type TSchema, Type } from 'typebox'

/** The handler writes it itself; the schema is what the API's documentation says and what tests hold the answers to. */
export const streamedReply = (schema: TSchema) => Type.Unsafe<FastifyReply>(schema as never)

/** `{"data": [all items], …tail}`; the tail is asked for when the items are through. */
export function sendList<Batch>(
  reply: FastifyReply,
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  itemsOf: (batch: Batch) => readonly object[],
  tailOf: (count: number) => object,
): FastifyReply {
  async function* text(): AsyncGenerator<string> {
    let count = 0
    yield '{"data":['
    for await (const batch of batches) {
      const items = itemsOf(batch)
      if (items.length === 0) continue
      yield `${count === 0 ? '' : ','}${JSON.stringify(items).slice(1, -1)}`
      count += items.length
    }
    yield `],${JSON.stringify(tailOf(count)).slice(1)}`
  }
  return reply.type('application/json; charset=utf-8').send(Readable.from(text(), { objectMode: false }))
}
