/** What somebody at a machine does: explains a stop, adds one, notes scrap. Each is done once however often it is sent, and somebody answers for it. */
import type { Origin } from '../../identity/audit/audit.ts'
import type { TenantActor } from '../../identity/index.ts'
import { onceOnly } from '../../platform/idempotency/index.ts'
import { dayOf, dayS, type Zone, zoneOf } from '../../platform/time/index.ts'
import type { BoardDeps } from '../board/index.ts'
import { timeOfDayS } from '../model/index.ts'
import { noteScrap, withdrawScrap } from '../scrap/index.ts'
import { createStop, justifyStop, type StopRef } from '../stops/index.ts'
import type { Done, ExplainBody, ScrapBody, StopBody, WithdrawalBody } from './bodies.ts'
import { problem } from './problems.ts'

export type ActionDeps = BoardDeps
/** `actor` signed; `screen`: the shared screen's name, null for somebody's own session. */
export type Acting = { readonly actor: TenantActor; readonly origin: Origin; readonly screen: string | null }

type Body = { readonly line_id: number; readonly idempotency_key: string; readonly acted_at_ms?: number | undefined }
const notOfTheAction = new Set(['idempotency_key', 'csrf_token', 'signer', 'pin', 'pad_id', 'covered_pin', 'acted_at_ms'])

/** The same key with another question is refused; who signs and with which PIN is no part of the question. */
const questionOf = (body: object) =>
  Object.entries(body)
    .filter(([name, value]) => !notOfTheAction.has(name) && value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))

const once = (deps: ActionDeps, { actor }: Acting, action: string, body: Body, work: (isAgain: boolean) => Promise<Done>): Promise<Done> =>
  onceOnly(
    { ...deps.db, tenantId: actor.tenant.tenantId },
    deps,
    { key: body.idempotency_key, action: `operator.${action}`, asked: questionOf(body) },
    work,
  )

const editorOf = ({ actor, origin, screen }: Acting) => ({ actor, origin, ...(screen !== null && { signedBy: actor.username }) })

/** Throws 403 `line_not_shown`, 422 `invalid_action`, and what stops refuse (`edited_meanwhile` names who and when). */
export async function explainStop(deps: ActionDeps, acting: Acting, body: ExplainBody): Promise<Done> {
  demandLine(acting.actor, body.line_id)
  const reason = { code: body.reason_code ?? null, text: body.reason_text?.trim() || null }
  if (reason.code === null && reason.text === null)
    throw problem('invalid_action', {
      fields: [{ path: 'reason_code', rule: 'required', message: { es: 'Elija un motivo', en: 'Choose a reason' } }],
    })
  const ref = refOf(body)
  return once(deps, acting, 'explain', body, async () => {
    const { kind } = await justifyStop(deps, editorOf(acting), ref, reason)
    return { outcome: kind }
  })
}

function refOf({ line_id: lineId, event_id: eventId, version, at_s: atS }: ExplainBody): StopRef {
  if (eventId !== undefined) return { lineId, eventId, version }
  if (atS !== undefined) return { lineId, atS }
  throw problem('invalid_action', {
    fields: [{ path: 'event_id', rule: 'required', message: { es: 'Elija una parada', en: 'Choose a stop' } }],
  })
}

/** Likewise. */
export async function addStop(deps: ActionDeps, acting: Acting, body: StopBody): Promise<Done> {
  demandLine(acting.actor, body.line_id)
  const reason = { code: body.reason_code ?? null, text: body.reason_text?.trim() || null }
  return once(deps, acting, 'stop', body, async (isAgain) => {
    const span = await deps.plants.withPlant(acting.actor.tenant.tenantId, async ({ model }) =>
      wallSpan(zoneOf(model.settings.timeZone), body, actedAtMs(deps, body)),
    )
    await createStop(deps, editorOf(acting), { lineId: body.line_id, startS: span.fromS, endS: span.toS, reason, isAgain })
    return { outcome: 'stored' }
  })
}

/** The newest such times up to the moment that they were written: "23:50 to 00:10" at 00:20 began yesterday. Pure. */
export function wallSpan(zone: Zone, { start_time: start, end_time: end }: Pick<StopBody, 'start_time' | 'end_time'>, atMs: number) {
  const [startS, endS] = [timeOfDayS(start), timeOfDayS(end)]
  const fault = (path: string) => ({ path, rule: 'format', message: { es: 'Use la forma 14:05', en: 'Use the form 14:05' } })
  if (startS === null || endS === null)
    throw problem('invalid_action', {
      fields: [...(startS === null ? [fault('start_time')] : []), ...(endS === null ? [fault('end_time')] : [])],
    })
  if (startS === endS)
    throw problem('invalid_action', {
      fields: [
        { path: 'end_time', rule: 'order', message: { es: 'El fin debe ser posterior al inicio', en: 'The end must be after the start' } },
      ],
    })
  const nowLocalS = zone.toLocalS(Math.floor(atMs / 1_000))
  const today = dayOf(nowLocalS) * dayS
  const endLocalS = today + endS <= nowLocalS ? today + endS : today + endS - dayS
  const startLocalS = Math.floor(endLocalS / dayS) * dayS + startS
  return { fromS: zone.toEpochS(startLocalS < endLocalS ? startLocalS : startLocalS - dayS), toS: zone.toEpochS(endLocalS) }
}

/** Throws 403 `line_not_shown`, 422 `invalid_scrap`. */
export async function addScrap(deps: ActionDeps, acting: Acting, body: ScrapBody): Promise<Done> {
  const { actor } = acting
  demandLine(actor, body.line_id)
  const db = { ...deps.db, tenantId: actor.tenant.tenantId }
  const model = await deps.plants.withPlant(db.tenantId, async (plant) => plant.model)
  const input = {
    lineId: body.line_id,
    productId: body.product_id || null,
    quantity: body.quantity,
    reason: body.reason ?? '',
    notedAtMs: body.acted_at_ms ?? null,
    requestKey: body.idempotency_key,
  }
  return once(deps, acting, 'scrap', body, async () => {
    await noteScrap(db, deps, scrapEditor(acting), model, input)
    return { outcome: 'stored' }
  })
}

/** Throws 403 `line_not_shown`, 404 `scrap_note_not_found`. */
export async function takeScrapBack(deps: ActionDeps, acting: Acting, body: WithdrawalBody): Promise<Done> {
  demandLine(acting.actor, body.line_id)
  const db = { ...deps.db, tenantId: acting.actor.tenant.tenantId }
  return once(deps, acting, 'withdraw', body, async () => {
    await withdrawScrap(db, deps, scrapEditor(acting), body.note_id, [body.line_id])
    return { outcome: 'stored' }
  })
}

const scrapEditor = ({ actor, origin, screen }: Acting) => ({ actor, origin, ...(screen !== null && { screen }) })

/** What waited for the network was meant then; a tablet whose clock is ahead meant now. */
const actedAtMs = ({ clock }: ActionDeps, { acted_at_ms: askedMs }: Body): number =>
  Math.min(askedMs ?? Number.POSITIVE_INFINITY, clock.nowMs())

/** Throws 403 `line_not_shown`. */
export function demandLine({ lineIds }: TenantActor, lineId: number): void {
  if (lineIds !== null && !lineIds.includes(lineId)) throw problem('line_not_shown')
}
