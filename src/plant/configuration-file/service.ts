/** Taking a configuration file in: shown before it is applied, applied whole or not at all, and taken back within a month. */
import { recordAudit, type TenantActor } from '../../identity/index.ts'
import type { TenantDb } from '../../platform/db/database.ts'
import { transaction } from '../../platform/db/index.ts'
import { Problem } from '../../platform/http/problem.ts'
import { readPlantSettings, type SettingsDeps, savePlantSettings } from '../configuration/index.ts'
import { type CatalogueRow, editLayout, readStoredLayout, removeLayout } from '../dashboards/index.ts'
import { applyEdits } from '../editing/index.ts'
import { listOverlays, loadModel, type OpenPlant, type PlantModel, readSettings } from '../model/index.ts'
import { listMappings } from '../source/index.ts'
import { type Company, currentOf, type FileDeps, opened, stampOf } from './current.ts'
import { type Change, type Current, differences, editsOf, renumbered } from './diff.ts'
import { type ConfigurationFile, checkFile } from './document.ts'
import { problem } from './problems.ts'
import { dropPending, findPending, type ImportRow, insertPending, lastApplied, markApplied, markUndone } from './queries.ts'

export type ImportDeps = FileDeps & SettingsDeps
type Origin = NonNullable<NonNullable<Parameters<typeof recordAudit>[4]>['origin']>
export type Person = { readonly actor: TenantActor; readonly origin: Origin }

/** Undoing is offered for this long. */
export const undoDays = 30
export const undoMs = undoDays * 86_400_000

/** Of the company as it is now. */
export const exportFile = (deps: FileDeps, company: Company): Promise<ConfigurationFile> =>
  withCurrent(deps, company, async ({ current }) => current.file)

type Opened = { readonly plant: OpenPlant; readonly catalogue: readonly CatalogueRow[]; readonly current: Current }

async function withCurrent<T>(deps: FileDeps, company: Company, work: (opened: Opened) => Promise<T>): Promise<T> {
  const catalogue = await deps.layouts.catalogueOf(company)
  return deps.plants.withPlant(company.tenant.tenantId, async (plant) =>
    work({ plant, catalogue, current: await currentOf(deps, company, plant, catalogue) }),
  )
}

export type Shown = {
  readonly changes: readonly Change[] /** Of the configuration that the differences are against. */
  readonly base: string
}

/** What the file would change; refused as applying it would be, and nothing is written. */
export async function previewFile(deps: ImportDeps, person: Person, file: ConfigurationFile): Promise<Shown> {
  demandOwn(person.actor, file)
  return withCurrent(deps, person.actor, async (now) => {
    await carryOut(deps, person, now, file, null)
    return { changes: differences(now.current, file), base: stampOf(now.current.file) }
  })
}

/** `after` is the stamp of what the import left. */
type Also = (tx: TenantDb, done: { readonly before: ConfigurationFile; readonly after: string; readonly changes: number }) => Promise<void>

/** `base` null: whatever is there. `also` is of the same transaction. Answers how many differences there were. Throws 409 `configuration_changed_meanwhile`, 422 as each part's
 *  own page; nothing is half-applied: the customer's rows in one transaction, ours in another that ends with it. */
async function applyFile(deps: ImportDeps, person: Person, file: ConfigurationFile, base: string | null, also: Also): Promise<number> {
  demandOwn(person.actor, file)
  const count = await withCurrent(deps, person.actor, async (now) => {
    const before = now.current.file
    if (base !== null && stampOf(before) !== base) throw problem('configuration_changed_meanwhile')
    const { length } = differences(now.current, file)
    await carryOut(deps, person, now, file, (tx, after) => also(tx, { before, after, changes: length }))
    return length
  })
  deps.layouts.forget(person.actor.tenant.tenantId)
  return count
}

function demandOwn({ tenant }: TenantActor, { company }: ConfigurationFile): void {
  if (company.uuid !== tenant.uuid) throw problem('configuration_other_company', { parameters: { name: company.name } })
}

class RolledBack extends Error {}

