/** The command line as an operator runs it: a process of its own. */
import { execFile } from 'node:child_process'
import path from 'node:path'
import process from 'node:process'

export type Ran = { readonly exitCode: number; readonly stdout: string; readonly stderr: string }

/** `bin/andon` with these arguments; `env` is added to this process's. Never throws: the exit code tells. */
export const andon = (args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ran> =>
  new Promise((resolve) => {
    const file = path.join(import.meta.dirname, '../../bin/andon')
    const child = execFile(file, args, { env: { ...process.env, ...env }, maxBuffer: 16 * 2 ** 20 }, (error, stdout, stderr) =>
      resolve({ exitCode: error === null ? 0 : typeof error.code === 'number' ? error.code : 1, stdout, stderr }),
    )
    child.stdin?.end()
  })
