/** The key that all others derive from: when it is good enough, and where development keeps its own. */
import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'

export const minSecretBytes = 32
/** Words of published examples: a key that holds one was copied, not drawn. Compared without punctuation. */
const wellKnownWords = [
  'changeme',
  'changethis',
  'changeit',
  'replaceme',
  'yoursecret',
  'mysecret',
  'supersecret',
  'secretkey',
  'topsecret',
  'notsecret',
  'insecure',
  'password',
  'example',
  'placeholder',
  'default',
  'development',
  'testing',
  'todo',
  'abcdefgh',
  'qwerty',
  '01234567',
  '12345678',
]

/** Null when the key may protect a production server, else what is wrong with it, to follow the setting's name. */
export function secretKeyFault(key: string): string | null {
  if (key === '') return 'is required in production: openssl rand -base64 48'
  if (Buffer.byteLength(key) < minSecretBytes) return `must have at least ${minSecretBytes} bytes: openssl rand -base64 48`
  const letters = key.toLowerCase().replace(/[^a-z0-9]/g, '')
  if (new Set(key).size < 8 || wellKnownWords.some((word) => letters.includes(word)))
    return 'is a well-known or guessable value: openssl rand -base64 48'
  return null
}

/** The key of a data folder, drawn at the first call and readable by its owner only. Processes that start together get the same one. */
export function developmentSecretKey(dataDir: string): string {
  const file = path.join(dataDir, 'secret.key')
  const kept = readKey(file)
  if (kept !== null) return kept
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  writeFileSync(draft, `${randomBytes(48).toString('base64')}\n`, { mode: 0o600, flag: 'wx' })
  try {
    linkSync(draft, file) // whole or not at all, and never over another process's key
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft, { force: true })
  }
  const key = readKey(file)
  if (key === null) throw new Error(`${file} is empty: remove it`)
  return key
}

function readKey(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim() || null
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
