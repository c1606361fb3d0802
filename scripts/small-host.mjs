/** What Node is told on a host with little memory. Plain JavaScript: the launcher uses it under any Node from 18 on. */
import { readFileSync } from 'node:fs'
import os from 'node:os'
import process from 'node:process'

const megabyte = 2 ** 20
const smallBytes = 512 * megabyte

/** Memory that we may count on: MEMORY_LIMIT_MB, else the container's limit, else the machine's. */
export function memoryBytes(env) {
  const named = Number(env.MEMORY_LIMIT_MB)
  if (Number.isInteger(named) && named > 0) return named * megabyte
  const limits = [os.totalmem(), process.constrainedMemory?.() ?? 0, cgroupBytes()].filter((bytes) => bytes > 0)
  return Math.min(...limits)
}

function cgroupBytes() {
  try {
    return Number(readFileSync('/sys/fs/cgroup/memory.max', 'utf8')) || 0 // 'max' = none
  } catch {
    return 0
  }
}

/** Null where there is enough of it, and where the operator has set limits of their own.
 *  By default V8 lets its young generation grow to 3 × 16 MB before it looks for garbage: 35 to 40 MB of a process that needs 140. */
export function smallHostSettings(bytes, env) {
  if (bytes >= smallBytes || /--max[-_](old|semi)[-_]space[-_]size/.test(env.NODE_OPTIONS ?? '')) return null
  const heapMb = Math.max(64, Math.floor((bytes * 3) / 8 / megabyte))
  return {
    flags: [`--max-old-space-size=${heapMb}`, '--max-semi-space-size=1'],
    // glibc gives each thread an arena of its own; kept compiled code stays in memory beside what is made of it
    env: { MALLOC_ARENA_MAX: env.MALLOC_ARENA_MAX ?? '2', NODE_DISABLE_COMPILE_CACHE: '1' },
  }
}

/** One long task that makes much short-lived memory and serves nobody: a small young generation is looked through often, which halves what it holds. */
export function loadingSettings(env) {
  if (/--max[-_]semi[-_]space[-_]size/.test(env.NODE_OPTIONS ?? '')) return null
  return { flags: ['--max-semi-space-size=4'], env: { MALLOC_ARENA_MAX: env.MALLOC_ARENA_MAX ?? '2' } }
}
