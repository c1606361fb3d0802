/** Messages that were read and not acknowledged yet. Several are open at once, so that one commit may be of many; they are acknowledged in the order in
 *  which they came (MQTT 3.1.1, 4.6), and no more is read while too many are open. */

/** As many as share a commit with gain; and no more memory than that, unless one message alone is larger. */
const most = { open: 64, bytes: 4 * 2 ** 20 } as const

export type Acks = {
  /** `taken` says whether the message may be acknowledged. Resolves when there is room for the next. */
  readonly add: (bytes: number, taken: Promise<boolean>, acknowledge: () => void) => Promise<void>
  /** When nothing is open any more. */
  readonly settled: () => Promise<void>
}

export function createAcks(): Acks {
  let last: Promise<boolean> = Promise.resolve(true)
  let [open, openBytes] = [0, 0]
  let wake: (() => void) | null = null
  const isFull = () => open >= most.open || openBytes >= most.bytes

  return {
    async add(bytes, taken, acknowledge) {
      open += 1
      openBytes += bytes
      const before = last
      last = taken.then(async (isTaken) => {
        // one that stays with the broker keeps those after it there, too
        const isReady = (await before) && isTaken
        if (isReady) acknowledge()
        open -= 1
        openBytes -= bytes
        if (!isFull()) {
          wake?.()
          wake = null
        }
        return isReady
      })
      // read one by one: at most one waits
      if (isFull())
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    },
    async settled() {
      await last
    },
  }
}
