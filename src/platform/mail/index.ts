/** Mail: an outbox, and the transports that empty it. */
export { mailJobs, mailRoutines } from './jobs.ts'
export { type Message, type OutboxDeps, queueMail } from './outbox.ts'
export { type SentMails, sendDueMails } from './send.ts'
export { createMailTransport, type MailSettings, type MailTransport } from './transport.ts'
