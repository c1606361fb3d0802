/** One JSON object per line on stdout (spec identity 4.9): `ts`, `level`, `logger`, `msg`, then data as fields. Constant messages, never sentences with values. */
import pino from 'pino'
import { scrub } from './scrub.ts'

export type Log = pino.Logger
export type LogSink = { write: (line: string) => void }

// By path: whatever carries these names never reaches a line, at the first two levels.
const secretNames = [
  'password',
  'current_password',
  'new_password',
  'token',
  'access_token',
  'refresh_token',
  'authorization',
  'cookie',
  'secret',
  'secretKey',
  'otp',
  'databaseUrl',
  'url_with_password',
]
const paths = secretNames.flatMap((name) => [name, `*.${name}`])

const describeError = (error: unknown): unknown =>
  error instanceof Error
    ? {
        type: error.name,
        message: error.message,
        ...('code' in error && { code: error.code }),
        stack: error.stack,
        ...(error.cause !== undefined && { cause: describeError(error.cause) }),
      }
    : error

/** A log that cannot be written (its disk is full, its reader is gone) is no reason to end: what it tells of goes on, and so does the log once it can. */
function standardOutput(): LogSink {
  if (!process.stdout.listeners('error').includes(ignore)) process.stdout.on('error', ignore)
  return process.stdout
}
const ignore = (): void => {}

/** `sink` is stdout; commands and tests pass their own. */
export const createLog = (level: string, sink: LogSink = standardOutput()): Log =>
  pino(
    {
      level,
      base: undefined,
      messageKey: 'msg',
      errorKey: 'err',
      timestamp: () => `,"ts":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      // JSON must not say `logger` twice: only lines of no child get the default.
      mixin: (_fields, _level, logger) => ('logger' in logger.bindings() ? {} : { logger: 'andon' }),
      serializers: { err: describeError },
      redact: { paths, censor: '[redacted]' },
    },
    { write: (line: string) => sink.write(scrub(line)) },
  )

export const silentLog = (): Log => createLog('silent', { write: ignore })
