/** A small pool, the same for all engines: waiting has an end, and what broke is thrown away. */
import { DatabaseUnavailableError } from './errors.ts'

export type PoolOptions<R> = {
  readonly size: number
  /** Longest wait for a free resource. */
  readonly waitMs: number
  /** Idle resources are closed after this long. */
  readonly idleMs: number
  /** `onGone` may be called at any time later: the resource broke by itself and must not be lent again. */
  readonly open: (onGone: () => void) => Promise<R>
  readonly close: (resource: R) => void
}

export type Pool<R> = {
  /** Throws `DatabaseUnavailableError` ('busy') after `waitMs`, or what `open` throws. */
  readonly acquire: () => Promise<R>
  /** `isBroken`: do not lend it again. */
  readonly release: (resource: R, isBroken?: boolean) => void
  /** Closes idle resources at once and lent ones when they come back; resolves when all are closed. */
  readonly close: () => Promise<void>
}

type Waiter = { readonly proceed: () => void; readonly refuse: (error: Error) => void; readonly timer: NodeJS.Timeout }
type Idle<R> = { readonly resource: R; readonly timer: NodeJS.Timeout }

export function createPool<R extends object>({ size, waitMs, idleMs, open, close }: PoolOptions<R>): Pool<R> {
  const idle: Idle<R>[] = []
  const waiters: Waiter[] = []
  const gone = new WeakSet<R>()
  let openCount = 0
  let isClosed = false
  const onEmpty: (() => void)[] = []

  const drop = (resource: R) => {
    openCount -= 1
    close(resource)
    settle()
  }
  /** A place or a resource became free: the longest waiter goes on. */
  const settle = () => {
    const waiter = waiters.shift()
    if (waiter) {
      clearTimeout(waiter.timer)
      waiter.proceed()
    }
    if (isClosed && openCount === 0) for (const done of onEmpty.splice(0)) done()
  }
  const takeIdle = (): R | undefined => {
    const entry = idle.pop() // newest first, so that the others can grow old and be closed
    if (entry) clearTimeout(entry.timer)
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
    openCount += 1
    let opened: R | undefined
    try {
      opened = await open(() => {
        if (!opened) return
        gone.add(opened)
        dropIdle(opened)
      })
      return opened
    } catch (error) {
      openCount -= 1
      settle()
      throw error
    }
  }
  const waitForPlace = () =>
    new Promise<void>((proceed, refuse) => {
      const waiter: Waiter = {
        proceed,
        refuse,
        timer: setTimeout(() => {
          waiters.splice(waiters.indexOf(waiter), 1)
          refuse(new DatabaseUnavailableError('busy', `No database connection became free within ${waitMs} ms`))
        }, waitMs),
      }
      waiters.push(waiter)
    })

  return {
    async acquire() {
      for (;;) {
        if (isClosed) throw new DatabaseUnavailableError('lost', 'The database was closed')
        const resource = takeIdle()
        if (resource) return resource
        if (openCount < size) return openOne()
        await waitForPlace()
      }
    },
    release(resource, isBroken = false) {
      if (isBroken || isClosed || gone.has(resource)) return drop(resource)
      const timer = setTimeout(() => dropIdle(resource), idleMs).unref()
      idle.push({ resource, timer })
      settle()
    },
    async close() {
      if (!isClosed) {
        isClosed = true
        for (const waiter of waiters.splice(0)) {
          clearTimeout(waiter.timer)
          waiter.refuse(new DatabaseUnavailableError('lost', 'The database was closed'))
        }
        for (const entry of idle.splice(0)) {
          clearTimeout(entry.timer)
          drop(entry.resource)
        }
      }
      if (openCount > 0) await new Promise<void>((done) => onEmpty.push(done))
    },
  }
}
