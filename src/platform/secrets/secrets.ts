/** Keys and seals, all from SECRET_KEY. One purpose never opens what another sealed. */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'

/** Each has its own key. A new use takes a new word. */
export type SecretPurpose =
  | 'api-key'
  | 'audit'
  | 'csrf'
  | 'file-link'
  | 'jwt'
  | 'mail'
  | 'mqtt'
  | 'operator-pin'
  | 'plant-url'
  | 'recovery-code'
  | 'source'
  | 'token-hash'
  | 'totp'

export type Secrets = {
  /** 32 bytes; the same for the same SECRET_KEY and purpose. */
  readonly deriveKey: (purpose: SecretPurpose) => Uint8Array
  /** AES-256-GCM; two seals of one text differ. Text of letters, digits, `-`, `_` and dots. */
  readonly sealSecret: (purpose: SecretPurpose, text: string) => string
  /** Throws `SealBrokenError` for another key, another purpose or a changed seal. */
  readonly openSecret: (purpose: SecretPurpose, sealed: string) => string
  /** HMAC-SHA-256 in hex: what a table keeps of a random token. */
  readonly hashToken: (purpose: SecretPurpose, token: string) => string
}

export class SealBrokenError extends Error {
  readonly code = 'sealed_with_another_key'
  constructor() {
    super('A stored secret cannot be opened: SECRET_KEY changed, or the stored value was altered')
    this.name = 'SealBrokenError'
  }
}

const version = 'v1'
const ivBytes = 12 // of GCM, NIST SP 800-38D
const tagBytes = 16

export function createSecrets(secretKey: string): Secrets {
  const keys = new Map<SecretPurpose, Uint8Array>()
  const deriveKey = (purpose: SecretPurpose): Uint8Array => {
    const known = keys.get(purpose)
    if (known) return known
    const key = new Uint8Array(hkdfSync('sha256', secretKey, 'andon', purpose, 32))
    keys.set(purpose, key)
    return key
  }
  return {
    deriveKey,
    sealSecret(purpose, text) {
      const iv = randomBytes(ivBytes)
      const cipher = createCipheriv('aes-256-gcm', deriveKey(purpose), iv, { authTagLength: tagBytes })
      cipher.setAAD(Buffer.from(purpose))
      const sealed = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return `${version}.${sealed.toString('base64url')}`
    },
    openSecret(purpose, sealed) {
      const [found, payload] = sealed.split('.')
      const bytes = Buffer.from(payload ?? '', 'base64url')
      if (found !== version || bytes.length < ivBytes + tagBytes) throw new SealBrokenError()
      const decipher = createDecipheriv('aes-256-gcm', deriveKey(purpose), bytes.subarray(0, ivBytes), { authTagLength: tagBytes })
      decipher.setAAD(Buffer.from(purpose))
      decipher.setAuthTag(bytes.subarray(-tagBytes))
      try {
        return Buffer.concat([decipher.update(bytes.subarray(ivBytes, -tagBytes)), decipher.final()]).toString('utf8')
      } catch {
        throw new SealBrokenError()
      }
    },
    hashToken: (purpose, token) => createHmac('sha256', deriveKey(purpose)).update(token).digest('hex'),
  }
}
