/** A company attaches its own plant: each step is kept, the last one attaches. */
import { recordAudit, type TenantActor } from '../../identity/index.ts'
import type { Db } from '../../platform/db/database.ts'
import { describeDatabase, isDatabaseUnavailable, transaction } from '../../platform/db/index.ts'
import type { Secrets } from '../../platform/secrets/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import { isTimeZone, type PerformanceUnit, type PlantOptions, type Plants, performanceUnits } from '../model/index.ts'
import { saveMappings, type TableMapping } from '../source/index.ts'
import { attachPlant, type By, demandAttachable, plantState, unreachable } from '../tenants/index.ts'
import { type AddressForm, addressOf } from './address-form.ts'
import { type Draft, findDraft, forgetDraft, saveDraft } from './draft.ts'
import { guarded } from './guard.ts'
import { detectionTables, withDraft } from './look.ts'
import { problem } from './problems.ts'

export type AttachDeps = {
  readonly db: Db
  readonly secrets: Secrets
  readonly clock: Clock
  readonly plants: Pick<Plants, 'withPlant'>
  readonly config: { readonly dataDir: string; readonly plant: PlantOptions; readonly database: { readonly url: string } }
}

type Origin = NonNullable<By['origin']>
export type Person = { readonly actor: TenantActor; readonly origin: Origin }

/** none: the steps are open; empty: a plant of ours that nobody filled, which the customer's takes the place of; attached: nothing to do here. */
export type Situation = 'none' | 'empty' | 'attached' | 'sealed'

export async function situationOf(deps: AttachDeps, tenantId: number): Promise<Situation> {
  const state = await plantState(deps, tenantId)
  if (state.kind !== 'attached') return state.kind
  if (!state.isOwn) return 'attached'
  return deps.plants.withPlant(tenantId, async ({ model }) => (model.lines.length === 0 ? 'empty' : 'attached'))
}

const tenantDb = (deps: Pick<AttachDeps, 'db'>, { actor }: Person) => ({ ...deps.db, tenantId: actor.tenant.tenantId })

const tell = (
  deps: AttachDeps,
  db: Db,
  { actor, origin }: Person,
  action: 'CREATE' | 'UPDATE' | 'DELETE',
  data: Record<string, string | number>,
) => recordAudit(db, deps, actor, action, { entityType: 'plant_attachment_draft', entityId: actor.tenant.tenantId, origin, data })

/** Throws 409 `attach_not_begun`. */
export async function mustFindDraft(deps: Pick<AttachDeps, 'db' | 'secrets' | 'clock'>, tenantId: number): Promise<Draft> {
  const draft = await findDraft({ ...deps.db, tenantId }, deps.secrets, deps.clock.nowMs())
  if (!draft) throw problem('attach_not_begun')
  return draft
}

/** Tried before it is kept; an empty password with the same address keeps the one that was given before. Throws 422 and 409 as `demandAttachable`. */
export async function saveConnection(
  deps: AttachDeps,
  person: Person,
  form: AddressForm & { readonly mode?: string | undefined },
): Promise<void> {
  const db = tenantDb(deps, person)
  const address = addressOf(form)
  if ('fields' in address) throw problem('validation_failed', { fields: address.fields })
  const known = await findDraft(db, deps.secrets, deps.clock.nowMs())
  const url = (form.url ?? '') === '' && (form.password ?? '') === '' && known ? withKnownPassword(address.url, known.url) : address.url
  const canManage = form.mode === 'managed'
  const situation = await situationOf(deps, db.tenantId)
  await demandAttachable(
    deps,
    db.tenantId,
    { url, canManage },
    {
      mayBeFile: false,
      replacesOwn: situation === 'empty',
      resolve: (given) => guarded(given, deps.config.plant),
    },
  )
  await transaction(db, async (tx) => {
    // another database: what was said about the former one says nothing of it
    const isSame = known !== null && describeDatabase(known.url) === describeDatabase(url)
    const { timeZone, performanceUnit, lineTables } = isSame ? known : { timeZone: null, performanceUnit: null, lineTables: [] }
    await saveDraft(tx, deps.secrets, { url, canManage, timeZone, performanceUnit, lineTables }, deps.clock.nowMs())
    await tell(deps, tx, person, known ? 'UPDATE' : 'CREATE', { address: describeDatabase(url) })
  })
}

