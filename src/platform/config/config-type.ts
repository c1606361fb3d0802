/** All that the process is told from outside, with units. */
import type {
  appEnvs,
  fileDrivers,
  logLevels,
  mailTransports,
  mfaRoles,
  sessionLimitPolicies,
  signupModes,
  smtpSecurities,
} from './settings.ts'

type AppEnv = (typeof appEnvs)[number]

export type Config = {
  readonly appEnv: AppEnv
  readonly isProduction: boolean
  /** Root of every derived key; see platform/secrets. Never logged. */
  readonly secretKey: string
  readonly http: {
    readonly host: string
    readonly port: number
    /** Address people type, with `basePath`, without trailing slash. */
    readonly publicUrl: string
    /** '' or `/andon`. */
    readonly basePath: string
    /** `publicUrl` is https: cookies are Secure and `__Host-`. */
    readonly isSecure: boolean
    /** Production over plain http was accepted by the operator: pages carry a banner. */
    readonly isInsecureLan: boolean
    readonly trustProxyHops: number
    readonly rateLimitPerMinute: number
    readonly tenantRateLimitPerMinute: number
    /** Of the event loop: above it the process is drowning and refuses quickly rather than answer everybody late. */
    readonly overloadDelayMs: number
    /** Ordinary requests being answered at once; more are refused. */
    readonly overloadRequests: number
    /** Exact origins that may call the API from a browser; empty = none but our own. */
    readonly allowedOrigins: readonly string[]
    /** Opens `/metrics` to whoever sends it as a bearer; '' = loopback only. */
    readonly metricsToken: string
  }
  readonly log: { readonly level: (typeof logLevels)[number] }
  /** Absolute. */
  readonly dataDir: string
  readonly database: {
    readonly url: string
    /** No DATABASE_URL was given: SQLite in `dataDir`. */
    readonly isEmbedded: boolean
    readonly poolSize: number
  }
  /** Of both kinds of databases; SQLite has none. */
  readonly pools: { readonly waitMs: number; readonly idleMs: number; readonly maxAgeMs: number }
  readonly session: {
    readonly accessTokenS: number
    readonly refreshTokenS: number
    readonly idleS: number
    readonly refreshThresholdS: number
    readonly maxConcurrent: number
    readonly limitPolicy: (typeof sessionLimitPolicies)[number]
  }
  /** The second factor at sign-in. */
  readonly mfa: { readonly isOffered: boolean; readonly requiredRoles: ReadonlySet<(typeof mfaRoles)[number]> }
  /** Argon2id. */
  readonly passwords: { readonly hashesAtOnce: number; readonly memoryKib: number }
  readonly worker: { readonly heartbeatMs: number }
  readonly auditRetentionDays: number
  readonly app: {
    readonly name: string
    /** '' = the package's. */
    readonly version: string
    /** '' = not told. */
    readonly commit: string
  }
  readonly signup: {
    readonly mode: (typeof signupModes)[number]
    /** Lower case. */
    readonly domains: ReadonlySet<string>
    readonly requiresVerification: boolean
    readonly requiresApproval: boolean
    /** As the operator named it; '' = none. */
    readonly defaultTenant: string
    readonly mayFoundCompanies: boolean
  }
  readonly mail: {
    /** 'none': mail waits in its table. */
    readonly transport: (typeof mailTransports)[number]
    readonly from: { readonly name: string; readonly address: string }
    readonly smtp: {
      readonly host: string
      readonly port: number
      /** '' = the server asks for none. */
      readonly user: string
      readonly password: string
      readonly security: (typeof smtpSecurities)[number]
    }
  }
  readonly files: {
    readonly driver: (typeof fileDrivers)[number]
    readonly s3: {
      /** '' = Amazon's own. */
      readonly endpoint: string
      readonly publicEndpoint: string
      readonly region: string
      readonly bucket: string
      readonly accessKeyId: string
      readonly secretAccessKey: string
      readonly isPathStyle: boolean
    }
  }
  readonly plant: {
    readonly poolSize: number
    readonly connectTimeoutMs: number
    readonly statementTimeoutMs: number
    /** Of long reads of raw rows. */
    readonly readTimeoutMs: number
    readonly cacheTtlS: number
    /** Private networks that companies' own people may attach databases of. */
    readonly openNetworks: readonly string[]
  }
  /** External HTTP sources and MQTT brokers of companies. */
  readonly sources: {
    readonly openNetworks: readonly string[]
    /** Secrets by `{tenant id}:{variable}`; never logged. */
    readonly variables: ReadonlyMap<string, string>
    /** Of a dashboard, for a source. */
    readonly waitMs: number
  }
  readonly history: { readonly cacheMb: number }
  readonly live: { readonly heartbeatMs: number }
  readonly exports: { readonly maxRows: number }
  readonly downtime: { readonly isJobEnabled: boolean }
  readonly backup: {
    /** Absolute. */
    readonly dir: string
    readonly retentionDays: number
    readonly isJobEnabled: boolean
  }
}
