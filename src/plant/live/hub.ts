/** The listeners of this process, over either transport: who looks at which plant, and what each is told. */
import type { LineMarks, PlantNews, PlantState } from './follower.ts'
import { type EndReason, type Form, Message } from './message.ts'
import { missedSince } from './position.ts'

/** One listener's way out, as the hub needs it. */
export type Outlet = {
  readonly form: Form
  readonly write: (bytes: Buffer) => void
  /** Bytes that the reader has not taken yet. */
  readonly pendingBytes: () => number
  /** With each heartbeat; false: it has shown no sign of life since the last one, where the transport can tell. */
  readonly beat?: () => boolean
  readonly end: (reason: EndReason) => void
}

export type Watcher = {
  readonly tenantId: number
  readonly userId: number
  /** Who counts for the limit: a person, a key or a screen by itself. */
  readonly owner: string
  readonly outlet: Outlet
  /** The position of the last message that the browser had before; null: it comes for the first time. */
  readonly seen: string | null
  /** Null: all. Asked with every message. */
  readonly lineIds: () => readonly number[] | null
  /** Asked again while the stream is open; false ends it, a throw does when it lasts (`longestUnaskedMs`). */
  readonly isStillAllowed: () => Promise<boolean>
  /** Called once, when the stream is over for whatever reason. */
  readonly onEnd: (reason: EndReason) => void
}

export type PlantView = { readonly state: PlantState; readonly marks: LineMarks | null }

/** Nobody listens longer than this after their rights ended. */
const longestUnaskedMs = 60_000
export const maxStreamsPerOwner = 12
export const maxStreams = 1_000
/** A reader that lets this much pile up, or takes nothing between two heartbeats, is gone. */
const maxPendingBytes = 64 * 1024

type Entry = Omit<Watcher, 'seen'> & {
  seen: string | null
  wasPending: boolean
  isOver: boolean
  provenMs: number
  proving: Promise<void> | null
  isDoubted: boolean
}

type HubOptions = { readonly nowMs: () => number; readonly heartbeatMs: number; readonly monotonicMs?: () => number }

export class LiveHub {
  readonly #byTenant = new Map<number, Set<Entry>>()
  readonly #byOwner = new Map<string, number>()
  readonly #nowMs: () => number
  readonly #monotonicMs: () => number
  /** Rights that could not be read for this long count as gone. */
  readonly #unprovenMs: number
  #size = 0
  #isRechecking = false
  /** `monotonicMs` measures how long ago something was: the system's clock may be set meanwhile. */
  constructor({ nowMs, heartbeatMs, monotonicMs = () => performance.now() }: HubOptions) {
    this.#nowMs = nowMs
    this.#monotonicMs = monotonicMs
    this.#unprovenMs = longestUnaskedMs - heartbeatMs
  }

  countOf(owner: string): number {
    return this.#byOwner.get(owner) ?? 0
  }

  watchersOf(tenantId: number): number {
    return this.#byTenant.get(tenantId)?.size ?? 0
  }

  get size(): number {
    return this.#size
  }

