/** Mail: an outbox, and the transports that empty it. */
export { type Message, type OutboxDeps, queueMail } from './outbox.ts'
