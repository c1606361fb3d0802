/** Argon2id hashes as PHC strings. The limiter is per process on purpose: it bounds this process's memory, whoever asks. */
import { hash, verify } from '@node-rs/argon2'
import { problem } from '../problems.ts'
import { isImported, verifyImported } from './imported.ts'

/** RFC 9106's second choice for memory-bound hosts: 64 MiB, two passes, one lane; 16-byte salt, 32-byte hash. Only tests ask for less memory. */
const cost = {
  algorithm: 2 /* Argon2id; the package's const enum cannot be imported under isolatedModules */,
  memoryCost: 65_536,
  timeCost: 2,
  parallelism: 1,
  outputLen: 32,
}

/** 64 MiB each: a flood of sign-ins must not take the machine's memory, nor wait for ever. */
const slots = { done: 0, running: 0, atOnce: 2, waiting: [] as (() => void)[], queueLength: 50 }

/** By the operator's settings, at start. */
export const configureHashing = (passwords: { readonly hashesAtOnce: number; readonly memoryKib: number }): void => {
  slots.atOnce = passwords.hashesAtOnce
  cost.memoryCost = passwords.memoryKib
}

/** How often a password was hashed or verified in this process: the work by which a stranger could tell answers apart. */
export const countHashes = (): number => slots.done

/** Throws `too_busy` (503) when the queue is full. */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (slots.running >= slots.atOnce) {
    if (slots.waiting.length >= slots.queueLength) throw problem('too_busy', { headers: { 'retry-after': '5' } })
    await new Promise<void>((resolve) => slots.waiting.push(resolve))
  } else {
    slots.running += 1
  }
  slots.done += 1
  try {
    return await work()
  } finally {
    // The slot is handed to the next in line, so `running` only falls when nobody waits.
    const next = slots.waiting.shift()
    if (next) next()
    else slots.running -= 1
  }
}

/** The same text typed on two keyboards may differ in its code points: both sides are NFC. Never trimmed, never cut. */
const normalised = (password: string): string => password.normalize('NFC')

export const hashPassword = (password: string): Promise<string> => inTurn(() => hash(normalised(password), cost))

/** False for a malformed or empty hash; never throws but for `too_busy`. */
export const verifyPassword = (phc: string, password: string): Promise<boolean> =>
  inTurn(async () => {
    // Other systems hashed what was typed, as it came.
    if (isImported(phc))
      return (await verifyImported(phc, password)) || (password !== normalised(password) && verifyImported(phc, normalised(password)))
    try {
      return await verify(phc, normalised(password))
    } catch {
      return false // not a PHC string
    }
  })

const present = (): string => `$argon2id$v=19$m=${cost.memoryCost},t=${cost.timeCost},p=${cost.parallelism}$`
/** A hash that is not made the present way: it is replaced when its password is next seen. */
export const isOutdated = (phc: string): boolean => !phc.startsWith(present())

/** Whether somebody could sign in with it. */
export const isKnownHash = (stored: string): boolean => stored.startsWith('$argon2') || isImported(stored)

/** Salt and hash of no password at all, so that an unknown user costs as much time as a known one. */
const nobody = 'zM6egJHqJv/s2qwaMiQrLw$RgQD20QuNV0K49DWAZIjijLd/C8RnYPlqhgd8ezf1ZY'
export const verifyNobody = (password: string): Promise<boolean> => verifyPassword(`${present()}${nobody}`, password)
