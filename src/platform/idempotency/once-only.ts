/** A client that heard no answer sends its request again under the same key, and gets the first answer instead of a second effect. */
import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Db, TenantDb } from '../db/database.ts'
import { decodeJson, encodeJson, insertUnlessExists, transaction } from '../db/index.ts'
import { Problem, type ProblemSpec, problemFactory } from '../http/problem.ts'
import { type Clock, skewMs } from '../time/index.ts'

const idempotencyProblems = {
  idempotency_key_invalid: {
    status: 422,
    title: { es: 'Idempotency-Key no válida', en: 'Invalid Idempotency-Key' },
    detail: { es: 'De 1 a 128 caracteres ASCII visibles.', en: '1 to 128 visible ASCII characters.' },
  },
  idempotency_key_reused: {
    status: 422,
    title: { es: 'Idempotency-Key ya usada', en: 'Idempotency-Key used already' },
    detail: {
      es: 'Esa clave se usó para otro pedido: cada acción lleva la suya.',
      en: 'That key was used for another request: each action has its own.',
    },
  },
  request_running: {
    status: 409,
    title: { es: 'El mismo pedido está en curso', en: 'The same request is running' },
    detail: { es: 'Vuelva a enviarlo en un momento.', en: 'Send it again in a moment.' },
  },
} as const satisfies Record<string, ProblemSpec>
const problem = problemFactory(idempotencyProblems)

/** A process that died in the middle answers no more: after this long the request is done again. */
const abandonedMs = 60_000
/** Offline tablets come back within days. */
const keepMs = 7 * 86_400_000

/** Of the header; undefined = the client gave none. */
export function idempotencyKeyOf({ headers }: { readonly headers: IncomingHttpHeaders }): string | undefined {
  const key = headers['idempotency-key']
  return Array.isArray(key) ? key[0] : key
}

export type OnceOnly = {
  /** The header; absent = do it. */
  readonly key: string | undefined
  /** Keys of different actions do not meet. At most 40 characters. */
  readonly action: string
  /** Who asks and for what: JSON of it is compared. */
  readonly asked: unknown
}

/** `work` answers JSON. `isAgain`: it may have been done by a process that died; then it must find what it did. Throws idempotency_key_invalid and
 *  idempotency_key_reused (422), request_running (409), and what `work` throws: a refusal is not remembered. */
export async function onceOnly<Answer>(
  db: TenantDb,
  { clock }: { readonly clock: Clock },
  { key, action, asked }: OnceOnly,
  work: (isAgain: boolean) => Promise<Answer>,
): Promise<Answer> {
  if (key === undefined) return work(false)
  if (!/^[\x21-\x7e]{1,128}$/.test(key)) throw problem('idempotency_key_invalid')
  const nowMs = clock.nowMs()
  const fingerprint = createHash('sha256').update(encodeJson(asked)).digest('hex')
  const own = { tenant_id: db.tenantId, action, request_key: key }
  // On MariaDB two that wait for the same key while a third forgets it are a deadlock, also without a transaction of their own: tried again.
  const isFirst = await transaction(db, (tx) =>
    insertUnlessExists(tx, 'idempotent_requests', { ...own, fingerprint, answer: null, created_at: nowMs, updated_at: nowMs }),
  )
  if (!isFirst) {
    const known = await find(db, action, key)
    if (known && known.fingerprint !== fingerprint) throw problem('idempotency_key_reused')
    if (known && known.answer !== null) {
      const decoded = decodeJson(known.answer)
      if (decoded.ok) return decoded.value as Answer
    }
    if (!known || !isAbandoned(known.updated_at, nowMs) || !(await takeOver(db, known.id, known.updated_at, nowMs)))
      throw problem('request_running', { headers: { 'retry-after': '2' } })
  }
  try {
    const answer = await work(!isFirst)
    await note(db, action, key, { answer: encodeJson(answer), updated_at: clock.nowMs() })
    return answer
  } catch (error) {
    if (error instanceof Problem && error.status < 500) await forget(db, action, key)
    // nobody knows how far it came: whoever asks again takes over at once
    else await note(db, action, key, { updated_at: 0 })
    throw error
  }
}

const find = ({ kysely, tenantId }: TenantDb, action: string, key: string) =>
  kysely
    .selectFrom('idempotent_requests')
    .select(['id', 'fingerprint', 'answer', 'updated_at'])
    .where('tenant_id', '=', tenantId)
    .where('action', '=', action)
    .where('request_key', '=', key)
    .executeTakeFirst()

const forget = (db: TenantDb, action: string, key: string) =>
  transaction(db, ({ kysely, tenantId }) =>
    kysely
      .deleteFrom('idempotent_requests')
      .where('tenant_id', '=', tenantId)
      .where('action', '=', action)
      .where('request_key', '=', key)
      .execute(),
  )

const note = (db: TenantDb, action: string, key: string, values: { readonly answer?: string; readonly updated_at: number }) =>
  transaction(db, ({ kysely, tenantId }) =>
    kysely
      .updateTable('idempotent_requests')
      .set(values)
      .where('tenant_id', '=', tenantId)
      .where('action', '=', action)
      .where('request_key', '=', key)
      .execute(),
  )

/** What was begun later than now was begun by a clock that has been set back since. */
const isAbandoned = (beganMs: number, nowMs: number): boolean => nowMs - beganMs >= abandonedMs || beganMs > nowMs + skewMs

/** True for exactly one of those that saw it abandoned. */
async function takeOver({ kysely, tenantId }: TenantDb, id: number, seenMs: number, nowMs: number): Promise<boolean> {
  const { numUpdatedRows } = await kysely
    .updateTable('idempotent_requests')
    .set({ updated_at: nowMs })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .where('updated_at', '=', seenMs)
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

/** Of all companies: a term of keeping is nobody's in particular. */
export const idempotencyJobs = ({ db, clock }: { readonly db: Db; readonly clock: Clock }) => [
  {
    name: 'idempotency.purge',
    schedule: '50 3 * * *',
    run: async (): Promise<void> => {
      await db.kysely
        .deleteFrom('idempotent_requests')
        .where('created_at', '<', clock.nowMs() - keepMs)
        .execute()
    },
  },
]
