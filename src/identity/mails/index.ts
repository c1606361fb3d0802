/** Mails of identity. May use: platform/mail. */
export { type MailDeps, type MailTemplate, type MailValues, type Recipient, sendMail } from './mails.ts'
