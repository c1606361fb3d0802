/** What every command of `andon` is given, and how it ends. */
import type { Command } from 'commander'
import { type Context, createContext } from '../context.ts'
import { type Environment, readConfig } from '../platform/config/index.ts'
import { createLog } from '../platform/log/index.ts'

export type Cli = {
  readonly env: Environment
  readonly print: (text: string) => void
  /** One JSON document on stdout: what `--json` promises. */
  readonly printJson: (value: unknown) => void
  /** Progress and remarks, beside the result. */
  readonly note: (text: string) => void
  /** Ends the command with this message (stderr) and exit code (default 1). */
  readonly fail: (message: string, exitCode?: number) => never
  /** Everything on stdin, without the last newline: how secrets come in. */
  readonly readStdin: () => Promise<string>
  /** Reads the configuration, opens the context, closes it whatever happens. Logs of a command are warnings, on stderr. */
  readonly withContext: <T>(work: (ctx: Context) => Promise<T>) => Promise<T>
}

/** Adds one command (or a group) to the program. */
export type CliCommand = (program: Command, cli: Cli) => void

/** A command's refusal: its message is all that is shown. */
export class CliFailure extends Error {
  readonly exitCode: number
  constructor(message: string, exitCode = 1) {
    super(message)
    this.name = 'CliFailure'
    this.exitCode = exitCode
  }
}

async function readAll(stream: NodeJS.ReadableStream): Promise<string> {
  let text = ''
  for await (const chunk of stream) text += chunk.toString()
  return text.replace(/\r?\n$/, '')
}

export const createCli = (
  env: Environment,
  out: { readonly write: (text: string) => unknown },
  err: { readonly write: (text: string) => unknown },
): Cli => ({
  env,
  print: (text) => void out.write(`${text}\n`),
  printJson: (value) => void out.write(`${JSON.stringify(value, null, 2)}\n`),
  note: (text) => void err.write(`${text}\n`),
  fail: (message, exitCode) => {
    throw new CliFailure(message, exitCode)
  },
  readStdin: () => readAll(process.stdin),
  withContext: async (work) => {
    const level = env.LOG_LEVEL ? readConfig(env).log.level : 'warn'
    const ctx = await createContext(readConfig(env), { log: createLog(level, { write: (line) => void err.write(line) }) })
    try {
      return await work(ctx)
    } finally {
      await ctx.close()
    }
  },
})
