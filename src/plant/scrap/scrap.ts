/** Noting scrap by hand: what somebody saw thrown away, with who and when. It enters no ratio (`docs/decisions/0023-noted-scrap.md`). */
import type { Origin } from '../../identity/audit/audit.ts'
import { recordAudit, type TenantActor } from '../../identity/index.ts'
import type { TenantDb } from '../../platform/db/database.ts'
import { transaction } from '../../platform/db/index.ts'
import type { ProblemField } from '../../platform/http/problem.ts'
import type { Clock } from '../../platform/time/index.ts'
import type { PlantModel } from '../model/index.ts'
import { problem } from './problems.ts'
import { insertScrap, withdraw } from './queries.ts'

export type ScrapInput = {
  readonly lineId: number
  readonly productId: number | null
  /** Pieces. */
  readonly quantity: number
  readonly reason: string
  /** When it was written down; null = now. */
  readonly notedAtMs: number | null
  /** Sent twice, it is noted once. */
  readonly requestKey: string
}

/** Who notes, and from where; `screen` is the shared screen that it was signed on. */
export type ScrapEditor = { readonly actor: TenantActor; readonly origin?: Origin; readonly screen?: string }

const mostPieces = 1_000_000
const longestReason = 200
/** A note may wait this long for the network; older ones are refused, not moved. */
export const longestWaitMs = 7 * 86_400_000

/** What is wrong with it; none when it can be kept. Pure. */
export function scrapFaults(
  model: PlantModel,
  { lineId, productId, quantity, reason, notedAtMs }: ScrapInput,
  nowMs: number,
): ProblemField[] {
  const faults: ProblemField[] = []
  const fault = (path: string, rule: string, es: string, en: string) => faults.push({ path, rule, message: { es, en } })
  if (!model.lines.some((line) => line.isActive && line.lineId === lineId))
    fault('line_id', 'unknown_line', 'No hay tal línea', 'There is no such line')
  if (productId !== null && !model.products.has(productId))
    fault('product_id', 'unknown_product', 'No hay tal producto', 'There is no such product')
  if (!Number.isInteger(quantity) || quantity < 1 || quantity > mostPieces)
    fault('quantity', 'range', `Debe ser un número entero entre 1 y ${mostPieces}`, `Must be a whole number between 1 and ${mostPieces}`)
  if ([...reason].length > longestReason || /\p{Cc}/u.test(reason))
    fault('reason', 'maxLength', `A lo sumo ${longestReason} caracteres`, `At most ${longestReason} characters`)
  if (notedAtMs !== null && (notedAtMs > nowMs + 60_000 || notedAtMs < nowMs - longestWaitMs))
    fault('noted_at', 'range', 'Debe ser de los últimos siete días', 'Must be of the last seven days')
  return faults
}

/** Throws 422 `invalid_scrap`. */
export async function noteScrap(
  db: TenantDb,
  deps: { readonly clock: Clock },
  { actor, origin, screen }: ScrapEditor,
  model: PlantModel,
  input: ScrapInput,
): Promise<void> {
  const nowMs = deps.clock.nowMs()
  const note = { ...input, reason: input.reason.trim() }
  const fields = scrapFaults(model, note, nowMs)
  if (fields.length > 0) throw problem('invalid_scrap', { fields })
  const { lineId, productId, quantity, reason, requestKey } = note
  await transaction(db, async (tx) => {
    const notedAtMs = Math.min(note.notedAtMs ?? nowMs, nowMs)
    if (!(await insertScrap(tx, { lineId, productId, quantity, reason, requestKey, notedAtMs, userId: actor.userId }, nowMs))) return
    await recordAudit(tx, deps, actor, 'CREATE', {
      entityType: 'scrap_note',
      entityId: requestKey,
      ...(origin && { origin }),
      data: { line_id: lineId, product_id: productId, quantity, reason, ...(screen !== undefined && { screen }) },
    })
  })
}

/** Takes a note back: it counts no more and stays in the audit log. Throws 404 `scrap_note_not_found`. */
export async function withdrawScrap(
  db: TenantDb,
  deps: { readonly clock: Clock },
  { actor, origin, screen }: ScrapEditor,
  noteId: number,
  lineIds: readonly number[],
): Promise<void> {
  await transaction(db, async (tx) => {
    if (!(await withdraw(tx, noteId, lineIds, actor.userId, deps.clock.nowMs()))) throw problem('scrap_note_not_found')
    await recordAudit(tx, deps, actor, 'DELETE', {
      entityType: 'scrap_note',
      entityId: noteId,
      ...(origin && { origin }),
      data: { ...(screen !== undefined && { screen }) },
    })
  })
}
