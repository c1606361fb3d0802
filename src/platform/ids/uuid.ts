/** UUID version 7 (RFC 9562): time first, so that keys grow at the end of an index. */
import { randomFillSync } from 'node:crypto'

export type UuidSource = { readonly nowMs?: number; readonly randomBytes?: (bytes: Uint8Array) => void }

const fillRandom = (bytes: Uint8Array): void => {
  randomFillSync(bytes)
}

/** 36 characters, lower case. 74 random bits: not guessable, yet not a secret either (it tells its time). */
export function newUuid({ nowMs = Date.now(), randomBytes = fillRandom }: UuidSource = {}): string {
  const bytes = Buffer.alloc(16)
  randomBytes(bytes)
  bytes.writeUIntBE(nowMs, 0, 6)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
