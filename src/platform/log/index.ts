/** JSON logs. */
export { createLog, type Log, silentLog } from './log.ts'
export { maskEmail, scrub } from './scrub.ts'
