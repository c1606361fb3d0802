/** Templates of identity's mails in two languages, as HTML and as text. Pure. */
import { formatInstant, formatText, type Language, type Text, translator } from '../../platform/i18n/index.ts'
import { type Html, html, raw } from '../../platform/ui/html.ts'
import { roleText } from '../role-text.ts'
import type { MailTemplate, MailValues } from './mails.ts'
import { mailMessages, mailTexts } from './texts.ts'

type Setting = { readonly language: Language; readonly appName: string; readonly publicUrl: string }
export type RenderedMail = { readonly subject: string; readonly html: string; readonly text: string }

/** Throws when `path` is no path of ours: a link to elsewhere must never carry a token. */
export function renderMail<Template extends MailTemplate>(
  template: Template,
  values: MailValues[Template],
  { language, appName, publicUrl }: Setting,
): RenderedMail {
  const { subject, body, button, notes = [] } = mailTexts[template]
  const t = translator(mailMessages, language)
  const { path, ...told } = values as Readonly<Record<string, string>>
  const marks = { app: appName, ...shownValues(told, language, appName) }
  const say = (text: Text): string => formatText(text, language, marks)
  const isSaid = (text: Text): boolean => !text.es.includes('{reason}') || told.reason !== ''
  const content: Content = {
    language,
    title: say(subject),
    greeting: told.name && !body.some(({ es }) => es.includes('{name}')) ? t('greeting', marks) : null,
    paragraphs: body.filter(isSaid).map(say),
    action: button && path !== undefined ? { label: say(button), url: publicUrl + ownPath(path) } : null,
    byHand: t('by_hand'),
    notes: notes.map(say),
    footer: t('footer', marks),
  }
  return { subject: content.title, html: asHtml(content), text: asText(content) }
}

type Content = {
  readonly language: Language
  readonly title: string
  readonly greeting: string | null
  readonly paragraphs: readonly string[]
  readonly action: { readonly label: string; readonly url: string } | null
  readonly byHand: string
  readonly notes: readonly string[]
  readonly footer: string
}

function ownPath(path: string): string {
  if (!/^\/(?!\/)[\w\-./?=&%~+]*$/.test(path)) throw new Error('a mail may only lead to a path of ours')
  return path
}

/** Names come from strangers: one line, no link of theirs, not endless. Instants are written for people, roles by their names. */
function shownValues(values: Readonly<Record<string, string>>, language: Language, appName: string): Record<string, string> {
  const shown = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, plain(value, isAddress(name))]))
  const { at, expiresAt, role, isOn, company } = values
  if (at) shown.at = instant(at, language)
  if (expiresAt) shown.expiresAt = instant(expiresAt, language)
  if (role) shown.role = roleText(role, language)
  if (isOn) shown.isOn = translator(mailMessages, language)(`mfa.${isOn}` as keyof typeof mailMessages)
  // Somebody of no company yet: the platform itself lets them in.
  if (company === '') shown.company = appName
  return shown
}

const longest = 200

/** Of a person, checked when it was given. */
const isAddress = (name: string): boolean => name === 'email' || name === 'newEmail'

/** Mail programs make a link of whatever looks like a host: a word joiner, which nobody sees, keeps `evil.example` from it. */
const unlinked = (text: string): string => text.replaceAll('://', ' ').replace(/(?<=[\p{L}\p{N}])\.(?=\p{L}{2})/gu, '.\u2060')

const plain = (value: string, isWhole = false): string => {
  const text = value.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, ' ')
  const line = (isWhole ? text : unlinked(text)).trim()
  return [...line].length > longest ? `${[...line].slice(0, longest).join('')}…` : line
}

const instant = (iso: string, language: Language): string => {
  const atMs = Date.parse(iso)
  return Number.isNaN(atMs) ? plain(iso) : `${formatInstant(atMs, language, 'UTC')} UTC`
}

const asText = ({ greeting, paragraphs, action, notes, footer }: Content): string =>
  [greeting, ...paragraphs, action && `${action.label}:\n${action.url}`, ...notes, `-- \n${footer}`]
    .filter((part) => part !== null)
    .join('\n\n')
    .concat('\n')

/** Mail programs drop style sheets and scripts: what it looks like is said on each element, in one column, without images. */
const asHtml = ({ language, title, greeting, paragraphs, action, byHand, notes, footer }: Content): string =>
  String(html`${raw('<!doctype html>' /* raw: a constant */)}
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>${title}</title></head>
<body style="margin:0;padding:24px 16px;background-color:#f1f5f9;color:#0f172a;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:16px;line-height:1.5">
<div role="article" aria-label="${title}" lang="${language}" style="max-width:560px;margin:0 auto;padding:32px 24px;background-color:#ffffff;border-radius:12px">
<h1 style="margin:0 0 16px;font-size:22px;line-height:1.3;color:#0f172a">${title}</h1>
${[greeting, ...paragraphs].filter((text) => text !== null).map((text) => paragraph(text))}
${
  action
    ? html`<p style="margin:24px 0"><a href="${action.url}" style="display:inline-block;padding:12px 24px;background-color:#1d4ed8;color:#ffffff;border-radius:8px;font-weight:600;text-decoration:none">${action.label}</a></p>
${small(html`${byHand}<br><a href="${action.url}" style="color:#1d4ed8;word-break:break-all">${action.url}</a>`)}`
    : ''
}
${notes.map((note) => small(html`${note}`))}
</div>
<p style="max-width:560px;margin:16px auto 0;font-size:13px;color:#475569;text-align:center">${footer}</p>
</body>
</html>
`)

const paragraph = (text: string): Html => html`<p style="margin:0 0 16px">${text}</p>`
const small = (content: Html): Html => html`<p style="margin:0 0 12px;font-size:14px;color:#475569">${content}</p>`
