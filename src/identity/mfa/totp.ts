/** Time-based codes (RFC 6238: SHA-1, six digits, 30 seconds) and recovery codes. Pure but for randomness. */
import { randomBytes } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'
import { renderSVG } from 'uqr'

export const stepMs = 30_000
/** Clocks of phones differ: one step before and one after are accepted. */
const window = 1
const secretBytes = 20

/** 160 random bits, as base32. */
export const newSecret = (): string => new Secret({ size: secretBytes }).base32

/** What the authenticator app is told, by QR or link. */
export const otpauthUri = (secret: string, issuer: string, label: string): string =>
  new TOTP({ issuer, label, secret: Secret.fromBase32(secret), algorithm: 'SHA1', digits: 6, period: 30 }).toString()

/** The step (30-second intervals since 1970) whose code this is, around `nowMs`; null when it is none. Constant time per step. */
export function stepOf(secret: string, code: string, nowMs: number): number | null {
  const token = code.replace(/[\s-]/g, '')
  if (!/^\d{6}$/.test(token)) return null
  const delta = TOTP.validate({
    token,
    secret: Secret.fromBase32(secret),
    algorithm: 'SHA1',
    digits: 6,
    period: 30,
    timestamp: nowMs,
    window,
  })
  return delta === null ? null : Math.floor(nowMs / stepMs) + delta
}

/** Black on white whatever the theme: cameras expect that. A whole SVG document. */
export const qrSvg = (text: string): string => renderSVG(text, { border: 3, pixelSize: 6, ecc: 'M' })

/** For `<img src>`: an inline SVG would need styles that the CSP refuses. */
export const qrImage = (text: string): string => `data:image/svg+xml;base64,${Buffer.from(qrSvg(text)).toString('base64')}`

export const recoveryCodeCount = 10
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const codeLength = 10

/** Fifty random bits each, in base32, written in two halves. */
export const newRecoveryCodes = (): string[] =>
  Array.from({ length: recoveryCodeCount }, () => {
    const code = [...randomBytes(codeLength)].map((byte) => alphabet[byte % alphabet.length]).join('')
    return `${code.slice(0, 5)}-${code.slice(5)}`
  })

/** As it is hashed. The digits that base32 leaves out are the letters that look like them. Null when it cannot be one. */
export function recoveryCode(typed: string): string | null {
  const code = typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('0', 'O').replaceAll('1', 'I').replaceAll('8', 'B')
  return new RegExp(`^[${alphabet}]{${codeLength}}$`).test(code) ? code : null
}
