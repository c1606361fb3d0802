/** PINs that wait: a tablet without network keeps what somebody signed until the server is there again, and must not keep their PIN.
 *  So the server hands out one-time pads beforehand; the page covers the PIN with one, forgets the pad, and keeps only what is covered.
 *  The server makes the pad again from its id: nothing is stored there either (`docs/decisions/0024-operator-signatures.md`). Pure. */
import { createHmac, randomBytes } from 'node:crypto'
import type { Secrets } from '../../platform/secrets/index.ts'

/** `key`: base64url of the bytes that cover a PIN. */
export type Pad = { readonly id: string; readonly key: string }
type Keys = Pick<Secrets, 'deriveKey'>

/** A tablet that lost its network on a Friday may still send on the Thursday after. */
export const padLifeMs = 7 * 86_400_000
/** Length, digits, zeros: a seal that another pad opens shows as broken. */
const blockBytes = 16

const keyOf = ({ deriveKey }: Keys, displayId: number, id: string): Buffer =>
  createHmac('sha256', deriveKey('operator-pin')).update(`${displayId}:${id}`).digest().subarray(0, blockBytes)

/** The id carries its instant, in seconds: what was made long ago opens nothing. */
export function newPads(keys: Keys, displayId: number, nowMs: number, count: number): Pad[] {
  return Array.from({ length: count }, () => {
    const id = `${Math.floor(nowMs / 1_000).toString(36)}.${randomBytes(12).toString('base64url')}`
    return { id, key: keyOf(keys, displayId, id).toString('base64url') }
  })
}

/** The PIN under a pad of this screen; null when it is none, too old, or not one of ours. */
export function uncover(
  keys: Keys,
  displayId: number,
  sealed: { readonly padId: string; readonly pin: string },
  nowMs: number,
): string | null {
  const issuedS = Number.parseInt(/^([0-9a-z]{1,9})\.[\w-]{16}$/.exec(sealed.padId)?.[1] ?? '', 36)
  const ageMs = nowMs - issuedS * 1_000
  if (!(ageMs > -60_000 && ageMs < padLifeMs)) return null
  const covered = Buffer.from(sealed.pin, 'base64url')
  if (covered.length !== blockBytes) return null
  const key = keyOf(keys, displayId, sealed.padId)
  const [length = 0, ...rest] = covered.map((byte, at) => byte ^ (key[at] ?? 0))
  const pin = String.fromCharCode(...rest.slice(0, length))
  return /^\d{4,8}$/.test(pin) && length === pin.length && rest.slice(length).every((byte) => byte === 0) ? pin : null
}
