/** What every part of one HTTP server shares; `app.shell`. Given once to `buildServer`, nothing here is global. */
import type { FastifyRequest } from 'fastify'
import type { Language } from '../i18n/index.ts'
import type { SharedLimit } from '../limits/index.ts'
import type { Log } from '../log/index.ts'
import type { Clock } from '../time/index.ts'
import type { Html } from '../ui/html.ts'
import type { AccessPolicy } from './access.ts'
import type { Assets } from './assets.ts'
import type { Metrics } from './metrics.ts'
import type { RegisteredRoute } from './route.ts'

export type HttpSettings = {
  /** '' or `/andon`. */
  readonly basePath: string
  readonly isSecure: boolean
  readonly trustProxyHops: number
  readonly rateLimitPerMinute: number
  /** Of the event loop: above it the process is drowning and refuses quickly rather than answer everybody late. */
  readonly overloadDelayMs: number
  /** Ordinary requests being answered at once, of one process; see `overload.ts`. */
  readonly overloadRequests: number
  readonly tenantRateLimitPerMinute: number
  readonly allowedOrigins: readonly string[]
  readonly metricsToken: string
}

/** A refusal ready to be drawn: texts are in the reader's language. */
export type ShownProblem = {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail: string
  readonly requestId: string
  readonly fields: readonly { readonly path: string; readonly message: string }[]
}

export type ErrorViews = {
  /** A whole page. */
  readonly page: (problem: ShownProblem, request: FastifyRequest) => Html
  /** For htmx: what replaces the target. */
  readonly fragment: (problem: ShownProblem, request: FastifyRequest) => Html
}

/** Parts of readiness, such as `db`; true = usable. */
export type Readiness = Readonly<Record<string, boolean>>

export type ServerDeps = {
  readonly settings: HttpSettings
  /** `commit` and `environment`: what `/api/version` tells beside the version. */
  readonly app: { readonly name: string; readonly version: string; readonly commit?: string; readonly environment?: string }
  readonly log: Log
  readonly clock: Clock
  readonly policy: AccessPolicy
  /** Counts what all processes count together; by default this process is the only one. */
  readonly sharedLimit?: SharedLimit
  readonly errorViews?: ErrorViews
  /** How long a client may take for its headers, and for the whole request; and how often that is looked at. */
  readonly patience?: {
    readonly headersMs: number
    readonly requestMs: number
    readonly checkEveryMs: number
    /** How long a connection with nothing moving in either direction is kept. */
    readonly silentMs?: number
  }
  /** Warning bars of every page. */
  readonly banners?: (language: Language) => readonly Html[]
  readonly readiness: () => Promise<Readiness>
  readonly metrics: Metrics
  /** Folder of the browser build. */
  readonly distDir: string
}

export type Shell = Required<ServerDeps> & {
  readonly basePath: string
  readonly assets: Assets
  readonly routes: RegisteredRoute[]
  /** Fires when the server starts to close: streams end now. */
  readonly stopping: AbortSignal
}

declare module 'fastify' {
  interface FastifyInstance {
    shell: Shell
  }
}
