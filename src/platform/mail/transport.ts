/** Ways out for a mail: a mail server, a file, the terminal. nodemailer is loaded with the first mail. */
import { mkdir, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { SendMailOptions } from 'nodemailer'

export type MailSettings = {
  /** 'none': mail waits in its table. */
  readonly transport: 'smtp' | 'file' | 'console' | 'none'
  readonly from: { readonly name: string; readonly address: string }
  readonly smtp: {
    readonly host: string
    readonly port: number
    /** '' = the server asks for none. */
    readonly user: string
    readonly password: string
    readonly security: 'tls' | 'starttls' | 'none'
  }
}

export type OutgoingMail = {
  /** The same for each attempt: a server or reader that gets it twice can tell. */
  readonly key: string
  readonly template: string
  readonly to: string
  readonly subject: string
  readonly html: string
  readonly text: string
}

/** Throws what the transport throws; see `faultOf` before telling anybody. */
export type MailTransport = (mail: OutgoingMail) => Promise<void>

/** Null when mail has to wait. `dataDir` holds the files; `print` is the terminal. */
export function createMailTransport(
  settings: MailSettings,
  { dataDir, print }: { readonly dataDir: string; readonly print: (text: string) => void },
): MailTransport | null {
  switch (settings.transport) {
    case 'smtp':
      return smtpTransport(settings)
    case 'file':
      return fileTransport(settings, path.join(dataDir, 'mail'))
    case 'console':
      return async ({ to, subject, text }) => print(`Mail to ${to}: ${subject}\n${text}`)
    case 'none':
      return null
  }
}

function smtpTransport({ from, smtp }: MailSettings): MailTransport {
  return async (mail) => {
    const { createTransport } = await import('nodemailer')
    const transport = createTransport({
      host: smtp.host,
      port: smtp.port,
      secure: smtp.security === 'tls',
      requireTLS: smtp.security === 'starttls',
      ignoreTLS: smtp.security === 'none',
      ...(smtp.user !== '' && { auth: { user: smtp.user, pass: smtp.password } }),
      // Each far below the outbox's lease: a mail is never with two processes.
      dnsTimeout: 10_000,
      connectionTimeout: 15_000,
      greetingTimeout: 15_000,
      socketTimeout: 30_000,
      disableFileAccess: true,
      disableUrlAccess: true,
    })
    try {
      await transport.sendMail(optionsOf(mail, from))
    } finally {
      transport.close()
    }
  }
}

/** For development and tests: each mail is a file that mail programs open. Written whole or not at all, for this account only. */
function fileTransport({ from }: MailSettings, folder: string): MailTransport {
  return async (mail) => {
    const { createTransport } = await import('nodemailer')
    const compiler = createTransport({ streamTransport: true, buffer: true, newline: 'windows' })
    const { message } = await compiler.sendMail({ ...optionsOf(mail, from), disableFileAccess: true, disableUrlAccess: true })
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const file = path.join(folder, `${mail.template.replace(/\W/g, '')}-${mail.key}.eml`)
    await writeFile(`${file}.part`, message as Buffer, { mode: 0o600 })
    await rename(`${file}.part`, file)
  }
}

/** The recipient is given in parts, never as text to be parsed: no second address can hide in it. */
function optionsOf({ key, to, subject, html, text }: OutgoingMail, from: MailSettings['from']): SendMailOptions {
  return {
    from,
    to: { name: '', address: to },
    subject: subject.replace(/\p{Cc}+/gu, ' '),
    html,
    text,
    messageId: `<${key}@${from.address.split('@').at(-1)}>`,
    // RFC 3834: out-of-office programs do not answer.
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
  }
}

/** What may be kept and logged of a failure: codes. The server's words may repeat the address or the text. */
export function faultOf(error: unknown): string {
  const { code, responseCode, command } = (error ?? {}) as { code?: unknown; responseCode?: unknown; command?: unknown }
  const words = [code, responseCode, command].filter(
    (word) => typeof word === 'number' || (typeof word === 'string' && /^[A-Z_ ]{1,30}$/.test(word)),
  )
  return words.length === 0 ? 'unknown' : words.join(' ')
}
