/** What each worker process does by itself every so often, beside the queue: a long job does not delay it. Nothing of it is stored. */

export type Routine = {
  readonly name: string
  readonly everyMs: number
  /** May run in several processes at once. `signal` aborts when the process is about to end. */
  readonly run: (signal: AbortSignal) => Promise<void>
  /** When the process ends, after its last run. */
  readonly end?: () => Promise<void>
}

export type Routines = {
  readonly start: () => void
  /** Waits for what is running. */
  readonly stop: () => Promise<void>
  /** Each once, now. Throws what the first failing one throws. */
  readonly runAll: () => Promise<void>
}

type Log = { readonly error: (fields: object, message: string) => void }

export function createRoutines({ log }: { readonly log: Log }, routines: readonly Routine[]): Routines {
  const stopping = new AbortController()
  let loops: Promise<unknown> | null = null

  const repeat = async ({ name, everyMs, run, end }: Routine): Promise<void> => {
    let hasFailed = false
    while (!stopping.signal.aborted) {
      try {
        await run(stopping.signal)
        hasFailed = false
      } catch (error) {
        // Once per outage.
        if (!hasFailed) log.error({ event: 'routine_failed', routine: name, err: error }, 'a routine failed, it goes on')
        hasFailed = true
      }
      await pause(everyMs, stopping.signal)
    }
    await end?.().catch(() => {}) // the process ends anyway; others see that it went silent
  }

  return {
    start() {
      loops ??= Promise.all(routines.map(repeat))
    },
    async stop() {
      stopping.abort()
      await loops
    },
    async runAll() {
      for (const { run } of routines) await run(stopping.signal)
    },
  }
}

/** Sleeps; wakes at once when the signal aborts. True when the time is over, false when the signal came first. */
export const pause = (ms: number, signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve(false)
    if (ms <= 0) return resolve(true)
    const stop = () => {
      clearTimeout(timer)
      resolve(false)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve(true)
    }, ms)
    signal.addEventListener('abort', stop, { once: true })
  })
