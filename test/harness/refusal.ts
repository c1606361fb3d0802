/** What a request is answered while something is broken: at once or within its limits, and always in words. */
import assert from 'node:assert/strict'
import { handlerLimitS } from '../../src/platform/http/errors.ts'
import type { Client } from './client.ts'

export type Told = { readonly status: number; readonly code: string; readonly retryAfterS: number | null; readonly tookMs: number }

/** Never throws for an answer, whatever it says; does when there is none. */
export async function ask(client: Client, path: string, send?: unknown, init: RequestInit = {}): Promise<Told> {
  const startedMs = performance.now()
  const response = await client.json(path, send, init)
  const tookMs = performance.now() - startedMs
  const { body, status, headers } = response
  const code = typeof body === 'object' && body !== null && 'code' in body ? String(body.code) : ''
  const after = headers.get('retry-after')
  return { status, code, retryAfterS: after === null ? null : Number(after), tookMs }
}

/** 503 with Retry-After, and within the limit of any request. */
export function assertUnavailable(told: Told, about: string): void {
  assert.equal(told.status, 503, `${about}: ${JSON.stringify(told)}`)
  assert.ok(told.retryAfterS !== null && told.retryAfterS >= 1, `${about} says when to come back: ${JSON.stringify(told)}`)
  assert.ok(told.tookMs < (handlerLimitS + 5) * 1_000, `${about} took ${Math.round(told.tookMs)} ms`)
}
