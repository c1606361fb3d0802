/** Markup drawn once and sent to several people, each with the nonce of their own answer. */
import { randomBytes } from 'node:crypto'
import { type Html, raw } from './html.ts'

export type NonceTemplate = { readonly with: (nonce: string) => Html }

// Nobody outside this process knows it, so it occurs in nothing that people or cameras wrote.
const place = `nonce-${randomBytes(18).toString('base64url')}`

export function nonceTemplate(draw: (nonce: string) => Html): NonceTemplate {
  const parts = String(draw(place)).split(place)
  // trusted: our own escaped markup, and a nonce is base64url
  return { with: (nonce) => raw(parts.join(nonce)) }
}
