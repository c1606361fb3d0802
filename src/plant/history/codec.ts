/** Day summaries as bytes: whole numbers in as few bytes as they need, a version in front and a checksum behind. A blob of another version, or a damaged
 *  one, is refused, and its day is read again from the rows. Purged days have none: they would be lost. */
import { crc32 } from 'node:zlib'
import type { Bursts } from './bursts.ts'
import { type CoarseDay, type FineDay, minuteSlotS, type Pairs, quarterS, type SlotCounts } from './day.ts'

/** Part of the fold's signature: raised when the fold or this layout changes. Whoever raises it keeps a reader of the former version: of purged days
 *  (archived months) these bytes are all that is left. */
export const codecVersion = 2

export class BlobBrokenError extends Error {
  constructor() {
    super('a day summary is damaged or of another version')
    this.name = 'BlobBrokenError'
  }
}

class Writer {
  #bytes = Buffer.allocUnsafe(4_096)
  #at = 0

  /** 0 … 2^53 − 1. */
  whole(value: number): void {
    if (this.#at + 8 > this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes], this.#bytes.length * 2)
    let rest = value
    while (rest >= 128) {
      this.#bytes[this.#at++] = (rest % 128) + 128
      rest = Math.floor(rest / 128)
    }
    this.#bytes[this.#at++] = rest
  }

  /** Small negative numbers stay small. */
  signed(value: number): void {
    this.whole(value >= 0 ? value * 2 : -value * 2 - 1)
  }

  sealed(): Buffer {
    const body = this.#bytes.subarray(0, this.#at)
    const bytes = Buffer.allocUnsafe(this.#at + 4)
    body.copy(bytes)
    bytes.writeUInt32LE(crc32(body), this.#at)
    return bytes
  }
}

class Reader {
  readonly #bytes: Uint8Array
  readonly #end: number
  #at = 0

  constructor(sealed: Uint8Array) {
    const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength)
    this.#end = bytes.length - 4
    this.#bytes = bytes
    if (this.#end < 1 || bytes.readUInt32LE(this.#end) !== crc32(bytes.subarray(0, this.#end))) throw new BlobBrokenError()
  }

  whole(): number {
    let value = 0
    let scale = 1
    for (;;) {
      if (this.#at >= this.#end) throw new BlobBrokenError()
      const byte = this.#bytes[this.#at++] as number
      if (byte < 128) return value + byte * scale
      value += (byte - 128) * scale
      scale *= 128
    }
  }

  signed(): number {
    const value = this.whole()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }
}

function writeSlots(writer: Writer, { pairs, slot, pair, count, firstS, lastS }: SlotCounts): void {
  writer.whole(pairs.areaId.length)
  for (let i = 0; i < pairs.areaId.length; i++) {
    writer.signed(pairs.areaId[i] as number)
    writer.signed(pairs.productId[i] as number)
  }
  writer.whole(slot.length)
  let previous = 0
  for (let i = 0; i < slot.length; i++) {
    writer.whole((slot[i] as number) - previous)
    previous = slot[i] as number
    writer.whole(pair[i] as number)
    writer.whole(count[i] as number)
    writer.whole(firstS[i] as number)
    // one row stands where it stands
    if (count[i] !== 1) writer.whole((lastS[i] as number) - (firstS[i] as number))
  }
}

function readSlots(reader: Reader, slotS: number): SlotCounts {
  const pairCount = reader.whole()
  const pairs: { areaId: number[]; productId: number[] } = { areaId: [], productId: [] }
  for (let i = 0; i < pairCount; i++) {
    pairs.areaId.push(reader.signed())
    pairs.productId.push(reader.signed())
  }
  const length = reader.whole()
  const slots = {
    slotS,
    pairs: pairs as Pairs,
    slot: new Uint16Array(length),
    pair: new Uint16Array(length),
    count: new Uint32Array(length),
    firstS: new Uint16Array(length),
    lastS: new Uint16Array(length),
  }
  let at = 0
  for (let i = 0; i < length; i++) {
    at += reader.whole()
    slots.slot[i] = at
    slots.pair[i] = reader.whole()
    const count = reader.whole()
    const firstS = reader.whole()
    slots.count[i] = count
    slots.firstS[i] = firstS
    slots.lastS[i] = count === 1 ? firstS : firstS + reader.whole()
  }
  return slots
}

function writeBursts(writer: Writer, { fromS, toS, isMany }: Bursts): void {
  writer.whole(fromS.length)
  let previous = 0
  for (let i = 0; i < fromS.length; i++) {
    const lengthS = (toS[i] as number) - (fromS[i] as number)
    writer.whole((fromS[i] as number) - previous)
    // 0 = one row; else 1 + length: several rows may share one second
    writer.whole(isMany[i] ? lengthS + 1 : 0)
    previous = toS[i] as number
  }
}

function readBursts(reader: Reader): Bursts {
  const length = reader.whole()
  const bursts = { fromS: new Int32Array(length), toS: new Int32Array(length), isMany: new Uint8Array(length) }
  let previous = 0
  for (let i = 0; i < length; i++) {
    const fromS = previous + reader.whole()
    const rest = reader.whole()
    bursts.fromS[i] = fromS
    previous = rest === 0 ? fromS : fromS + rest - 1
    bursts.toS[i] = previous
    bursts.isMany[i] = rest > 0 ? 1 : 0
  }
  return bursts
}

export function encodeCoarse(coarse: CoarseDay): Buffer {
  const writer = new Writer()
  writer.whole(codecVersion)
  writer.signed(coarse.day)
  writer.whole(coarse.rowCount)
  writer.signed(coarse.minId)
  writer.whole(coarse.maxId - coarse.minId)
  for (const sum of [coarse.sums.id, coarse.sums.area, coarse.sums.product, coarse.sums.second]) writer.whole(sum)
  writer.whole(coarse.isOdd ? 1 : 0)
  writeSlots(writer, coarse)
  for (let i = 0; i < coarse.pairFirstS.length; i++) {
    writer.whole(coarse.pairFirstS[i] as number)
    writer.whole((coarse.pairLastS[i] as number) - (coarse.pairFirstS[i] as number))
  }
  writer.whole(coarse.idSlot.length)
  let [slot, id] = [0, coarse.minId]
  for (let i = 0; i < coarse.idSlot.length; i++) {
    writer.whole((coarse.idSlot[i] as number) - slot)
    slot = coarse.idSlot[i] as number
    writer.signed((coarse.idFrom[i] as number) - id)
    writer.whole((coarse.idTo[i] as number) - (coarse.idFrom[i] as number))
    id = coarse.idTo[i] as number
  }
  writeBursts(writer, coarse.all)
  // with one area its bursts are those of all
  const areas = coarse.byArea.size === 1 ? [] : [...coarse.byArea]
  writer.whole(areas.length)
  for (const [areaId, bursts] of areas) {
    writer.signed(areaId)
    writeBursts(writer, bursts)
  }
  return writer.sealed()
}

/** Throws BlobBrokenError. */
export function decodeCoarse(bytes: Uint8Array): CoarseDay {
  const reader = new Reader(bytes)
  if (reader.whole() !== codecVersion) throw new BlobBrokenError()
  const day = reader.signed()
  const rowCount = reader.whole()
  const minId = reader.signed()
  const maxId = minId + reader.whole()
  const sums = { id: reader.whole(), area: reader.whole(), product: reader.whole(), second: reader.whole() }
  const isOdd = reader.whole() === 1
  const slots = readSlots(reader, quarterS)
  const [pairFirstS, pairLastS]: [number[], number[]] = [[], []]
  for (let i = 0; i < slots.pairs.areaId.length; i++) {
    const firstS = reader.whole()
    pairFirstS.push(firstS)
    pairLastS.push(firstS + reader.whole())
  }
  const idCount = reader.whole()
  const ids = { idSlot: new Uint16Array(idCount), idFrom: new Float64Array(idCount), idTo: new Float64Array(idCount) }
  let [slot, id] = [0, minId]
  for (let i = 0; i < idCount; i++) {
    slot += reader.whole()
    const from = id + reader.signed()
    id = from + reader.whole()
    ids.idSlot[i] = slot
    ids.idFrom[i] = from
    ids.idTo[i] = id
  }
  const all = readBursts(reader)
  const byArea = new Map<number, Bursts>()
  const areaCount = reader.whole()
  for (let i = 0; i < areaCount; i++) {
    const areaId = reader.signed()
    byArea.set(areaId, readBursts(reader))
  }
  const [only] = slots.pairs.areaId
  if (areaCount === 0 && only !== undefined) byArea.set(only, all)
  return { ...slots, day, rowCount, minId, maxId, sums, isOdd, pairFirstS, pairLastS, ...ids, all, byArea }
}

export function encodeFine(fine: FineDay): Buffer {
  const writer = new Writer()
  writer.whole(codecVersion)
  writeSlots(writer, fine)
  return writer.sealed()
}

/** Throws BlobBrokenError. */
export function decodeFine(bytes: Uint8Array): FineDay {
  const reader = new Reader(bytes)
  if (reader.whole() !== codecVersion) throw new BlobBrokenError()
  return readSlots(reader, minuteSlotS)
}
