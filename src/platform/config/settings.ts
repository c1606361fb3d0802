/** Every setting of Andon, once: how it is read, what it is without it, what it means. The README's table is this one. */

import { parseNetworks } from '../net/index.ts'
import type { Setting } from './parsers.ts'
import {
  availableMemoryBytes,
  baseUrl,
  choice,
  choices,
  companyVariables,
  domains,
  flag,
  integer,
  mailbox,
  mountPath,
  origins,
  text,
} from './parsers.ts'

export const appEnvs = ['production', 'development', 'test'] as const
export const sessionLimitPolicies = ['evict_oldest', 'reject'] as const
/** Identity's words for who somebody is. */
export const mfaRoles = ['SUPER_ADMIN', 'OWNER', 'ADMIN', 'MANAGER', 'OPERATOR', 'SELLER', 'ACCOUNTANT', 'VIEWER'] as const
export const signupModes = ['open', 'domain', 'invite', 'closed'] as const
export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

export const mailTransports = ['smtp', 'file', 'console', 'none'] as const
/** RFC 9106's second choice, 64 MiB. */
export const leastArgon2Kib = 65_536
export const fileDrivers = ['disk', 's3'] as const
export const smtpSecurities = ['tls', 'starttls', 'none'] as const

/** The first of `names` is the setting's; the others are read too. */
const setting = <T>(
  names: string | readonly [string, ...string[]],
  fallback: string,
  meaning: string,
  parse: (value: string) => T,
): Setting<T> => {
  const [name, ...aliases] = typeof names === 'string' ? [names] : names
  return { name, aliases, fallback, meaning, parse }
}

const optional =
  <T>(parse: (value: string) => T) =>
  (value: string): T | null =>
    value === '' ? null : parse(value)

/** The older switch says whether anybody may register. */
const signupMode = (value: string): (typeof signupModes)[number] => {
  if (/^(1|true|yes|on)$/i.test(value)) return 'open'
  return /^(0|false|no|off)$/i.test(value) ? 'invite' : choice(signupModes)(value)
}

