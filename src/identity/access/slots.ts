/** Limits that a handler counts itself: where only some of a path's requests fall under them. */
import type { FastifyRequest } from 'fastify'
import { clientGroup, type SharedRate } from '../../platform/http/index.ts'
import { problem } from '../problems.ts'

const minuteMs = 60_000
const hourMs = 3_600_000

/** One more try of `rate`, counted together with the paths that declare it. Throws 429 `rate_limited`. */
export async function takeSlot(request: FastifyRequest, { bucket, perMinute, perHour }: SharedRate): Promise<void> {
  const { sharedLimit, clock } = request.server.shell
  const who = request.actor ? `user ${request.actor.userId}` : clientGroup(request.ip)
  const windows = [
    ...(perMinute === undefined ? [] : [{ limit: perMinute, windowMs: minuteMs }]),
    ...(perHour === undefined ? [] : [{ limit: perHour, windowMs: hourMs }]),
  ]
  const taken = await sharedLimit(`${bucket}|${who}`, windows)
  if (taken.isAllowed) return
  const seconds = Math.max(1, Math.ceil((taken.freesAtMs - clock.nowMs()) / 1000))
  throw problem('rate_limited', { parameters: { seconds }, headers: { 'retry-after': String(seconds) } })
}