/** `also` null: a trial, taken back at its end. */
async function carryOut(
  deps: ImportDeps,
  person: Person,
  now: Opened,
  file: ConfigurationFile,
  also: ((tx: TenantDb, after: string) => Promise<void>) | null,
): Promise<void> {
  const { tenantId } = person.actor.tenant
  const widgets = widgetIds(now.catalogue, file)
  const edits = editsOf(now.current, file)
  const { plant } = now
  const occasion = {
    isTrial: also === null,
    settingsOf: (ids: ReadonlyMap<string, number>) => readSettings(renumbered(file, ids).settings, plant.model.settings.timeZone).settings,
  }
  try {
    await transaction({ ...deps.db, tenantId }, async (tx) => {
      const done = edits.length === 0 ? [] : await applyEdits({ ...deps, db: tx, plants: opened(plant) }, person, tenantId, edits, occasion)
      const ids = new Map(done.flatMap(({ key, id }) => (key === undefined ? [] : [[key, id] as const])))
      const { settings: wanted, layouts } = renumbered(file, ids)
      const model = edits.length === 0 ? plant.model : await modelAfter(deps, tx, plant)
      const { body, version } = await readPlantSettings({ db: tx }, model)
      const absent = (map: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>) =>
        Object.fromEntries(
          Object.keys(map)
            .filter((key) => !(key in other))
            .map((key) => [key, null]),
        )
      const input = {
        ...wanted,
        line_shifts: { ...absent(body.line_shifts, wanted.line_shifts), ...wanted.line_shifts },
        no_data_after: { ...absent(body.no_data_after, wanted.no_data_after), ...wanted.no_data_after },
      }
      if (JSON.stringify(body) !== JSON.stringify(wanted))
        await savePlantSettings({ ...deps, db: tx }, person, withGone(model, plant.model), version, input)
      const layoutDeps = {
        ...deps,
        db: tx,
        plants: opened({ ...plant, model }),
        layouts: { ...deps.layouts, catalogueOf: async () => now.catalogue, forget: () => {} },
      }
      await saveLayouts(layoutDeps, person, now.current.file, layouts, widgets)
      if (!also) throw new RolledBack()
      const after = await currentOf({ db: tx, clock: deps.clock }, person.actor, { ...plant, model }, now.catalogue)
      await also(tx, stampOf(after.file))
    })
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error
  }
}

/** Inside the transaction: what the edits made of the plant. */
async function modelAfter({ clock }: ImportDeps, tx: Parameters<typeof listOverlays>[0], plant: OpenPlant) {
  const input = { settings: plant.model.settings, mappings: await listMappings(tx), overlays: await listOverlays(tx), nowMs: clock.nowMs() }
  return (await loadModel(plant.db, input)).model
}

/** With the lines that the edits took away: their settings are to be taken away too, and only a known line can be named. */
function withGone(after: PlantModel, before: PlantModel): PlantModel {
  const there = new Set(after.lines.map(({ lineId }) => lineId))
  return { ...after, lines: [...after.lines, ...before.lines.filter(({ lineId }) => !there.has(lineId))] }
}

/** Throws 422 `configuration_unknown_widgets`. */
function widgetIds(catalogue: readonly CatalogueRow[], { layouts }: ConfigurationFile): ReadonlyMap<string, number> {
  const ids = new Map(catalogue.map(({ widgetId, widgetName }) => [widgetName, widgetId]))
  const unknown = [...new Set(layouts.flatMap(({ widgets }) => widgets.map(({ widget }) => widget)))].filter((name) => !ids.has(name))
  if (unknown.length > 0) throw problem('configuration_unknown_widgets', { parameters: { names: unknown.slice(0, 10).join(', ') } })
  return ids
}

async function saveLayouts(
  deps: Parameters<typeof editLayout>[0],
  { actor, origin }: Person,
  before: ConfigurationFile,
  layouts: ConfigurationFile['layouts'],
  widgets: ReadonlyMap<string, number>,
): Promise<void> {
  const own = { ...deps.db, tenantId: actor.tenant.tenantId }
  const isIn = (list: ConfigurationFile['layouts'], role: string) =>
    list.find((one) => one.role.trim().toUpperCase() === role.trim().toUpperCase())
  for (const { role, ...layout } of layouts) {
    const known = isIn(before.layouts, role)
    if (known && JSON.stringify({ ...known, role }) === JSON.stringify({ role, ...layout })) continue
    demandLayouts(actor)
    const owner = { kind: 'role', role: known?.role ?? role } as const
    const { version: seenVersion } = await readStoredLayout(own, owner)
    const json = { ...layout, widgets: layout.widgets.map(({ widget, ...rest }) => ({ widget_id: widgets.get(widget), ...rest })) }
    await editLayout(deps, actor, owner, { layout: json, seenVersion, origin })
  }
  for (const { role } of before.layouts.filter(({ role: one }) => !isIn(layouts, one))) {
    demandLayouts(actor)
    const owner = { kind: 'role', role } as const
    const { version: seenVersion } = await readStoredLayout(own, owner)
    await removeLayout(deps, actor, owner, { seenVersion, origin })
  }
}

