/** What the page needs to act: its CSRF token, the server's clock, and on a screen one-time pads that cover PINs. A pad is forgotten as it is used:
 *  what is kept of a PIN afterwards tells nothing to whoever opens this browser's storage. */
import { nowMs as pageMs } from '../clock.ts'
import { keepText, keptText } from './store.ts'

export type Pad = { readonly id: string; readonly key: string }
export type Covered = { readonly signer: number; readonly pad_id: string; readonly covered_pin: string }

const fewPads = 8
const renewMs = 3_600_000
const blockBytes = 16

let csrf = document.body.dataset.csrf ?? ''
/** Server's milliseconds when the page's were 0. */
let zeroMs = Date.now() - pageMs()

export const csrfToken = (): string => csrf
export const serverNowMs = (): number => Math.round(zeroMs + pageMs())
export const setServerNow = (nowMs: number): void => {
  zeroMs = nowMs - pageMs()
}

const place = (identity: string): string => `andon.operator.pads.${identity}`

function readPads(identity: string): Pad[] {
  try {
    return JSON.parse(keptText(place(identity)) ?? '[]') as Pad[]
  } catch {
    return []
  }
}

const writePads = (identity: string, pads: readonly Pad[]): boolean => keepText(place(identity), JSON.stringify(pads))

/** The latest ones last: old pads end. True when the server answered. */
export async function fetchKit(url: string, identity: string): Promise<boolean> {
  try {
    const response = await fetch(url, { headers: { accept: 'application/json' } })
    if (!response.ok) return false
    const kit = (await response.json()) as { csrf_token: string; now_ms: number; pads: Pad[] }
    csrf = kit.csrf_token
    setServerNow(kit.now_ms)
    if (kit.pads.length > 0) writePads(identity, kit.pads)
    return true
  } catch {
    return false
  }
}

/** Few, or so old that they would not last a week without network: a pad's id begins with the second it was made in, in base 36. */
export const needsPads = (identity: string): boolean => {
  const pads = readPads(identity)
  const madeMs = Number.parseInt(pads[0]?.id ?? '', 36) * 1_000
  return pads.length < fewPads || !(serverNowMs() - madeMs < renewMs)
}

/** Null: no pad is left. */
export function cover(identity: string, signer: number, pin: string): Covered | null {
  const [pad, ...rest] = readPads(identity)
  if (!pad) return null
  writePads(identity, rest)
  const key = bytesOf(pad.key)
  const block = new Uint8Array(blockBytes)
  block[0] = pin.length
  for (let at = 0; at < pin.length; at += 1) block[at + 1] = pin.charCodeAt(at)
  return { signer, pad_id: pad.id, covered_pin: textOf(block.map((byte, at) => byte ^ (key[at] ?? 0))) }
}

const bytesOf = (text: string): Uint8Array =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0))
const textOf = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')
