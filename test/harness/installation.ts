/** The commands of the command line in this process, over an installation of the test's own. */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'
import type { TestContext } from 'node:test'
import { runCli } from '../../src/cli/index.ts'

export type CliRun = { readonly code: number; readonly out: string; readonly err: string }
export type Installation = {
  readonly folder: string
  readonly andon: (argv: readonly string[], env?: Readonly<Record<string, string>>) => Promise<CliRun>
}

/** A folder with a SQLite database, gone after the test. `env` is added to each command's. */
export function makeInstallation(t: TestContext, env: Readonly<Record<string, string>> = {}): Installation {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'andon-cli-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const base = {
    DATA_DIR: folder,
    APP_ENV: 'test',
    SECRET_KEY: 'test-secret-key-of-at-least-32-bytes',
    ANDON_PASSWORD: 'Admin123!',
    ...env,
  }
  const andon: Installation['andon'] = async (argv, more = {}) => {
    const written = { out: '', err: '' }
    const stream = (name: keyof typeof written) => ({
      write: (text: string) => {
        written[name] += text
      },
    })
    // the verdict of an earlier command of this process is no answer of this one
    process.exitCode = undefined
    const code = await runCli(argv, { ...base, ...more }, { out: stream('out'), err: stream('err') })
    process.exitCode = undefined
    return { code, ...written }
  }
  return { folder, andon }
}
