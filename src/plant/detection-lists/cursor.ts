/** Where a list goes on: the last row that was given, as opaque text. It holds no rows and no rights: with other filters it is only a place in time. */
import { Buffer } from 'node:buffer'

export const orders = ['asc', 'desc'] as const
/** By time, then id, then line. */
export type Order = (typeof orders)[number]

export type Position = { readonly epochS: number; readonly id: number; readonly lineId: number }

export const mostCursorLength = 100

export const cursorOf = ({ epochS, id, lineId }: Position, order: Order): string =>
  Buffer.from(`${order}.${epochS}.${id}.${lineId}`).toString('base64url')

/** Null when it is not one of ours. */
export function readCursor(text: string): { readonly position: Position; readonly order: Order } | null {
  const match = /^(asc|desc)\.(-?\d{1,12})\.(\d{1,16})\.(\d{1,10})$/.exec(Buffer.from(text, 'base64url').toString('latin1'))
  if (!match) return null
  const [order, epochS, id, lineId] = [match[1] as Order, ...match.slice(2).map(Number)] as [Order, number, number, number]
  return Number.isSafeInteger(id) ? { order, position: { epochS, id, lineId } } : null
}

/** Negative when `a` comes first. */
export const compare = (a: Position, b: Position): number => a.epochS - b.epochS || a.id - b.id || a.lineId - b.lineId