/** The word of the routes that change dashboards one by one. */
function demandLayouts({ permissions }: TenantActor): void {
  if (!permissions.has('edit_dashboard')) throw problem('configuration_layouts_not_allowed')
}

const dbOf = (deps: FileDeps, { actor }: Person) => ({ ...deps.db, tenantId: actor.tenant.tenantId })
const noted = (deps: FileDeps, db: FileDeps['db'], { actor, origin }: Person, data: Record<string, string | number>) =>
  recordAudit(db, deps, actor, 'UPDATE', { entityType: 'configuration_file', entityId: actor.tenant.tenantId, origin, data })

/** Kept until it is applied or another one is chosen. Throws as `previewFile`. */
export async function choose(deps: ImportDeps, person: Person, file: ConfigurationFile): Promise<void> {
  const { base, changes } = await previewFile(deps, person, file)
  await transaction(dbOf(deps, person), async (tx) => {
    await dropPending(tx, person.actor.userId)
    await insertPending(tx, { userId: person.actor.userId, byName: person.actor.username, file, base, nowMs: deps.clock.nowMs() })
    await noted(deps, tx, person, { chosen: changes.length })
  })
}

export type Pending = Shown & { readonly isStale: boolean; readonly problem: Problem | null }

/** Null: nothing was chosen. The differences are those of this moment. */
export async function pendingOf(deps: ImportDeps, person: Person): Promise<Pending | null> {
  const pending = await findPending(dbOf(deps, person), person.actor.userId)
  if (!pending) return null
  try {
    const shown = await previewFile(deps, person, checkFile(pending.file))
    return { ...shown, isStale: shown.base !== pending.base, problem: null }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return { changes: [], base: pending.base, isStale: false, problem: error }
  }
}

/** `base` as the page showed it. Throws 409 `configuration_nothing_pending`, `configuration_changed_meanwhile`. */
export async function applyPending(deps: ImportDeps, person: Person, base: string): Promise<number> {
  const db = dbOf(deps, person)
  const pending = await findPending(db, person.actor.userId)
  if (!pending) throw problem('configuration_nothing_pending')
  return importFile(deps, person, checkFile(pending.file), base, pending)
}

/** Applies and remembers what was there before. Answers how many differences there were. */
export function importFile(
  deps: ImportDeps,
  person: Person,
  file: ConfigurationFile,
  base: string | null,
  pending: ImportRow | null = null,
): Promise<number> {
  const { userId, username } = person.actor
  return applyFile(deps, person, file, base, async (tx, { before, after, changes }) => {
    if (pending) await dropPending(tx, userId)
    await markApplied(tx, { userId, byName: username, file, before, after, nowMs: deps.clock.nowMs() })
    await noted(deps, tx, person, { applied: changes })
  })
}

export async function giveUp(deps: ImportDeps, person: Person): Promise<void> {
  await transaction(dbOf(deps, person), async (tx) => {
    await dropPending(tx, person.actor.userId)
    await noted(deps, tx, person, { given_up: 1 })
  })
}

export type Undoable = { readonly importId: number; readonly by: string; readonly atMs: number }

/** The last import, unless it was taken back or is older than a month. */
export async function undoable(deps: FileDeps, company: Company): Promise<Undoable | null> {
  const last = await lastApplied({ ...deps.db, tenantId: company.tenant.tenantId })
  return last && last.atMs > deps.clock.nowMs() - undoMs ? { importId: last.importId, by: last.byName, atMs: last.atMs } : null
}

/** The configuration before the last import becomes the chosen file: what was changed since then is seen before it goes. */
export async function chooseFormer(deps: ImportDeps, person: Person): Promise<void> {
  const last = await lastApplied(dbOf(deps, person))
  if (!last) throw problem('configuration_nothing_to_undo')
  await choose(deps, person, checkFile(last.before))
}

/** The configuration as it was before the last import. Throws 409 `configuration_nothing_to_undo`; `configuration_edited_since` when somebody
 *  changed something after the import, which undoing would take with it. */
export async function undoImport(deps: ImportDeps, person: Person): Promise<number> {
  const db = dbOf(deps, person)
  const last = await lastApplied(db)
  if (!last || last.atMs <= deps.clock.nowMs() - undoMs) throw problem('configuration_nothing_to_undo')
  if (last.after !== null && last.after !== stampOf(await exportFile(deps, person.actor))) throw problem('configuration_edited_since')
  return applyFile(deps, person, checkFile(last.before), last.after, async (tx, { changes }) => {
    // of two who undo at once, one does
    if (!(await markUndone(tx, last.importId, deps.clock.nowMs()))) throw problem('configuration_nothing_to_undo')
    await noted(deps, tx, person, { undone: changes })
  })
}
