/** The live stream of a company, as its pages hear it. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { Client } from '../harness/client.ts'

export type Listener = {
  /** Resolves once a status of this state came after the last one that was waited for. */
  readonly status: (state: 'live' | 'offline') => Promise<void>
}

export async function listen(client: Client, slug: string, t: TestContext): Promise<Listener> {
  const stop = new AbortController()
  t.after(() => stop.abort())
  const response = await client.fetch(`/t/${slug}/events`, { headers: { accept: 'text/event-stream' }, signal: stop.signal })
  assert.equal(response.status, 200)
  const states: string[] = []
  let [text, wake, last, hasEnded] = ['', () => {}, '', false]
  const read = async () => {
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString()
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      last = blocks.at(-1) ?? last
      for (const block of blocks) states.push(...(/^event: status[\s\S]*"state":"(\w+)"/m.exec(block)?.slice(1) ?? []))
      wake()
    }
  }
  void read()
    .catch(() => {})
    .finally(() => {
      hasEnded = true
      wake()
    })
  return {
    async status(state) {
      const late = AbortSignal.timeout(60_000)
      while (!states.splice(0, states.indexOf(state) + 1).includes(state)) {
        assert.ok(!hasEnded, `the stream ended before it said ${state}; last: ${last}`)
        await new Promise<void>((resolve, reject) => {
          wake = resolve
          late.addEventListener('abort', () => reject(new Error(`the stream never said ${state}; last: ${last}`)), { once: true })
        })
      }
    },
  }
}
