import assert from 'node:assert/strict'
import { test } from 'node:test'
import { languages } from '../../platform/i18n/i18n.ts'
import type { MailTemplate, MailValues } from './mails.ts'
import { renderMail } from './render.ts'
import { mailTexts } from './texts.ts'

const at = '2026-03-02T12:05:00.000Z'
const name = 'Ñandú Pérez'
const ip = '10.1.2.3'
const path = '/somewhere?token=abc-DEF_123'
const samples: MailValues = {
  verify_email: { name, path },
  email_exists_notice: { name, path },
  welcome: { name, path },
  approval_pending: { name, email: 'n@example.com', company: 'Acme', path },
  approved: { name, company: 'Acme', path },
  rejected: { name, company: 'Acme', reason: 'Sin vacantes' },
  invitation: { company: 'Acme', role: 'MANAGER', inviter: name, expiresAt: at, path },
  password_reset: { name, path },
  password_changed: { name, at, ip },
  email_change_confirm: { name, path },
  email_change_notice: { name, newEmail: 'new@example.com' },
  email_changed: { name, newEmail: 'new@example.com' },
  account_locked: { name, minutes: '15', path },
  refresh_reuse_alert: { name, at, ip, path },
  ownership_transferred: { name, company: 'Acme', owner: 'Bruno', path },
  mfa_changed: { name, at, isOn: 'on' },
}
const templates = Object.keys(samples) as MailTemplate[]
const setting = { language: 'es', appName: 'Andon', publicUrl: 'https://andon.example.com/sub' } as const

for (const template of templates)
  for (const language of languages)
    test(`ID-68 ${template} says all it should, in HTML and as text [${language}]`, () => {
      const values = samples[template] as Readonly<Record<string, string>>
      const mail = renderMail(template, samples[template], { ...setting, language })
      for (const text of [mail.subject, mail.html, mail.text]) assert.doesNotMatch(text, /\{\w+\}|undefined|null/)
      assert.match(mail.html, new RegExp(`^<!doctype html>\n<html lang="${language}">`))
      assert.doesNotMatch(mail.html, /<(table|img|script|link|style|form)\b/)
      for (const url of mail.html.matchAll(/(?:href|src)="([^"]*)"/g)) assert.equal(url[1], `https://andon.example.com/sub${path}`)
      const isLinked = 'path' in values
      assert.equal(mail.text.includes(`https://andon.example.com/sub${path}`), isLinked)
      assert.equal((mail.html.match(/<a /g) ?? []).length, isLinked ? 2 : 0, 'a button, and the link as text')
      for (const part of ['name', 'inviter', 'company', 'email', 'newEmail', 'ip', 'minutes', 'reason'])
        if (values[part]) assert.ok(mail.text.includes(values[part]) && mail.html.includes(values[part]), part)
      if (values.at ?? values.expiresAt) assert.ok(mail.text.includes(language === 'es' ? '02/03/2026 12:05 UTC' : '2026-03-02 12:05 UTC'))
    })

test('ID-68 every text is there in both languages and differs', () => {
  for (const text of Object.values(mailTexts))
    for (const part of [text.subject, ...text.body, ...(text.button ? [text.button] : []), ...(text.notes ?? [])])
      assert.ok(part.es !== '' && part.en !== '' && part.es !== part.en, part.es)
})

test('ID-68 what strangers call themselves makes no markup, no line and no link', () => {
  const evil = '<img src=x onerror=alert(1)>"\r\nBcc: all@example.com\n\u202ehttps://evil.example'
  const mail = renderMail('invitation', { ...samples.invitation, inviter: evil, company: evil }, setting)
  assert.doesNotMatch(mail.html, /<img/)
  assert.match(mail.html, /&lt;img src=x/)
  assert.doesNotMatch(mail.subject, /[\r\n\u202e]/)
  assert.doesNotMatch(mail.text, /^Bcc:/m)
  assert.doesNotMatch(mail.text + mail.html, /https:\/\/evil|evil\.example/, 'nor a host that mail programs would make a link of')
  assert.match(
    renderMail('approved', { ...samples.approved, company: 'Pérez e Hijos S.A.S. 2.0' }, setting).text,
    /Pérez e Hijos S\.A\.S\. 2\.0/,
  )
  const long = renderMail('approved', { ...samples.approved, company: 'x'.repeat(10_000) }, setting)
  assert.ok(long.subject.length < 300)
})

test('ID-68 a link leads to us or nowhere', () => {
  for (const wrong of ['https://evil.example/', '//evil.example', 'x', '/a b', '/"onclick='])
    assert.throws(() => renderMail('welcome', { name, path: wrong }, setting), /path of ours/, wrong)
})

test('ID-68 roles are named, an empty reason is left out, no company is the platform', () => {
  const say = (role: string) => renderMail('invitation', { ...samples.invitation, role }, setting).text
  assert.match(say('MANAGER'), /rol Gerencia/)
  assert.match(say('JEFE_DE_TURNO'), /rol JEFE_DE_TURNO/)
  assert.doesNotMatch(renderMail('rejected', { ...samples.rejected, reason: '' }, setting).text, /Motivo/)
  assert.equal(renderMail('approved', { ...samples.approved, company: '' }, setting).subject, 'Su acceso a Andon fue aprobado')
})