const passwordOf = (url: string): string => /^[^/]*\/\/[^/?#]*?:([^/?#]*)@/.exec(url)?.[1] ?? ''
function withKnownPassword(url: string, known: string): string {
  if (describeDatabase(url) !== describeDatabase(known)) return url
  return url.replace(/^([^/]*\/\/[^/?#]*?):@/, (_, head: string) => `${head}:${passwordOf(known)}@`)
}

async function change(
  deps: AttachDeps,
  person: Person,
  data: Record<string, string | number>,
  edit: (draft: Draft) => Draft,
): Promise<void> {
  const db = tenantDb(deps, person)
  await transaction(db, async (tx) => {
    const draft = await mustFindDraft({ ...deps, db: tx }, db.tenantId)
    await saveDraft(tx, deps.secrets, edit(draft), deps.clock.nowMs())
    await tell(deps, tx, person, 'UPDATE', data)
  })
}

const refuse = (path: string, es: string, en: string) =>
  problem('validation_failed', { fields: [{ path, rule: 'invalid', message: { es, en } }] })

export function saveTimeZone(deps: AttachDeps, person: Person, timeZone: string): Promise<void> {
  if (!isTimeZone(timeZone)) throw refuse('timezone', 'No es una zona horaria', 'Is not a time zone')
  return change(deps, person, { timezone: timeZone }, (draft) => ({ ...draft, timeZone }))
}

/** `chosen`: by line id the table's name, '' = found by name. Throws 422 for a table that is none of detections, or two lines' . */
export async function saveLineTables(deps: AttachDeps, person: Person, chosen: ReadonlyMap<number, string>): Promise<void> {
  const tenantId = person.actor.tenant.tenantId
  const draft = await mustFindDraft(deps, tenantId)
  const found = await looking(draft.url, () =>
    withDraft(deps, tenantId, { ...draft, lineTables: [] }, async ({ loaded }) => ({
      tables: new Set(detectionTables(loaded)),
      lines: loaded.model.lines.map(({ lineId, detectionTable }) => ({ lineId, table: detectionTable?.name ?? null })),
    })),
  )
  const final = new Map<string, number>()
  for (const { lineId, table } of found.lines) {
    const name = chosen.get(lineId) || table
    if (name === null) continue
    const path = `table_${lineId}`
    if (!found.tables.has(name)) throw refuse(path, 'No es una tabla de detecciones', 'Is not a table of detections')
    if (final.has(name)) throw refuse(path, 'Ya es la tabla de otra línea', 'Is the table of another line already')
    final.set(name, lineId)
  }
  const lineTables = found.lines.flatMap(({ lineId, table }): TableMapping[] => {
    const name = chosen.get(lineId)
    return name && name !== table ? [{ lineId, kind: 'detection', tableName: name }] : []
  })
  await change(deps, person, { tables: lineTables.length }, (current) => ({ ...current, lineTables }))
}

/** The last step before reading: from now on the company has its plant. Throws 409 when somebody else was faster, 422 as the first step. */
export async function finish(deps: AttachDeps, person: Person, unit: string): Promise<void> {
  const performanceUnit = performanceUnits.find((known) => known === unit)
  if (!performanceUnit) throw refuse('performance_unit', 'Elija una unidad', 'Choose a unit')
  const db = tenantDb(deps, person)
  const draft = await mustFindDraft(deps, db.tenantId)
  if (draft.timeZone === null) throw refuse('timezone', 'Elija antes la zona horaria', 'Choose the time zone first')
  const situation = await situationOf(deps, db.tenantId)
  const input = {
    url: draft.url,
    canManage: draft.canManage,
    timeZone: draft.timeZone,
    performanceUnit: performanceUnit as PerformanceUnit,
  }
  const by = { actor: person.actor, origin: person.origin, mayBeFile: false }
  await attachPlant(deps, by, db.tenantId, input, {
    replacesOwn: situation === 'empty',
    resolve: (url) => guarded(url, deps.config.plant),
    also: async (tx) => {
      const own = { ...tx, tenantId: db.tenantId }
      if (!(await forgetDraft(own))) throw problem('attach_not_begun')
      await saveMappings(own, draft.lineTables, deps.clock.nowMs())
    },
  })
}

export async function cancel(deps: AttachDeps, person: Person): Promise<void> {
  const db = tenantDb(deps, person)
  await transaction(db, async (tx) => {
    await forgetDraft(tx)
    await tell(deps, tx, person, 'DELETE', {})
  })
}

/** What a broken database throws becomes the refusal that the first step gives. */
export async function looking<T>(url: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isDatabaseUnavailable(error)) throw error
    throw unreachable(error, url)
  }
}
