/** A small pool, the same for all engines: waiting has an end, and what broke is thrown away. */
import { DatabaseUnavailableError } from './errors.ts'

export type PoolOptions<R> = {
  readonly size: number
  /** Longest wait for a free resource. */
  readonly waitMs: number
  /** Idle resources are closed after this long: none is lent that has been silent for longer, so none needs to be tried first. */
  readonly idleMs: number
  /** Older ones are closed when they come back; default: never. */
  readonly maxAgeMs?: number
  /** `onGone` may be called at any time later: the resource broke by itself and must not be lent again. */
  readonly open: (onGone: () => void) => Promise<R>
  readonly close: (resource: R) => void
}

/** Of one pool, now; the last two since it began. */
export type PoolInfo = {
  readonly size: number
  readonly lent: number
  readonly idle: number
  readonly waiting: number
  /** Times that somebody had to wait, and those of them in which waiting was in vain. */
  readonly waits: number
  readonly timeouts: number
}

export type Pool<R> = {
  readonly info: () => PoolInfo
  /** Throws `DatabaseUnavailableError` ('busy') after `waitMs`, or what `open` throws. */
  readonly acquire: () => Promise<R>
  /** `isBroken`: do not lend it again. */
  readonly release: (resource: R, isBroken?: boolean) => void
  /** Closes idle resources at once and lent ones when they come back; resolves when all are closed. */
  readonly close: () => Promise<void>
}

/** Gets a resource, or null: a place to open one. */
type Waiter<R> = { readonly proceed: (resource: R | null) => void; readonly refuse: (error: Error) => void; readonly timer: NodeJS.Timeout }
type Idle<R> = { readonly resource: R; readonly timer: NodeJS.Timeout }

export function createPool<R extends object>({ size, waitMs, idleMs, maxAgeMs, open, close }: PoolOptions<R>): Pool<R> {
  const idle: Idle<R>[] = []
  const waiters: Waiter<R>[] = []
  const gone = new WeakSet<R>()
  const openedMs = new WeakMap<R, number>()
  const counts = { waits: 0, timeouts: 0 }
  /** Open ones and those being opened. */
  let placesTaken = 0
  let isClosed = false
  const onEmpty: (() => void)[] = []

  const nextWaiter = (): Waiter<R> | undefined => {
    const waiter = waiters.shift()
    clearTimeout(waiter?.timer)
    return waiter
  }
  /** The longest waiter gets the place before anybody who comes now: otherwise one that returns and asks again would starve it. */
  const freePlace = () => {
    const waiter = nextWaiter()
    if (waiter) return waiter.proceed(null)
    placesTaken -= 1
    if (isClosed && placesTaken === 0) for (const done of onEmpty.splice(0)) done()
  }
  const drop = (resource: R) => {
    close(resource)
    freePlace()
  }
  const takeIdle = (): R | undefined => {
    const entry = idle.pop() // newest first, so that the others can grow old and be closed
    clearTimeout(entry?.timer)
    return entry?.resource
  }
  const dropIdle = (resource: R) => {
    const at = idle.findIndex((entry) => entry.resource === resource)
    if (at < 0) return
    clearTimeout(idle[at]?.timer)
    idle.splice(at, 1)
    drop(resource)
  }
  const openOne = async (): Promise<R> => {
    let opened: R | undefined
    try {
      opened = await open(() => {
        if (!opened) return
        gone.add(opened)
        dropIdle(opened)
      })
      if (maxAgeMs !== undefined) openedMs.set(opened, performance.now())
      return opened
    } catch (error) {
      freePlace()
      throw error
    }
  }
  const wait = () =>
    new Promise<R | null>((proceed, refuse) => {
      const waiter: Waiter<R> = {
        proceed,
        refuse,
        timer: setTimeout(() => {
          counts.timeouts += 1
          waiters.splice(waiters.indexOf(waiter), 1)
          refuse(new DatabaseUnavailableError('busy', `No database connection became free within ${waitMs} ms`))
        }, waitMs),
      }
      counts.waits += 1
      waiters.push(waiter)
    })
  const isOld = (resource: R): boolean => maxAgeMs !== undefined && performance.now() - (openedMs.get(resource) ?? 0) > maxAgeMs

  return {
    info: () => ({ size, lent: placesTaken - idle.length, idle: idle.length, waiting: waiters.length, ...counts }),
    async acquire() {
      if (isClosed) throw closedError()
      const resource = takeIdle()
      if (resource) return resource
      if (placesTaken < size) {
        placesTaken += 1
        return openOne()
      }
      return (await wait()) ?? openOne()
    },
    release(resource, isBroken = false) {
      if (isBroken || isClosed || gone.has(resource) || isOld(resource)) return drop(resource)
      const waiter = nextWaiter()
      if (waiter) return waiter.proceed(resource)
      idle.push({ resource, timer: setTimeout(() => dropIdle(resource), idleMs).unref() })
    },
    async close() {
      if (!isClosed) {
        isClosed = true
        for (let waiter = nextWaiter(); waiter; waiter = nextWaiter()) waiter.refuse(closedError())
        for (let resource = takeIdle(); resource; resource = takeIdle()) drop(resource)
      }
      if (placesTaken > 0) await new Promise<void>((done) => onEmpty.push(done))
    },
  }
}

const closedError = () => new DatabaseUnavailableError('lost', 'The database was closed')
