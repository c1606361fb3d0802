/** A reporter for `npm test`: one line per test file, once all are over: its seconds, those of this process's processor time (what a busy
 *  machine does not change), and its tests. */
import path from 'node:path'
import process from 'node:process'
import type { TestEvent } from 'node:test/reporters'
import { fileOfTest } from '../test/harness/origins.ts'

const root = path.join(import.meta.dirname, '..')

export default async function* fileTimes(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const files = new Map<string, { ms: number; cpuMs: number; tests: number }>()
  let used = process.cpuUsage()
  for await (const { type, data } of events) {
    if (type !== 'test:complete' || data.nesting !== 0) continue
    const file = fileOfTest.get(data.name) ?? data.file ?? 'of no file'
    const seen = files.get(file) ?? { ms: 0, cpuMs: 0, tests: 0 }
    const { user, system } = process.cpuUsage(used)
    used = process.cpuUsage()
    files.set(file, { ms: seen.ms + data.details.duration_ms, cpuMs: seen.cpuMs + (user + system) / 1000, tests: seen.tests + 1 })
  }
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1).padStart(7)} s`
  for (const [file, { ms, cpuMs, tests }] of files)
    yield `${seconds(ms)} ${seconds(cpuMs)}  ${path.relative(root, file)} (${tests} tests)\n`
}
