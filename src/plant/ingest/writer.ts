/** One writer per line: whatever comes while it writes is written together next, so that many small batches share one wait for the disk. */
import type { Part, PartOutcome } from './part.ts'

/** Parts whose plants have the same database open are written together. */
type OpenedPlant = { readonly db: { readonly kysely: unknown } }

export type WriterDeps<Plant extends OpenedPlant> = {
  /** Parts of one line and plant, at most one of each batch; outcomes in their order. */
  readonly write: (plant: Plant, parts: readonly Part[]) => Promise<PartOutcome[]>
  /** Rows that may wait in all, of one company, and for one line. */
  readonly mostWaiting?: number
  readonly mostWaitingOfTenant?: number
  readonly mostWaitingOfLine?: number
}

export type Writer<Plant extends OpenedPlant> = {
  /** An outcome for each part, in their order. Null = too much waits already, nothing of it was taken. */
  readonly add: (tenantId: number, plant: Plant, parts: readonly Part[]) => readonly Promise<PartOutcome>[] | null
  readonly waitingRows: () => number
  /** Waits until nothing is waiting any more. */
  readonly drain: () => Promise<void>
}

/** One transaction: long enough to be worth its wait for the disk, short enough to hold no lock that anybody notices. */
const mostInGroup = 10_000
/** Batches of one company that are waited for: each is a request held open, and the places for those are everybody's. */
const mostPartsOfTenant = 400
/** Lines of one company that write at once: its other connections are for those who look. */
const writersPerTenant = 2

type Waiting<Plant> = {
  readonly plant: Plant
  readonly part: Part
  readonly resolve: (outcome: PartOutcome) => void
  readonly reject: (error: unknown) => void
}
type Queue<Plant> = {
  readonly key: string
  readonly tenantId: number
  readonly waiting: Waiting<Plant>[]
  /** Those being written count too. */
  rows: number
  parts: number
  isWriting: boolean
}

export function createWriter<Plant extends OpenedPlant>({
  write,
  mostWaiting = 60_000,
  mostWaitingOfTenant = Math.ceil((2 * mostWaiting) / 3),
  mostWaitingOfLine = 30_000,
}: WriterDeps<Plant>): Writer<Plant> {
  const queues = new Map<string, Queue<Plant>>()
  const writing = new Map<number, number>()
  let rowsInAll = 0
  const onIdle: (() => void)[] = []

  const start = (tenantId: number): void => {
    for (const queue of queues.values()) {
      if ((writing.get(tenantId) ?? 0) >= writersPerTenant) return
      if (queue.tenantId === tenantId && !queue.isWriting && queue.waiting.length > 0) void writeNext(queue)
    }
  }

  const writeNext = async (queue: Queue<Plant>): Promise<void> => {
    const { tenantId } = queue
    queue.isWriting = true
    writing.set(tenantId, (writing.get(tenantId) ?? 0) + 1)
    const group = takeGroup(queue.waiting)
    const [first] = group
    try {
      if (first) {
        const outcomes = await write(
          first.plant,
          group.map(({ part }) => part),
        )
        for (const [at, { resolve, reject }] of group.entries()) {
          const outcome = outcomes[at]
          if (outcome) resolve(outcome)
          else reject(new Error('a part of a batch was left without an outcome'))
        }
      }
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
    const rows = group.reduce((sum, { part }) => sum + part.rows.length, 0)
    queue.rows -= rows
    queue.parts -= group.length
    rowsInAll -= rows
    queue.isWriting = false
    const left = (writing.get(tenantId) ?? 1) - 1
    if (left === 0) writing.delete(tenantId)
    else writing.set(tenantId, left)
    queues.delete(queue.key)
    // Behind the company's other lines.
    if (queue.waiting.length > 0) queues.set(queue.key, queue)
    start(tenantId)
    if (queues.size === 0) for (const done of onIdle.splice(0)) done()
  }

  const queueOf = (tenantId: number, { line }: Part): Queue<Plant> => {
    const key = `${tenantId}/${line.lineId}`
    return queues.get(key) ?? { key, tenantId, waiting: [], rows: 0, parts: 0, isWriting: false }
  }
  const ofTenant = (tenantId: number) => {
    const sum = { rows: 0, parts: 0 }
    for (const queue of queues.values()) {
      if (queue.tenantId !== tenantId) continue
      sum.rows += queue.rows
      sum.parts += queue.parts
    }
    return sum
  }
  /** Whatever its size, a batch for which nothing waits is taken. A company whose database stands still leaves room to the others. */
  const hasRoom = (tenantId: number, parts: readonly Part[]): boolean => {
    const added = parts.reduce((sum, { rows }) => sum + rows.length, 0)
    const own = ofTenant(tenantId)
    return (
      rowsInAll === 0 ||
      (rowsInAll + added <= mostWaiting &&
        (own.rows === 0 || own.rows + added <= mostWaitingOfTenant) &&
        own.parts < mostPartsOfTenant &&
        parts.every((part) => {
          const { rows } = queueOf(tenantId, part)
          return rows === 0 || rows + part.rows.length <= mostWaitingOfLine
        }))
    )
  }

  return {
    add(tenantId, plant, parts) {
      if (!hasRoom(tenantId, parts)) return null
      const outcomes = parts.map((part) => {
        const queue = queueOf(tenantId, part)
        queues.set(queue.key, queue)
        queue.rows += part.rows.length
        queue.parts += 1
        rowsInAll += part.rows.length
        return new Promise<PartOutcome>((resolve, reject) => void queue.waiting.push({ plant, part, resolve, reject }))
      })
      // After this turn of the event loop: requests that arrived together are written together.
      setImmediate(start, tenantId)
      return outcomes
    },
    waitingRows: () => rowsInAll,
    drain: () => (queues.size === 0 ? Promise.resolve() : new Promise((done) => void onIdle.push(done))),
  }
}

/** From the front: of one plant and table, each batch once (the second of two equal ones finds the first one written). */
function takeGroup<Plant extends OpenedPlant>(waiting: Waiting<Plant>[]): Waiting<Plant>[] {
  const group: Waiting<Plant>[] = []
  const batches = new Set<string>()
  let rows = 0
  for (const next of waiting) {
    const [first] = group
    if (first && (next.plant.db.kysely !== first.plant.db.kysely || next.part.table !== first.part.table)) break
    if (first && rows + next.part.rows.length > mostInGroup) break
    if (next.part.key !== null && batches.has(next.part.key.hash)) break
    if (next.part.key !== null) batches.add(next.part.key.hash)
    group.push(next)
    rows += next.part.rows.length
  }
  waiting.splice(0, group.length)
  return group
}