  /** Greets the listener and keeps it until `end`, `recheck`, `beat` or the returned function lets it go. */
  add(watcher: Watcher, { state, marks }: PlantView): () => void {
    const entry: Entry = { ...watcher, wasPending: false, isOver: false, provenMs: this.#monotonicMs(), proving: null, isDoubted: false }
    const entries = this.#byTenant.get(entry.tenantId) ?? new Set()
    this.#byTenant.set(entry.tenantId, entries.add(entry))
    this.#byOwner.set(entry.owner, this.countOf(entry.owner) + 1)
    this.#size += 1
    this.#send(entry, new Message({ event: 'status', data: { state, at: this.#at() } }, ownMarks(marks, entry.lineIds())))
    if (marks !== null) this.#catchUp(entry, marks)
    return () => this.#end(entry, 'left')
  }

  /** Tells the watchers of one tenant, and nobody else; who is bound to some lines hears of those only. */
  publish(tenantId: number, news: PlantNews): void {
    const at = this.#at()
    const { marks } = news
    const messages = new Map<string, Message | null>()
    const messageFor = (lineIds: readonly number[] | null): Message | null => {
      const own = ownMarks(marks, lineIds)
      if (news.kind === 'status') return new Message({ event: 'status', data: { state: news.state, at } }, own)
      const told = lineIds === null ? news.lineIds : news.lineIds.filter((lineId) => lineIds.includes(lineId))
      return told.length === 0 ? null : new Message({ event: 'changed', data: { line_ids: told, at } }, own)
    }
    for (const entry of this.#byTenant.get(tenantId) ?? []) {
      // what it missed holds this change, too
      if (entry.seen !== null && marks !== null && news.kind === 'changed') {
        this.#catchUp(entry, marks)
        continue
      }
      const lineIds = entry.lineIds()
      const key = lineIds?.join() ?? 'all'
      const message = messages.has(key) ? (messages.get(key) ?? null) : messageFor(lineIds)
      messages.set(key, message)
      if (message !== null) this.#send(entry, message)
      if (marks !== null) this.#catchUp(entry, marks)
    }
  }

  /** With every heartbeat: keeps proxies from closing the stream, cuts readers that stopped reading, asks again whether each may look. */
  async beat(): Promise<void> {
    const message = new Message({ event: 'beat', data: { at: this.#at() } })
    const monotonicMs = this.#monotonicMs()
    for (const entry of this.#all()) {
      const isStuck = entry.wasPending && entry.outlet.pendingBytes() > 0
      if (isStuck || entry.outlet.beat?.() === false) this.#end(entry, 'slow')
      else if (monotonicMs - entry.provenMs >= this.#unprovenMs) this.#end(entry, 'unproven')
      else this.#send(entry, message)
      entry.wasPending = entry.outlet.pendingBytes() > 0
    }
    // a database that is slow is not asked twice at once
    if (this.#isRechecking) return
    this.#isRechecking = true
    await this.#recheck(this.#all()).finally(() => {
      this.#isRechecking = false
    })
  }

  /** After something that may have ended a session or taken a right away. */
  async recheckUser(userId: number): Promise<void> {
    await this.#recheck(this.#all().filter((entry) => entry.userId === userId))
  }

  /** Everybody is told to come back. */
  close(): void {
    for (const entry of this.#all()) this.#end(entry, 'restart')
  }

  #all(): readonly Entry[] {
    return [...this.#byTenant.values()].flatMap((entries) => [...entries])
  }

  /** What changed while the browser was away, once. */
  #catchUp(entry: Entry, marks: LineMarks): void {
    if (entry.seen === null) return
    const lineIds = entry.lineIds()
    const own = ownMarks(marks, lineIds)
    const missed = missedSince(entry.seen, own)
    entry.seen = null
    // what it saw may name lines that it is no longer bound to
    const told = missed === 'all' ? [] : lineIds === null ? missed : missed.filter((lineId) => lineIds.includes(lineId))
    if (missed === 'all' || told.length > 0)
      this.#send(entry, new Message({ event: 'changed', data: { line_ids: told, at: this.#at() } }, own))
  }

  async #recheck(entries: readonly Entry[]): Promise<void> {
    // One after the other: a thousand streams must not storm the database.
    for (const entry of entries) if (!entry.isOver) await this.#prove(entry)
  }

  /** One at a time for each: asking writes what it learns into the stream's own request. Whoever wants it meanwhile is asked for once more, since what
   *  is being read may be older than what they changed. */
  #prove(entry: Entry): Promise<void> {
    if (entry.proving) {
      entry.isDoubted = true
      return entry.proving
    }
    const ask = async () => {
      do {
        entry.isDoubted = false
        const askedMs = this.#monotonicMs()
        const isAllowed = await entry.isStillAllowed().catch(() => null)
        if (isAllowed === true) entry.provenMs = askedMs
        if (isAllowed === false) this.#end(entry, 'refused')
      } while (entry.isDoubted && !entry.isOver)
    }
    entry.proving = ask().finally(() => {
      entry.proving = null
    })
    return entry.proving
  }

  #send(entry: Entry, message: Message): void {
    if (entry.isOver) return
    entry.outlet.write(message.bytes(entry.outlet.form))
    if (entry.outlet.pendingBytes() > maxPendingBytes) this.#end(entry, 'slow')
  }

  #end(entry: Entry, reason: EndReason): void {
    if (entry.isOver) return
    entry.isOver = true
    const entries = this.#byTenant.get(entry.tenantId)
    entries?.delete(entry)
    if (entries?.size === 0) this.#byTenant.delete(entry.tenantId)
    const left = this.countOf(entry.owner) - 1
    if (left > 0) this.#byOwner.set(entry.owner, left)
    else this.#byOwner.delete(entry.owner)
    this.#size -= 1
    if (reason !== 'left' && reason !== 'slow') entry.outlet.write(new Message({ event: 'bye', data: { reason } }).bytes(entry.outlet.form))
    entry.outlet.end(reason)
    entry.onEnd(reason)
  }

  #at(): string {
    return new Date(this.#nowMs()).toISOString()
  }
}

/** Where a listener is says nothing of lines that it is not bound to. */
function ownMarks<Marks extends LineMarks | null>(marks: Marks, lineIds: readonly number[] | null): Marks | LineMarks {
  if (marks === null || lineIds === null) return marks
  return new Map([...marks].filter(([lineId]) => lineIds.includes(lineId)))
}
