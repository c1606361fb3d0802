/** Mail: an outbox, and the transports that empty it. */
export { mailJobs, mailRoutines } from './jobs.ts'
export { type OutboxDeps, queueMail } from './outbox.ts'
export { createMailTransport, type MailTransport } from './transport.ts'
