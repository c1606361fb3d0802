/** Days taken together, 32 by 32: what was worked out from a block of stored days is kept until one of them changes, so a year is a dozen blocks. */
import type { CoarseDay, Memory } from '../history/index.ts'
import type { Days } from './days.ts'

export type DayBlock = {
  /** Days with rows, in order. */
  readonly days: readonly number[]
  /** Null when some day of the block is not stored yet, or not over. */
  readonly stamp: string | null
  readonly number: number
}

/** Blocks that hold `days[from]` to `days[to - 1]`, whole, in order. Of a block that is not over the stored days come first and the others
 *  each apart, after them; one that is written into in the middle gives no stored ones. */
export function blocksOf({ days, storedOf }: Pick<Days, 'days' | 'storedOf'>, from: number, to: number): DayBlock[] {
  const blocks: DayBlock[] = []
  let at = from
  while (at > 0 && at < to && blockOf(days[at - 1] as number) === blockOf(days[at] as number)) at--
  while (at < to) {
    const number = blockOf(days[at] as number)
    let [end, stored] = [at, at]
    let [rows, ids, revision] = [0, 0, 0]
    let isWhole = true
    for (; end < days.length && blockOf(days[end] as number) === number; end++) {
      const entry = storedOf(days[end] as number)
      if (!entry || stored < end) {
        isWhole = isWhole && !entry
        continue
      }
      stored = end + 1
      rows += entry.rowCount
      ids += entry.minId + entry.maxId
      revision = Math.max(revision, entry.revision)
    }
    if (stored > at && isWhole) blocks.push({ days: days.slice(at, stored), stamp: `${stored - at} ${revision} ${rows} ${ids}`, number })
    else stored = at
    if (stored < end) blocks.push({ days: days.slice(stored, end), stamp: null, number })
    at = end
  }
  return blocks
}

const blockOf = (day: number): number => day >> 5

/** `make` of the block's days, kept under `name` while they stay as they are. */
export async function ofBlock<Value>(
  days: Pick<Days, 'coarse'>,
  { days: own, stamp, number }: DayBlock,
  memory: Memory | null,
  name: string,
  make: (days: readonly CoarseDay[]) => Value | Promise<Value>,
  bytesOf: (value: Value) => number,
): Promise<Value> {
  const key = `${name} ${number}`
  if (!memory || stamp === null) return make(await days.coarse(own))
  const known = memory.get<Value>(key, stamp)
  if (known !== undefined) return known
  const made = await make(await days.coarse(own))
  memory.set(key, stamp, made, bytesOf(made))
  return made
}
