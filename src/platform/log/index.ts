/** JSON logs. */
export { createLog, type Log, type LogSink, silentLog } from './log.ts'
export { maskEmail, scrub } from './scrub.ts'
