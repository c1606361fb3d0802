/** Every mail identity sends: its name and what it tells. Links are paths of ours; the address in front is PUBLIC_URL, never the request's host. */
import type { Db } from '../../platform/db/database.ts'
import type { Language } from '../../platform/i18n/i18n.ts'
import { type OutboxDeps, queueMail } from '../../platform/mail/index.ts'
import { renderMail } from './render.ts'

/** Template to the values its text names. `path` is where its button leads, with its token (from `/`, without PUBLIC_URL). `at` and `expiresAt` are ISO 8601 with `Z`
 *  (written as UTC); `role` a role word of ours or of the company; an empty `company` is the platform, an empty `reason` is left out. */
export type MailValues = {
  verify_email: { readonly name: string; readonly path: string }
  email_exists_notice: { readonly name: string; readonly path: string }
  welcome: { readonly name: string; readonly path: string }
  approval_pending: { readonly name: string; readonly email: string; readonly company: string; readonly path: string }
  approved: { readonly name: string; readonly company: string; readonly path: string }
  rejected: { readonly name: string; readonly company: string; readonly reason: string }
  invitation: {
    readonly company: string
    readonly role: string
    readonly inviter: string
    readonly expiresAt: string
    readonly path: string
  }
  password_reset: { readonly name: string; readonly path: string }
  password_changed: { readonly name: string; readonly at: string; readonly ip: string }
  email_change_confirm: { readonly name: string; readonly path: string }
  email_change_notice: { readonly name: string; readonly newEmail: string }
  email_changed: { readonly name: string; readonly newEmail: string }
  account_locked: { readonly name: string; readonly minutes: string; readonly path: string }
  refresh_reuse_alert: { readonly name: string; readonly at: string; readonly ip: string; readonly path: string }
  ownership_transferred: { readonly name: string; readonly company: string; readonly owner: string; readonly path: string }
  mfa_changed: { readonly name: string; readonly at: string; readonly isOn: 'on' | 'off' | 'reset' | 'codes' }
}
export type MailTemplate = keyof MailValues

export type MailDeps = OutboxDeps & {
  readonly config: { readonly http: { readonly publicUrl: string } }
  readonly app: { readonly name: string }
}

export type Recipient = { readonly email: string; readonly language: Language | null }

/** Runs in the caller's transaction: the mail exists only if that commits. Somebody without a chosen language is written to in Spanish. */
export const sendMail = <Template extends MailTemplate>(
  tx: Db,
  deps: MailDeps,
  to: Recipient,
  template: Template,
  values: MailValues[Template],
): Promise<void> =>
  queueMail(tx, deps, {
    template,
    to: to.email,
    ...renderMail(template, values, { language: to.language ?? 'es', appName: deps.app.name, publicUrl: deps.config.http.publicUrl }),
  })
