/** A browser or program of the tests: keeps cookies, signs in through identity, adds the CSRF token to unsafe requests. */
import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'

export type JsonAnswer = { readonly status: number; readonly headers: Headers; readonly body: unknown }

export type Client = {
  readonly url: string
  /** `path` is below the server; redirects are not followed. */
  readonly fetch: (path: string, init?: RequestInit) => Promise<Response>
  /** `send` is the JSON body: with it the default method is POST. */
  readonly json: (path: string, send?: unknown, init?: RequestInit) => Promise<JsonAnswer>
  /** As a browser: session cookie and CSRF token. Fails the test when refused. */
  readonly signIn: (username: string, password: string) => Promise<void>
  /** As a program: bearer token on every further request. */
  readonly signInApi: (username: string, password: string) => Promise<{ readonly accessToken: string; readonly refreshToken: string }>
  readonly cookies: ReadonlyMap<string, string>
  /** Headers of every further request, such as `x-company-id`. */
  readonly headers: Record<string, string>
}

const randomAddress = (): string => `10.${randomInt(256)}.${randomInt(256)}.${randomInt(1, 255)}`

export function createClient(url: string): Client {
  const cookies = new Map<string, string>()
  const headers: Record<string, string> = { 'x-forwarded-for': randomAddress() }
  let csrfToken: string | null = null

  const keepCookies = (response: Response): void => {
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';')
      const [name = '', ...value] = pair.split('=')
      const isGone = attributes.some((attribute) => /^\s*(max-age=0|expires=thu, 01 jan 1970)/i.test(attribute))
      if (isGone) cookies.delete(name.trim())
      else cookies.set(name.trim(), value.join('='))
    }
  }

  const send: Client['fetch'] = async (path, init = {}) => {
    const all = new Headers(headers)
    const isUnsafe = !['GET', 'HEAD'].includes(init.method ?? 'GET')
    if (cookies.size > 0 && !headers.authorization) all.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    if (isUnsafe && !headers.authorization) {
      all.set('origin', url)
      if (csrfToken !== null) all.set('x-csrf-token', csrfToken)
    }
    for (const [name, value] of new Headers(init.headers)) all.set(name, value)
    const response = await fetch(url + path, { redirect: 'manual', ...init, headers: all })
    keepCookies(response)
    return response
  }

  const json: Client['json'] = async (path, body, init = {}) => {
    const response = await send(path, {
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
      ...init,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...Object.fromEntries(new Headers(init.headers)) },
    })
    const text = await response.text()
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    return { status: response.status, headers: response.headers, body: isJson ? (JSON.parse(text) as unknown) : text }
  }

  return {
    url,
    cookies,
    headers,
    fetch: send,
    json,
    async signIn(username, password) {
      const csrf = await json('/api/v1/auth/csrf')
      csrfToken = (csrf.body as { csrf_token: string }).csrf_token
      const session = await json('/api/v1/auth/session', { username, password })
      assert.equal(session.status, 200, `sign-in of ${username}: ${JSON.stringify(session.body)}`)
      csrfToken = (session.body as { csrf_token: string }).csrf_token
    },
    async signInApi(username, password) {
      const { status, body } = await json('/api/v1/auth/login', { username, password })
      assert.equal(status, 200, `sign-in of ${username}: ${JSON.stringify(body)}`)
      const { access_token: accessToken, refresh_token: refreshToken } = body as { access_token: string; refresh_token: string }
      headers.authorization = `Bearer ${accessToken}`
      return { accessToken, refreshToken }
    },
  }
}
