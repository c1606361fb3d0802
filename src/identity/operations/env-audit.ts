/** What of this installation should be otherwise before people rely on it. Pure. Issues are for the operator to mend; information is not. */
import type { Config } from '../../platform/config/index.ts'
import { parseDatabaseUrl } from '../../platform/db/index.ts'
import type { Text } from '../../platform/i18n/index.ts'

export type Finding = { readonly code: string; readonly message: Text }
export type EnvAudit = { readonly isOk: boolean; readonly issues: readonly Finding[]; readonly information: readonly Finding[] }

/** What the configuration alone cannot tell. */
export type Observed = {
  readonly liveWorkers: number
  readonly waitingMails: number
  readonly failedMails: number
  readonly failedJobs: number
  readonly pendingMigrations: number
}

type Audited = Pick<Config, 'isProduction' | 'appEnv' | 'http' | 'database' | 'mail' | 'files' | 'signup' | 'mfa'>

export function auditEnvironment(config: Audited, seen: Observed): EnvAudit {
  const { http, mail, files, signup } = config
  const hostname = new URL(http.publicUrl).hostname
  const databaseTls = tlsOf(config.database.url)
  const isSmtpElsewhere = mail.transport === 'smtp' && !isHere(mail.smtp.host)
  const rules: readonly (readonly [isTrue: boolean, code: string, es: string, en: string])[] = [
    [
      http.isInsecureLan,
      'plain_http',
      'PUBLIC_URL es http: las contraseñas viajan en claro por la red.',
      'PUBLIC_URL is http: passwords cross the network in the clear.',
    ],
    [
      config.isProduction && isHere(hostname),
      'public_url_local',
      'PUBLIC_URL nombra esta máquina: los enlaces de los correos no sirven a nadie más.',
      'PUBLIC_URL names this machine: links in mails are of no use to anybody else.',
    ],
    [
      config.isProduction && http.isSecure && http.trustProxyHops === 0,
      'proxy_not_trusted',
      'PUBLIC_URL es https, así que hay un proxy delante, pero TRUST_PROXY_HOPS es 0: todos comparten los límites de una sola dirección.',
      'PUBLIC_URL is https, so there is a proxy in front, but TRUST_PROXY_HOPS is 0: everybody shares the limits of one address.',
    ],
    [
      config.isProduction && mail.transport === 'none',
      'no_mail_transport',
      'No hay transporte de correo: confirmaciones, invitaciones y contraseñas olvidadas esperan. Indique SMTP_HOST.',
      'There is no mail transport: confirmations, invitations and forgotten passwords wait. Set SMTP_HOST.',
    ],
    [
      config.isProduction && mail.transport === 'file',
      'mail_to_files',
      'Los correos se escriben en archivos y nadie los recibe.',
      'Mail is written to files and nobody receives it.',
    ],
    [
      isSmtpElsewhere && mail.smtp.security === 'none',
      'mail_in_the_clear',
      'SMTP_SECURITY es none hacia otra máquina: enlaces y contraseña del servidor viajan en claro.',
      'SMTP_SECURITY is none towards another machine: links and the server’s password travel in the clear.',
    ],
    [
      seen.failedMails > 0,
      'mails_failed',
      'Hay correos que no se pudieron enviar; el registro dice por qué.',
      'There are mails that could not be sent; the log says why.',
    ],
    [
      files.driver === 's3' && files.s3.endpoint.startsWith('http://') && !isHere(new URL(files.s3.endpoint).hostname),
      'files_in_the_clear',
      'S3_ENDPOINT es http: los archivos viajan en claro.',
      'S3_ENDPOINT is http: files travel in the clear.',
    ],
    [
      config.isProduction && databaseTls === 'none',
      'database_in_the_clear',
      'DATABASE_URL va a otra máquina sin TLS: los datos viajan en claro. Agregue ?sslmode=verify-full.',
      'DATABASE_URL leads to another machine without TLS: data travels in the clear. Add ?sslmode=verify-full.',
    ],
    [
      config.isProduction && signup.mode === 'open' && !signup.requiresVerification && !signup.requiresApproval,
      'open_signup',
      'Cualquiera puede registrarse sin confirmar su correo ni ser aprobado.',
      'Anybody may sign up without proving their e-mail or being approved.',
    ],
    [
      signup.requiresVerification && mail.transport === 'none',
      'verification_without_mail',
      'Se exige confirmar el correo pero no hay cómo enviarlo.',
      'E-mails must be confirmed but nothing can send them.',
    ],
    [
      seen.liveWorkers === 0,
      'no_worker',
      'Ningún proceso `andon worker` da señales de vida: no se envían correos ni se limpia.',
      'No `andon worker` shows signs of life: no mail is sent, nothing is cleaned up.',
    ],
    [
      seen.failedJobs > 0,
      'jobs_failed',
      'Hay tareas que fallaron cinco veces; el registro dice por qué.',
      'There are jobs that failed five times; the log says why.',
    ],
    [
      seen.pendingMigrations > 0,
      'migrations_pending',
      'El esquema no es el de esta versión: ejecute `andon migrate`.',
      'The schema is not this version’s: run `andon migrate`.',
    ],
  ]
  const remarks: typeof rules = [
    [!config.isProduction, 'not_production', `APP_ENV es ${config.appEnv}.`, `APP_ENV is ${config.appEnv}.`],
    [
      config.database.isEmbedded,
      'embedded_database',
      'La base de datos es un archivo SQLite de esta máquina: haga copias de DATA_DIR.',
      'The database is a SQLite file of this machine: back DATA_DIR up.',
    ],
    [
      config.mfa.requiredRoles.size === 0,
      'second_factor_optional',
      'El segundo factor es voluntario para todos los roles (MFA_REQUIRED_ROLES).',
      'A second factor is voluntary for all roles (MFA_REQUIRED_ROLES).',
    ],
    [
      databaseTls === 'unverified',
      'database_unverified',
      'DATABASE_URL cifra sin comprobar a quién: use sslmode=verify-full.',
      'DATABASE_URL encrypts without checking for whom: use sslmode=verify-full.',
    ],
    [seen.waitingMails > 0, 'mails_waiting', 'Hay correos por enviar.', 'There is mail to be sent.'],
  ]
  const issues = found(rules)
  return { isOk: issues.length === 0, issues, information: found(remarks) }
}

const found = (rules: readonly (readonly [boolean, string, string, string])[]): Finding[] =>
  rules.filter(([isTrue]) => isTrue).map(([, code, es, en]) => ({ code, message: { es, en } }))

/** How a database on another machine is reached; null when it is on this one. */
function tlsOf(url: string): 'none' | 'unverified' | 'verified' | null {
  const address = parseDatabaseUrl(url)
  if (address.engine === 'sqlite' || address.socketPath !== null || isHere(address.host)) return null
  return ({ disable: 'none', require: 'unverified', verify: 'verified' } as const)[address.sslMode]
}

const isHere = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || hostname === '::1' || /^127(\.\d+){3}$/.test(hostname)
