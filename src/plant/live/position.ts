/** Where a listener is: a short text made of the marks alone. Every process makes the same one of the same plant, so that a browser that comes back,
 *  also to another process or after a restart, learns what it missed without anybody having kept it. Pure. */
import type { LineMarks } from './follower.ts'

/** A plant of more lines gets one mark for all: its text must fit a header. */
const maxLines = 60
export const maxPositionLength = 1_000

/** FNV-1a: marks differ by counting on, and two in four thousand million would be taken for one another. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return (hash >>> 0).toString(36)
}

export function positionOf(marks: LineMarks): string {
  const lines = [...marks].sort(([one], [other]) => one - other)
  if (lines.length > maxLines) return `all.${hashOf(lines.map(([lineId, mark]) => `${lineId}:${mark}`).join())}`
  return `lines.${lines.map(([lineId, mark]) => `${lineId}-${hashOf(mark)}`).join('.')}`
}

/** Lines that changed since `seen`; `all` when that cannot be told, such as of a text that is not ours. */
export function missedSince(seen: string, marks: LineMarks): readonly number[] | 'all' {
  const now = positionOf(marks)
  if (seen === now) return []
  const [before, after] = [linesOf(seen), linesOf(now)]
  if (before === null || after === null) return 'all'
  const ids = new Set([...before.keys(), ...after.keys()])
  return [...ids].filter((lineId) => before.get(lineId) !== after.get(lineId)).sort((one, other) => one - other)
}

function linesOf(position: string): ReadonlyMap<number, string> | null {
  const [kind, ...lines] = position.split('.')
  if (kind !== 'lines' || position.length > maxPositionLength) return null
  const found = new Map<number, string>()
  for (const line of lines.filter((text) => text !== '')) {
    const [, lineId, hash] = /^(\d{1,10})-([0-9a-z]{1,7})$/.exec(line) ?? []
    if (lineId === undefined || hash === undefined) return null
    found.set(Number(lineId), hash)
  }
  return found
}
