/** Answers held to what the API says of itself. */
import assert from 'node:assert/strict'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { ProblemDocument, type RegisteredRoute } from '../../src/platform/http/index.ts'

const problemDocument = Compile(ProblemDocument)

const faultsOf = (validator: ReturnType<typeof Compile>, value: unknown): readonly string[] =>
  validator.Check(value) ? [] : validator.Errors(value).map(({ instancePath, message }) => `${instancePath || '/'} ${message}`)

/** A status that the route declares with a body of its schema, or a problem document (an HTML page for pages). */
export async function assertContract(route: RegisteredRoute, response: Response): Promise<void> {
  const name = `${route.method} ${route.url} → ${response.status}`
  const text = await response.text()
  const contentType = response.headers.get('content-type') ?? ''
  const declared = (route.reply as Readonly<Record<number, TSchema | undefined>>)[response.status]
  if (declared) {
    if (contentType.startsWith('application/json')) assert.deepEqual(faultsOf(Compile(declared), JSON.parse(text)), [], name)
    return
  }
  if (response.status === 303) return assert.match(response.headers.get('location') ?? '', /^\//, name)
  assert.ok(response.status >= 400, `${name} is not declared`)
  if (contentType.startsWith('text/html')) return
  assert.match(contentType, /^application\/problem\+json/, name)
  const document = JSON.parse(text) as { status: number; request_id: string }
  assert.deepEqual(faultsOf(problemDocument, document), [], name)
  assert.equal(document.status, response.status, name)
}
