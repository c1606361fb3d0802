/** Making, changing and revoking the company's screens; the PINs of those who sign on them. */
import type { TenantDb } from '../../platform/db/database.ts'
import { lockRow, transaction } from '../../platform/db/index.ts'
import type { ProblemField } from '../../platform/http/index.ts'
import { newUuid } from '../../platform/ids/index.ts'
import type { Secrets } from '../../platform/secrets/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import type { TenantActor } from '../actor.ts'
import { type Origin, recordAudit } from '../audit/index.ts'
import {
  countDisplays,
  type Display,
  type DisplayChange,
  type DisplayPage,
  displayPages,
  displayProblem,
  findDisplay,
  insertDisplay,
  markDisplayRevoked,
  openPairing,
  type Pairing,
  updateDisplay,
} from '../displays/index.ts'
import { problem } from './problems.ts'

type Deps = { readonly clock: Clock; readonly secrets: Secrets }

export type DisplayInput = {
  readonly name: string
  readonly lineIds: readonly number[] | null
  readonly page: DisplayPage
  readonly idleDays: number | null
}

/** As sent: `lines` are numbers with commas between; empty texts mean all lines, and never. Pure. */
export function parseDisplay(typed: { readonly name: string; readonly lines: string; readonly page: string; readonly idleDays: string }): {
  readonly input: DisplayInput
  readonly faults: readonly ProblemField[]
} {
  const faults: ProblemField[] = []
  const fault = (path: string, es: string, en: string) => faults.push({ path, rule: 'format', message: { es, en } })
  const name = typed.name.trim()
  if (name === '' || [...name].length > 100 || /\p{Cc}/u.test(name))
    fault('name', 'Debe tener entre 1 y 100 caracteres', 'Must have 1 to 100 characters')
  const words = typed.lines.split(/[\s,;]+/).filter((word) => word !== '')
  if (words.length > 200 || words.some((word) => !/^[1-9]\d{0,8}$/.test(word)))
    fault('lines', 'Use números de línea separados por comas', 'Use line numbers separated by commas')
  const page = displayPages.find((known) => known === (typed.page || 'dashboard'))
  if (page === undefined) fault('page', 'No es una de las páginas', 'Not one of the pages')
  const idle = typed.idleDays.trim()
  if (idle !== '' && !(/^\d{1,4}$/.test(idle) && Number(idle) >= 1 && Number(idle) <= 3650))
    fault('idle_days', 'Debe estar entre 1 y 3650 días', 'Must be between 1 and 3650 days')
  const lineIds = words.length === 0 ? null : [...new Set(words.map(Number))]
  return { input: { name, lineIds, page: page ?? 'dashboard', idleDays: idle === '' ? null : Number(idle) }, faults }
}

const mostDisplays = 200

/** Throws 409 `display_limit`. Holds the company's row while counting, as whoever counts does. */
export async function createDisplay(
  db: TenantDb,
  deps: Deps,
  actor: TenantActor,
  input: DisplayInput,
  origin: Origin,
): Promise<{ readonly display: Display; readonly pairing: Pairing }> {
  const uuid = newUuid()
  return transaction(db, async (tx) => {
    await lockRow(tx, 'tenants', { id: db.tenantId })
    if ((await countDisplays(tx)) >= mostDisplays) throw problem('display_limit', { parameters: { limit: mostDisplays } })
    await insertDisplay(tx, { uuid, ...input, createdBy: actor.userId }, deps.clock.nowMs())
    const display = await findDisplay(tx, uuid)
    if (!display) throw new Error('the display was inserted')
    await recordAudit(tx, deps, actor, 'DISPLAY_CREATED', { entityType: 'display', entityId: uuid, origin, data: { name: input.name } })
    return { display, pairing: await openPairing(tx, { ...deps, db: tx }, display) }
  })
}

/** Throws 404 `display_not_found`. */
export async function requireDisplay(db: TenantDb, uuid: string): Promise<Display> {
  const display = await findDisplay(db, uuid)
  if (!display) throw displayProblem('display_not_found')
  return display
}

/** Throws 404 `display_not_found`. */
export async function changeDisplay(
  db: TenantDb,
  deps: Deps,
  actor: TenantActor,
  uuid: string,
  change: DisplayChange,
  origin: Origin,
): Promise<void> {
  const { displayId } = await requireDisplay(db, uuid)
  await transaction(db, async (tx) => {
    if (!(await updateDisplay(tx, displayId, change, deps.clock.nowMs()))) throw displayProblem('display_not_found')
    await recordAudit(tx, deps, actor, 'UPDATE', {
      entityType: 'display',
      entityId: uuid,
      origin,
      data: { changed: Object.keys(change) },
    })
  })
}

/** A new link and code for a screen; the one that is paired stays so until another uses them. Throws 404. */
export async function pairAgain(
  db: TenantDb,
  deps: Deps,
  actor: TenantActor,
  uuid: string,
  origin: Origin,
): Promise<{ readonly display: Display; readonly pairing: Pairing }> {
  const display = await requireDisplay(db, uuid)
  return transaction(db, async (tx) => {
    await recordAudit(tx, deps, actor, 'UPDATE', { entityType: 'display', entityId: uuid, origin, data: { changed: ['pairing'] } })
    return { display, pairing: await openPairing(tx, { ...deps, db: tx }, display) }
  })
}

/** Dark at its next request. Throws 404 `display_not_found`. */
export async function revokeDisplay(db: TenantDb, deps: Deps, actor: TenantActor, uuid: string, origin: Origin): Promise<void> {
  const { displayId, name } = await requireDisplay(db, uuid)
  await transaction(db, async (tx) => {
    if (!(await markDisplayRevoked(tx, displayId, deps.clock.nowMs()))) throw displayProblem('display_not_found')
    await recordAudit(tx, deps, actor, 'DISPLAY_REVOKED', { entityType: 'display', entityId: uuid, origin, data: { name } })
  })
}

export function demandNoFaults(faults: readonly ProblemField[]): void {
  if (faults.length > 0) throw problem('validation_failed', { fields: faults })
}
