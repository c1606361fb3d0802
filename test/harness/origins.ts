/** Which file registered a test: of one that a helper registers, node:test tells the helper. Read by scripts/file-times.ts, in the same process. */
import { fileURLToPath } from 'node:url'
import { getCallSites } from 'node:util'

export const fileOfTest = new Map<string, string>()

/** Called by a helper at `helperUrl` for the test it is about to register. */
export function noteOrigin(name: string, helperUrl: string): void {
  const caller = getCallSites(8).find(({ scriptName }) => scriptName !== helperUrl && scriptName !== import.meta.url)?.scriptName
  if (caller?.startsWith('file:')) fileOfTest.set(name, fileURLToPath(caller))
}
