/** Rows of numbers as columns: what a decoder fills and a reader is handed, some thousand rows at a time. */
import type { OnNumbers } from '../connection.ts'

const capacity = 4_096
const daySeconds = 86_400

export class NumberColumns {
  readonly columns: readonly Float64Array[]
  readonly #onNumbers: OnNumbers
  /** The row that is being filled. */
  at = 0
  rowCount = 0

  constructor(width: number, onNumbers: OnNumbers) {
    this.columns = Array.from({ length: width }, () => new Float64Array(capacity))
    this.#onNumbers = onNumbers
  }

  /** The row is complete. */
  next(): void {
    this.at++
    if (this.at === capacity) this.flush()
  }

  flush(): void {
    if (this.at === 0) return
    const { at, columns } = this
    this.at = 0
    this.rowCount += at
    this.#onNumbers(columns, at)
  }
}

/** Midnights by date: neighbours share theirs. Seconds of a naive time since 1970-01-01 00:00 of its own clock. */
export function midnights(): (year: number, month: number, day: number) => number {
  let [lastKey, lastS] = [-1, 0]
  return (year, month, day) => {
    const key = (year * 16 + month) * 32 + day
    if (key !== lastKey) {
      // `Date.UTC` reads years below 100 as those of the last century
      lastS = (new Date(0).setUTCFullYear(year, month - 1, day) / 1000 / daySeconds) * daySeconds
      lastKey = key
    }
    return lastS
  }
}

/** `YYYY-MM-DD HH:MM:SS…` as seconds, any other text as the number it says. */
export function textReader(): (text: string) => number {
  const midnight = midnights()
  const two = (text: string, at: number): number => (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48
  return (text) => {
    if (text.length < 19 || text.charCodeAt(4) !== 45) return Number(text)
    const midnightS = midnight(two(text, 0) * 100 + two(text, 2), two(text, 5), two(text, 8))
    return midnightS + two(text, 11) * 3_600 + two(text, 14) * 60 + two(text, 17)
  }
}