/** `fallback` is the text read when the setting is absent or empty; '' means "derived", said in `meaning`. */
export const settings = {
  appEnv: setting(
    ['APP_ENV', 'FLASK_ENV', 'ENVIRONMENT'],
    'development',
    '`production` refuses weak secrets and never makes a demo',
    choice(appEnvs),
  ),
  secretKey: setting(
    'SECRET_KEY',
    '',
    'At least 32 random bytes (`openssl rand -base64 48`); every key is derived from it. Required in production; otherwise made once and kept in `DATA_DIR/secret.key`',
    text,
  ),
  port: setting('PORT', '8000', 'TCP port of the web server', integer(0, 65_535)),
  host: setting('HOST', '127.0.0.1', 'Address to listen on; `0.0.0.0` for every network card', text),
  publicUrl: setting(
    ['PUBLIC_URL', 'FRONTEND_URL'],
    '',
    'Address people type, as `https://andon.example.com`; its scheme decides about secure cookies. Default `http://localhost:PORT`',
    baseUrl,
  ),
  basePath: setting('BASE_PATH', '', 'Sub-path behind a proxy, as `/andon`. Default: the path of `PUBLIC_URL`', mountPath),
  allowInsecureLan: setting(
    'ALLOW_INSECURE_LAN',
    '0',
    'Production over plain http on a factory network: `1` accepts it, with a banner on every page',
    flag,
  ),
  trustProxyHops: setting(
    'TRUST_PROXY_HOPS',
    '0',
    'How many proxies in front are trusted to name the client (`X-Forwarded-For`)',
    integer(0, 10),
  ),
  logLevel: setting('LOG_LEVEL', 'info', logLevels.map((level) => `\`${level}\``).join(', '), choice(logLevels)),
  dataDir: setting('DATA_DIR', './data', 'Folder of the embedded databases and the development secret', text),
  databaseUrl: setting(
    'DATABASE_URL',
    '',
    'Platform database: `sqlite:///file`, `postgres://…`, `mysql://…` or `mariadb://…`. Default: SQLite in `DATA_DIR`',
    text,
  ),
  databasePoolSize: setting('DATABASE_POOL_SIZE', '10', 'Connections to the platform database, per process', integer(2, 200)),
  poolWaitMs: setting(
    'POOL_WAIT_MS',
    '10000',
    'Longest wait for a free connection to a database server; then 503 with `Retry-After`',
    integer(100, 60_000),
  ),
  poolIdleSeconds: setting(
    'POOL_IDLE_SECONDS',
    '30',
    'A connection that nobody used for this long is closed: the pool shrinks to what is needed, and none is lent that a firewall may have forgotten',
    integer(1, 3_600),
  ),
  poolRecycleSeconds: setting(
    'POOL_RECYCLE_SECONDS',
    '3600',
    'A connection this old is replaced when it comes back; less than the server’s own limit',
    integer(10, 86_400),
  ),
  accessTokenMinutes: setting('ACCESS_TOKEN_EXPIRE_MINUTES', '30', 'Life of an access token', integer(1, 1_440)),
  refreshTokenDays: setting(
    'REFRESH_TOKEN_EXPIRE_DAYS',
    '7',
    'Life of a refresh token, and idle end of a session of the API',
    integer(1, 30),
  ),
  sessionIdleMinutes: setting('SESSION_TIMEOUT_MINUTES', '30', 'Idle end of a browser session', integer(1, 1_440)),
  sessionRefreshMinutes: setting(
    'SESSION_REFRESH_THRESHOLD_MINUTES',
    '5',
    'Activity prolongs a session at most this often',
    integer(0, 1_440),
  ),
  maxConcurrentSessions: setting('MAX_CONCURRENT_SESSIONS', '3', 'Sessions per person; see `SESSION_LIMIT_POLICY`', integer(1, 100)),
  sessionLimitPolicy: setting(
    'SESSION_LIMIT_POLICY',
    'evict_oldest',
    'One session more than that: `evict_oldest` ends the longest unused, `reject` refuses the new one',
    choice(sessionLimitPolicies),
  ),
  enable2fa: setting(
    'ENABLE_2FA',
    '1',
    '`0`: nobody can set up a second factor, and nobody is made to; whoever has one still owes its code',
    flag,
  ),
  mfaRequiredRoles: setting(
    'MFA_REQUIRED_ROLES',
    '',
    'Comma-separated roles that must have a second factor, as `SUPER_ADMIN,OWNER,ADMIN`. Default: none',
    choices(mfaRoles),
  ),
  rateLimitPerMinute: setting('RATE_LIMIT_PER_MINUTE', '100', 'Requests per person (or address, before sign-in)', integer(1, 100_000)),
  tenantRateLimitPerMinute: setting('TENANT_RATE_LIMIT_PER_MINUTE', '1000', 'Requests per company', integer(1, 1_000_000)),
  overloadDelayMs: setting(
    'OVERLOAD_DELAY_MS',
    '3000',
    'A process whose turns come this late refuses with 503 until it has caught up; ingest and sign-in only when they come four times as late',
    integer(100, 600_000),
  ),
  overloadRequests: setting(
    'OVERLOAD_REQUESTS',
    '200',
    'Requests that a process answers at once, fewer while its turns come late; more are refused with 503. Streams, ingest, sign-in and health do not count',
    integer(4, 100_000),
  ),
  allowedOrigins: setting(
    ['ALLOWED_ORIGINS', 'CORS_ORIGINS'],
    '',
    'Comma-separated origins (`https://app.example.com`) that may call the API from a browser. Default: none but our own',
    origins,
  ),
  metricsToken: setting('METRICS_TOKEN', '', 'Bearer token that opens `/metrics`. Default: only from the machine itself', text),
  memoryLimitMb: setting(
    'MEMORY_LIMIT_MB',
    '',
    'Memory that this installation may count on. Below 512, caches are smaller and the launcher starts Node with limits of its own. Default: the container’s limit, or the machine’s memory',
    optional(integer(128, 1_000_000)),
  ),
  argon2Concurrency: setting(
    'ARGON2_CONCURRENCY',
    '',
    'Passwords hashed at a time, 64 MiB each. Default: 2, or 1 on less than 512 MB of memory',
    (value) => (value === '' ? (availableMemoryBytes() < 512 * 2 ** 20 ? 1 : 2) : integer(1, 16)(value)),
  ),
  argon2MemoryKib: setting(
    'ARGON2_MEMORY_KIB',
    String(leastArgon2Kib),
    'Memory of one password hash; less only with `APP_ENV=test`',
    integer(64, 1_048_576),
  ),
  auditRetentionDays: setting('AUDIT_RETENTION_DAYS', '365', 'How long rows of the audit log are kept', integer(30, 36_500)),
  plantPoolSize: setting('PLANT_POOL_SIZE', '4', 'Connections to each plant database, per process', integer(1, 50)),
  plantNetworks: setting(
    'PLANT_NETWORKS',
    '',
    'Private networks whose databases companies may attach by themselves, as `10.0.0.0/8,192.168.1.20`. Default: none, only public addresses; the operator attaches from anywhere',
    parseNetworks,
  ),
  sourceNetworks: setting(
    'SOURCE_NETWORKS',
    '',
    'Private networks where companies may have external HTTP sources and MQTT brokers, as `10.0.0.0/8,192.168.1.20`; only there also without encryption (`http`, `mqtt`). Default: none, only public addresses by `https` and `mqtts`',
    parseNetworks,
  ),
  sourceVariables: setting(
    'SOURCE_VARIABLES',
    '',
    'Environment variables that a company’s external sources may use as their secret, each after the company’s number: `1:WEATHER_TOKEN,7:ERP_KEY`. Default: none',
    companyVariables,
  ),
  sourceWaitMs: setting(
    'SOURCE_WAIT_MS',
    '3000',
    'Longest that a dashboard waits for an external source; what comes later is shown at its next refresh',
    integer(100, 60_000),
  ),
  plantConnectTimeoutMs: setting(
    'PLANT_CONNECT_TIMEOUT_MS',
    '3000',
    'Longest wait for a connection to a plant database',
    integer(100, 60_000),
  ),
  plantStatementTimeoutMs: setting('PLANT_STATEMENT_TIMEOUT_MS', '5000', 'Longest short query on a plant database', integer(100, 600_000)),
  plantReadTimeoutMs: setting(
    'PLANT_READ_TIMEOUT_MS',
    '30000',
    'Longest read of raw detections; then 503 `range_too_large`',
    integer(100, 600_000),
  ),
  historyCacheMb: setting(
    'HISTORY_CACHE_MB',
    '',
    'Memory for day summaries that were read, per process. Default: 64; 32 below 512 MB of memory, 16 below 320',
    (value) => (value === '' ? defaultHistoryCacheMb(availableMemoryBytes()) : integer(4, 16_384)(value)),
  ),
  maxExportRows: setting(
    'MAX_EXPORT_ROWS',
    '100000',
    'Most detections of one exported file; more are refused with their number (413)',
    integer(1, 1_000_000),
  ),
  liveHeartbeatSeconds: setting(
    'LIVE_HEARTBEAT_SECONDS',
    '15',
    'Seconds between signs of life on live streams and sockets, each with a new look at who may listen; less than any proxy closes a silent connection after',
    integer(1, 20),
  ),
  downtimeJob: setting(
    ['DOWNTIME_JOB', 'ENABLE_BACKGROUND_TASKS'],
    '1',
    'Whether workers store calculated stops in the plants’ downtime tables every 15 minutes; `0`: they are calculated on read, and `andon downtime-job` stores them when it is called',
    flag,
  ),
  appName: setting('APP_NAME', 'Andon', 'What mails and `/health` call this installation', text),
  appVersion: setting('APP_VERSION', '', 'Version that `/api/version` tells. Default: of the package', text),
  gitSha: setting('GIT_SHA', '', 'Commit that `/api/version` tells', text),
  signupMode: setting(
    ['SIGNUP_MODE', 'ALLOW_SELF_SIGNUP'],
    'invite',
    'Who may register: `open` (anybody), `domain` (addresses of `ALLOWLIST_DOMAINS` or of a company), `invite` (with an invitation) or `closed`',
    signupMode,
  ),
  allowlistDomains: setting(
    'ALLOWLIST_DOMAINS',
    '',
    'Comma-separated domains of e-mail addresses that may register with `domain`',
    domains,
  ),
  requireEmailVerification: setting(
    'REQUIRE_EMAIL_VERIFICATION',
    '',
    'Whether an e-mail address must be proven before the first sign-in. Default: where mail can be sent',
    optional(flag),
  ),
  requireApproval: setting('REQUIRE_APPROVAL', '1', 'Whether somebody who registered waits for an administrator', flag),
  allowCompanyCreate: setting(
    'ALLOW_COMPANY_CREATE',
    '',
    'Whether people with a proven e-mail may found companies. Default: only when `SIGNUP_MODE` is `open`',
    optional(flag),
  ),
  defaultTenant: setting('DEFAULT_TENANT', '', 'Slug, UUID or number of the company that whoever registers joins as VIEWER', text),
  mailTransport: setting(
    'MAIL_TRANSPORT',
    '',
    '`smtp`, `file` (`.eml` in `DATA_DIR/mail`), `console` (never in production) or `none`: mail waits. Default: `smtp` with SMTP_HOST, else `file`, in production `none`',
    optional(choice(mailTransports)),
  ),
  mailFrom: setting(
    ['MAIL_FROM', 'SMTP_FROM', 'EMAIL_FROM', 'MAIL_DEFAULT_SENDER'],
    '',
    'Sender, as `Andon <andon@example.com>`. Default: `no-reply@` the host of `PUBLIC_URL`',
    mailbox,
  ),
  smtpHost: setting(['SMTP_HOST', 'SMTP_SERVER', 'MAIL_SERVER', 'MAIL_HOST', 'EMAIL_HOST'], '', 'Mail server', text),
  smtpPort: setting(['SMTP_PORT', 'MAIL_PORT', 'EMAIL_PORT'], '587', 'Its port', integer(1, 65_535)),
  smtpUser: setting(
    ['SMTP_USER', 'SMTP_USERNAME', 'MAIL_USERNAME', 'EMAIL_USER', 'EMAIL_HOST_USER'],
    '',
    'Its account. Default: it asks for none',
    text,
  ),
  smtpPassword: setting(['SMTP_PASSWORD', 'MAIL_PASSWORD', 'EMAIL_PASSWORD', 'EMAIL_HOST_PASSWORD'], '', 'Password of that account', text),
  smtpSecurity: setting(
    'SMTP_SECURITY',
    '',
    '`tls`, `starttls` (demanded, not just offered) or `none`. Default: `tls` at port 465, `none` on this machine, else `starttls`',
    optional(choice(smtpSecurities)),
  ),
  filesDriver: setting('FILES_DRIVER', 'disk', 'Where uploaded files are: `disk` (`DATA_DIR/files`) or `s3`', choice(fileDrivers)),
  s3Endpoint: setting(['S3_ENDPOINT', 'MINIO_ENDPOINT'], '', 'Address of the S3 store, as `http://minio:9000`. Default: Amazon’s', baseUrl),
  s3PublicEndpoint: setting(
    'S3_PUBLIC_ENDPOINT',
    '',
    'The same store for browsers: downloads go there by signed links. Default: they go through Andon',
    baseUrl,
  ),
  s3Region: setting(['S3_REGION', 'AWS_REGION'], 'us-east-1', 'Its region', text),
  s3Bucket: setting(['S3_BUCKET', 'MINIO_BUCKET'], '', 'Its bucket', text),
  s3AccessKeyId: setting(['S3_ACCESS_KEY_ID', 'AWS_ACCESS_KEY_ID', 'MINIO_ACCESS_KEY'], '', 'Its key', text),
  s3SecretAccessKey: setting(['S3_SECRET_ACCESS_KEY', 'AWS_SECRET_ACCESS_KEY', 'MINIO_SECRET_KEY'], '', 'Secret of that key', text),
  s3PathStyle: setting('S3_PATH_STYLE', '', '`1` for `endpoint/bucket/key`. Default: 1 with S3_ENDPOINT, else 0', optional(flag)),
  workerHeartbeatSeconds: setting(
    'WORKER_HEARTBEAT_INTERVAL',
    '30',
    'Seconds between a worker’s signs of life; silent for three it counts as dead',
    integer(1, 3_600),
  ),
  backupDir: setting('BACKUP_DIR', '', 'Folder of backups, better on another disk. Default: `DATA_DIR/backups`', text),
  backupRetentionDays: setting(
    'BACKUP_RETENTION_DAYS',
    '30',
    'Backups older than this many days go; the newest of everything stays',
    integer(1, 3_650),
  ),
  backupJob: setting(
    'BACKUP_JOB',
    '1',
    'Whether workers make a backup of everything each night at 03:00 UTC; `0`: `andon backup` makes them when it is called',
    flag,
  ),
  cacheTtlSeconds: setting(
    'CACHE_TTL_SECONDS',
    '3600',
    'How long lines, products, shifts and filters of a plant are kept before they are read again',
    integer(1, 86_400),
  ),
}

/** Rows of the README's configuration table. */
export const configTable: readonly { readonly name: string; readonly default: string; readonly meaning: string }[] = Object.values(
  settings,
).map(({ name, aliases, fallback, meaning }) => ({
  name,
  default: fallback,
  meaning: aliases.length === 0 ? meaning : `${meaning}. Also read: ${aliases.map((alias) => `\`${alias}\``).join(', ')}`,
}))

const defaultHistoryCacheMb = (bytes: number): number => (bytes < 320 * 2 ** 20 ? 16 : bytes < 512 * 2 ** 20 ? 32 : 64)
