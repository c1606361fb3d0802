/** What tells two sets of rows apart, whatever their order: how many there are, and a sum over the hash of each. */
import { hash } from 'node:crypto'

export type Digest = { readonly rows: number; readonly sum: string }

export type RowSum = { readonly add: (line: string) => void; readonly end: () => Digest }

/** Four sums of 32 bits each: a row more, less, twice or changed gives another one. */
export function rowSum(): RowSum {
  const lanes = new Uint32Array(4)
  let rows = 0
  return {
    add(line) {
      const digest = hash('sha256', line, 'buffer')
      for (let lane = 0; lane < 4; lane += 1) lanes[lane] = ((lanes[lane] as number) + digest.readUInt32LE(lane * 4)) >>> 0
      rows += 1
    },
    end: () => ({ rows, sum: [...lanes].map((lane) => lane.toString(16).padStart(8, '0')).join('') }),
  }
}

export const isSameDigest = (a: Digest, b: Digest): boolean => a.rows === b.rows && a.sum === b.sum
