/** Mails of identity. May use: platform/mail. */
export { type MailDeps, sendMail } from './mails.ts'
