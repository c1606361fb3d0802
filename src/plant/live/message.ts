/** What listeners are told, in the two forms in which they are told it. */
import type { LineMarks, PlantState } from './follower.ts'
import { positionOf } from './position.ts'

export type LiveEvent =
  | { readonly event: 'status'; readonly data: { readonly state: PlantState; readonly at: string } }
  /** No lines: any of them. */
  | { readonly event: 'changed'; readonly data: { readonly line_ids: readonly number[]; readonly at: string } }
  | { readonly event: 'beat'; readonly data: { readonly at: string } }
  /** The last one: `restart` is a reason to come back. */
  | { readonly event: 'bye'; readonly data: { readonly reason: EndReason } }

/** Of a stream, as people who run the platform count them too. */
export type EndReason = 'restart' | 'refused' | 'unproven' | 'slow' | 'left'

export type Form = 'stream' | 'socket'

/** Written once for all who hear it: what a message costs does not grow with its listeners but for the sending. */
export class Message {
  readonly event: LiveEvent
  readonly #id: string | null
  readonly #written: { stream?: Buffer; socket?: Buffer } = {}
  constructor(event: LiveEvent, marks: LineMarks | null = null) {
    this.event = event
    this.#id = marks === null ? null : positionOf(marks)
  }

  bytes(form: Form): Buffer {
    const known = this.#written[form]
    if (known) return known
    const bytes = Buffer.from(form === 'stream' ? this.#streamText() : this.#socketText())
    this.#written[form] = bytes
    return bytes
  }

  #streamText(): string {
    const { event, data } = this.event
    return `${this.#id === null ? '' : `id: ${this.#id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
  }

  #socketText(): string {
    const { event, data } = this.event
    return JSON.stringify({ event, ...(this.#id !== null && { id: this.#id }), data })
  }
}
