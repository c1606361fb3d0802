/** The one place where a refusal or a bug becomes an answer: problem document, page, or fragment. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { formatText } from '../i18n/index.ts'
import { Problem } from './problem.ts'
import { problem } from './problems.ts'
import { isHtmlPreferred } from './request.ts'
import type { ShownProblem } from './shell.ts'

export const handlerLimitS = 30

type CodedError = { readonly code?: unknown; readonly statusCode?: unknown }

/** Somebody must make room first. */
const storageFull = (cause: unknown): Problem => problem('storage_full', { cause, headers: { 'retry-after': '60' } })

/** Fastify's own refusals in our words; anything unknown is a bug, told as a bare 500. */
export function asProblem(error: unknown, bodyLimitBytes = 2 ** 20): Problem {
  if (error instanceof Problem) return error
  const { code, statusCode } = (error ?? {}) as CodedError
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return problem('body_too_large', {
        cause: error,
        parameters: { maximum: bodyLimitBytes / 2 ** 20 },
        headers: { connection: 'close' },
      })
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return problem('unsupported_media_type', { cause: error, parameters: { accepted: 'application/json' } })
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return problem('malformed_json', { cause: error })
    case 'FST_ERR_HANDLER_TIMEOUT':
      return problem('request_timeout', { cause: error, parameters: { limitS: handlerLimitS }, headers: { 'retry-after': '5' } })
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return problem('uri_too_long', { cause: error })
    // Of the platform's own database (a plant's faults are named by plant/source).
    case 'database_unavailable':
      if ((error as { readonly reason?: unknown }).reason === 'full') return storageFull(error)
      return problem('database_unavailable', { cause: error, headers: { 'retry-after': '5' } })
    case 'query_timeout':
      return problem('database_unavailable', { cause: error, headers: { 'retry-after': '5' } })
    case 'sealed_with_another_key':
      return problem('sealed_with_another_key', { cause: error })
    // Of a file.
    case 'ENOSPC':
    case 'EDQUOT':
      return storageFull(error)
  }
  if (statusCode === 413) return problem('body_too_large', { cause: error, parameters: { maximum: bodyLimitBytes / 2 ** 20 } })
  if (statusCode === 415) return problem('unsupported_media_type', { cause: error, parameters: { accepted: 'application/json' } })
  if (error instanceof SyntaxError && statusCode === 400) return problem('malformed_json', { cause: error })
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) return problem('malformed_request', { cause: error })
  return problem('internal_error', { cause: error })
}

const shown = (refusal: Problem, request: FastifyRequest): ShownProblem => {
  const { language } = request
  return {
    status: refusal.status,
    code: refusal.code,
    title: formatText(refusal.spec.title, language, refusal.options.parameters),
    detail: refusal.detail(language),
    requestId: request.id,
    fields: (refusal.options.fields ?? []).map((field) => ({
      path: field.path,
      message: formatText(field.message, language, field.parameters),
    })),
  }
}

/** For answers made before there is a usable request: English, no fields. */
export const bareProblem = (refusal: Problem) => ({
  title: formatText(refusal.spec.title, 'en', refusal.options.parameters),
  detail: refusal.detail('en'),
  status: refusal.status,
  code: refusal.code,
})

/** RFC 9457, with our `code` and `request_id`. */
function problemDocument(refusal: Problem, request: FastifyRequest): Record<string, unknown> {
  const view = shown(refusal, request)
  const rules = refusal.options.fields ?? []
  return {
    type: `urn:andon:problem:${refusal.code}`,
    title: view.title,
    status: view.status,
    detail: view.detail,
    code: view.code,
    instance: request.fullPath,
    request_id: view.requestId,
    ...(rules.length > 0 && {
      fields: view.fields.map((field, index) => ({ path: field.path, rule: rules[index]?.rule, message: field.message })),
    }),
    ...refusal.options.extra,
  }
}

export function sendProblem(refusal: Problem, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { errorViews } = request.server.shell
  reply.code(refusal.status)
  if (refusal.status === 401) reply.header('www-authenticate', 'Bearer')
  if (refusal.options.headers) reply.headers(refusal.options.headers)
  if (request.isHtmx || isHtmlPreferred(request)) {
    const isFragment = request.isHtmx && request.headers['hx-request-type'] !== 'full'
    const view = isFragment ? errorViews.fragment : errorViews.page
    return reply.type('text/html; charset=utf-8').send(String(view(shown(refusal, request), request)))
  }
  return reply.type('application/problem+json; charset=utf-8').send(JSON.stringify(problemDocument(refusal, request)))
}

function logRefusal(refusal: Problem, request: FastifyRequest): void {
  if (refusal.code === 'internal_error') request.log.error({ err: refusal.cause ?? refusal, event: 'internal_error' }, 'request failed')
  // said once in a while by `overload.ts`: a line for each would be work for a process that has too much of it
  else if (refusal.status >= 500 && refusal.code !== 'overloaded')
    request.log.warn({ err: refusal.cause, event: refusal.code }, 'request refused by the server')
}

// '/t/:company/lines/:id' → a test of real paths; '*' is the rest.
const patternOf = (url: string): RegExp =>
  new RegExp(
    `^${url
      .split('/')
      .map((step) => (step.startsWith(':') ? '[^/]+' : step === '*' ? '.*' : step.replace(/[.+?^${}()|[\]\\]/g, '\\$&')))
      .join('/')}/?$`,
  )

/** Methods that the path of `url` answers to, in a fixed order; none when there is no such path. */
export function allowedMethods(routes: readonly { readonly method: string; readonly url: string }[]): (path: string) => readonly string[] {
  const compiled = routes.map(({ method, url }) => ({ method, pattern: patternOf(url) }))
  return (path) => {
    const found = new Set(compiled.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))
    if (found.has('GET')) found.add('HEAD')
    return ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((method) => found.has(method))
  }
}

export function addErrorHandlers(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const refusal = asProblem(error, request.routeOptions.bodyLimit)
    logRefusal(refusal, request)
    return sendProblem(refusal, request, reply)
  })
  let allowedFor: ReturnType<typeof allowedMethods> | undefined
  app.setNotFoundHandler((request, reply) => {
    allowedFor ??= allowedMethods(app.shell.routes)
    const allowed = allowedFor(request.url.split('?', 1)[0] ?? '/').join(', ')
    const refusal =
      allowed === '' ? problem('not_found') : problem('method_not_allowed', { parameters: { allowed }, headers: { allow: allowed } })
    return sendProblem(refusal, request, reply)
  })
}
