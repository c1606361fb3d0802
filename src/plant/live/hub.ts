/** The open event streams of this process: who looks at which plant, and what each is told. */
import type { PlantNews, PlantState } from './follower.ts'

/** One browser's stream, as the hub needs it. */
export type Outlet = {
  readonly write: (text: string) => void
  /** Bytes that the reader has not taken yet. */
  readonly pendingBytes: () => number
  readonly end: () => void
}

export type Watcher = {
  readonly tenantId: number
  readonly userId: number
  readonly outlet: Outlet
  /** Asked again while the stream is open; false or a throw ends it. */
  readonly isStillAllowed: () => Promise<boolean>
  /** Called once, when the stream is over for whatever reason. */
  readonly onEnd: () => void
}

export const heartbeatMs = 15_000
/** Browsers wait this long before they come back. */
const retryMs = 3_000
export const maxStreamsPerUser = 12
export const maxStreams = 1_000
/** A reader that lets this much pile up, or takes nothing between two heartbeats, is gone. */
const maxPendingBytes = 64 * 1024

export const eventText = (event: string, data: unknown): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`

type Entry = Watcher & { wasPending: boolean; isOver: boolean }

export class LiveHub {
  readonly #entries = new Set<Entry>()
  readonly #nowMs: () => number
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  countOf(userId: number): number {
    let count = 0
    for (const entry of this.#entries) if (entry.userId === userId) count += 1
    return count
  }

  watchersOf(tenantId: number): number {
    let count = 0
    for (const entry of this.#entries) if (entry.tenantId === tenantId) count += 1
    return count
  }

  get size(): number {
    return this.#entries.size
  }

  /** Greets the browser and keeps it until `end`, `recheck`, `beat` or the returned function lets it go. */
  add(watcher: Watcher, state: PlantState): () => void {
    const entry: Entry = { ...watcher, wasPending: false, isOver: false }
    this.#entries.add(entry)
    this.#send(entry, `retry: ${retryMs}\n\n${eventText('status', { state, at: this.#at() })}`)
    return () => this.#end(entry)
  }

  /** Tells the watchers of one tenant, and nobody else. */
  publish(tenantId: number, news: PlantNews): void {
    const text =
      news.kind === 'changed'
        ? eventText('changed', { line_ids: news.lineIds, at: this.#at() })
        : eventText('status', { state: news.state, at: this.#at() })
    for (const entry of this.#entries) if (entry.tenantId === tenantId) this.#send(entry, text)
  }

  /** Every `heartbeatMs`: keeps proxies from closing the stream, cuts readers that stopped reading, asks again whether each may look. */
  async beat(): Promise<void> {
    for (const entry of this.#entries) {
      if (entry.wasPending && entry.outlet.pendingBytes() > 0) this.#end(entry)
      else this.#send(entry, ': \n\n')
      entry.wasPending = entry.outlet.pendingBytes() > 0
    }
    await this.#recheck([...this.#entries])
  }

  /** After something that may have ended a session or taken a right away. */
  async recheckUser(userId: number): Promise<void> {
    await this.#recheck([...this.#entries].filter((entry) => entry.userId === userId))
  }

  close(): void {
    for (const entry of this.#entries) this.#end(entry)
  }

  async #recheck(entries: readonly Entry[]): Promise<void> {
    // One after the other: a thousand streams must not storm the database.
    for (const entry of entries) {
      if (entry.isOver) continue
      const isAllowed = await entry.isStillAllowed().catch(() => false)
      if (!isAllowed) this.#end(entry)
    }
  }

  #send(entry: Entry, text: string): void {
    if (entry.isOver) return
    entry.outlet.write(text)
    if (entry.outlet.pendingBytes() > maxPendingBytes) this.#end(entry)
  }

  #end(entry: Entry): void {
    if (entry.isOver) return
    entry.isOver = true
    this.#entries.delete(entry)
    entry.outlet.end()
    entry.onEnd()
  }

  #at(): string {
    return new Date(this.#nowMs()).toISOString()
  }
}
