/** Configuration from the environment, typed and with units. All faults are reported at once. */
import path from 'node:path'
import { parseDatabaseUrl, sqliteUrl } from '../db/url.ts'
import type { Config } from './config-type.ts'
import type { Setting } from './parsers.ts'
import { developmentSecretKey, secretKeyFault } from './secret-key.ts'
import { leastArgon2Kib, settings } from './settings.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** `problems` has one line per fault, each starting with the setting's name; none repeats a secret. */
export class ConfigError extends Error {
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(`Configuration refused:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
    this.name = 'ConfigError'
    this.problems = problems
  }
}

/** Throws `ConfigError`. Outside production and without SECRET_KEY it reads, or makes, `DATA_DIR/secret.key`. */
export function readConfig(env: Environment): Config {
  const problems: string[] = []
  const values = readValues(env, problems)
  const isProduction = values.appEnv === 'production'
  const address = publicAddress(values.publicUrl, values.basePath, values.port, problems)
  const isSecure = address.protocol === 'https:'
  const isInsecureLan = isProduction && !isSecure && !isLoopback(address.hostname)
  if (isInsecureLan && !values.allowInsecureLan) {
    problems.push('PUBLIC_URL must be https in production (or set ALLOW_INSECURE_LAN=1 to accept a plain http factory network)')
  }
  const secretFault = isProduction ? secretKeyFault(values.secretKey) : null
  if (secretFault) problems.push(`SECRET_KEY ${secretFault}`)
  if (values.databaseUrl !== '') checkDatabaseUrl(values.databaseUrl, problems)
  if (values.sessionRefreshMinutes >= values.sessionIdleMinutes)
    problems.push('SESSION_REFRESH_THRESHOLD_MINUTES must be less than SESSION_TIMEOUT_MINUTES')
  if (values.argon2MemoryKib < leastArgon2Kib && values.appEnv !== 'test')
    problems.push(`ARGON2_MEMORY_KIB must be at least ${leastArgon2Kib}: only tests may hash for less`)
  if (values.mailTransport === 'smtp' && values.smtpHost === '') problems.push('MAIL_TRANSPORT is smtp: SMTP_HOST must name the server')
  if (values.mailTransport === 'console' && isProduction)
    problems.push('MAIL_TRANSPORT must not be console in production: links in mails are secrets')
  const ownNames = new Set(Object.values(settings).flatMap(({ name, aliases }) => [name, ...aliases]))
  for (const { variable } of values.sourceVariables)
    if (ownNames.has(variable)) problems.push(`SOURCE_VARIABLES must not name ${variable}: it is a setting of Andon itself`)
  if (values.filesDriver === 's3')
    for (const [name, value] of [
      ['S3_BUCKET', values.s3Bucket],
      ['S3_ACCESS_KEY_ID', values.s3AccessKeyId],
      ['S3_SECRET_ACCESS_KEY', values.s3SecretAccessKey],
    ] as const)
      if (value === '') problems.push(`${name} is required when FILES_DRIVER is s3`)
  if (problems.length > 0) throw new ConfigError(problems)

  const dataDir = path.resolve(values.dataDir)
  const mail = mailOf(values, isProduction, address.hostname)
  return {
    appEnv: values.appEnv,
    isProduction,
    secretKey: values.secretKey || developmentSecretKey(dataDir),
    http: {
      host: values.host,
      port: values.port,
      publicUrl: address.href.replace(/\/$/, ''),
      basePath: address.pathname.replace(/\/$/, ''),
      isSecure,
      isInsecureLan,
      trustProxyHops: values.trustProxyHops,
      rateLimitPerMinute: values.rateLimitPerMinute,
      tenantRateLimitPerMinute: values.tenantRateLimitPerMinute,
      overloadDelayMs: values.overloadDelayMs,
      overloadRequests: values.overloadRequests,
      allowedOrigins: values.allowedOrigins,
      metricsToken: values.metricsToken,
    },
    log: { level: values.logLevel },
    dataDir,
    database: {
      url: values.databaseUrl || sqliteUrl(path.join(dataDir, 'andon.sqlite')),
      isEmbedded: values.databaseUrl === '',
      poolSize: values.databasePoolSize,
    },
    pools: { waitMs: values.poolWaitMs, idleMs: values.poolIdleSeconds * 1_000, maxAgeMs: values.poolRecycleSeconds * 1_000 },
    session: {
      accessTokenS: values.accessTokenMinutes * 60,
      refreshTokenS: values.refreshTokenDays * 86_400,
      idleS: values.sessionIdleMinutes * 60,
      refreshThresholdS: values.sessionRefreshMinutes * 60,
      maxConcurrent: values.maxConcurrentSessions,
      limitPolicy: values.sessionLimitPolicy,
    },
    mfa: { isOffered: values.enable2fa, requiredRoles: values.mfaRequiredRoles },
    passwords: { hashesAtOnce: values.argon2Concurrency, memoryKib: values.argon2MemoryKib },
    worker: { heartbeatMs: values.workerHeartbeatSeconds * 1_000 },
    auditRetentionDays: values.auditRetentionDays,
    app: { name: values.appName, version: values.appVersion, commit: values.gitSha },
    signup: signupOf(values, mail),
    mail,
    files: {
      driver: values.filesDriver,
      s3: {
        endpoint: values.s3Endpoint?.href ?? '',
        publicEndpoint: values.s3PublicEndpoint?.href ?? '',
        region: values.s3Region,
        bucket: values.s3Bucket,
        accessKeyId: values.s3AccessKeyId,
        secretAccessKey: values.s3SecretAccessKey,
        isPathStyle: values.s3PathStyle ?? values.s3Endpoint !== null,
      },
    },
    plant: {
      poolSize: values.plantPoolSize,
      connectTimeoutMs: values.plantConnectTimeoutMs,
      statementTimeoutMs: values.plantStatementTimeoutMs,
      readTimeoutMs: values.plantReadTimeoutMs,
      cacheTtlS: values.cacheTtlSeconds,
      openNetworks: values.plantNetworks,
    },
    sources: {
      openNetworks: values.sourceNetworks,
      waitMs: values.sourceWaitMs,
      variables: new Map(values.sourceVariables.map(({ company, variable }) => [`${company}:${variable}`, env[variable] ?? ''])),
    },
    history: { cacheMb: values.historyCacheMb },
    live: { heartbeatMs: values.liveHeartbeatSeconds * 1_000 },
    exports: { maxRows: values.maxExportRows },
    downtime: { isJobEnabled: values.downtimeJob },
    backup: {
      dir: values.backupDir === '' ? path.join(dataDir, 'backups') : path.resolve(values.backupDir),
      retentionDays: values.backupRetentionDays,
      isJobEnabled: values.backupJob,
    },
  }
}

type Values = { [Key in keyof typeof settings]: (typeof settings)[Key] extends Setting<infer T> ? T : never }

/** A refused setting falls back to its default, so that the checks across settings can still run and report. */
function readValues(env: Environment, problems: string[]): Values {
  const read = ({ name, aliases, fallback, parse }: Setting<unknown>): unknown => {
    const given = [name, ...aliases].find((known) => env[known]?.trim())
    try {
      return parse(given === undefined ? fallback : (env[given]?.trim() ?? ''))
    } catch (error) {
      problems.push(`${given ?? name} ${(error as Error).message}`)
      return parse(fallback)
    }
  }
  return Object.fromEntries(Object.entries(settings).map(([key, setting]) => [key, read(setting)])) as Values
}

const signupOf = (values: Values, { transport }: Config['mail']): Config['signup'] => ({
  mode: values.signupMode,
  domains: values.allowlistDomains,
  requiresVerification: values.requireEmailVerification ?? transport !== 'none',
  requiresApproval: values.requireApproval,
  defaultTenant: values.defaultTenant,
  mayFoundCompanies: values.allowCompanyCreate ?? values.signupMode === 'open',
})

function mailOf(values: Values, isProduction: boolean, hostname: string): Config['mail'] {
  const { smtpHost: host, smtpPort: port } = values
  const withoutServer = isProduction ? 'none' : 'file'
  return {
    transport: values.mailTransport ?? (host === '' ? withoutServer : 'smtp'),
    from: values.mailFrom ?? { name: values.appName, address: `no-reply@${hostname}` },
    smtp: {
      host,
      port,
      user: values.smtpUser,
      password: values.smtpPassword,
      security: values.smtpSecurity ?? (port === 465 ? 'tls' : isLoopback(host) ? 'none' : 'starttls'),
    },
  }
}

/** PUBLIC_URL and BASE_PATH must tell the same path when both tell one. */
function publicAddress(publicUrl: URL | null, basePath: string | null, port: number, problems: string[]): URL {
  const address = new URL(publicUrl ?? `http://localhost:${port}`)
  const ownPath = address.pathname.replace(/\/$/, '')
  if (basePath !== null && ownPath !== '' && ownPath !== basePath) problems.push(`BASE_PATH must be the path of PUBLIC_URL (${ownPath})`)
  address.pathname = basePath ?? ownPath
  return address
}

const isLoopback = (hostname: string) => hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname)

function checkDatabaseUrl(url: string, problems: string[]): void {
  try {
    parseDatabaseUrl(url)
  } catch (error) {
    problems.push(`DATABASE_URL ${(error as Error).message}`)
  }
}
