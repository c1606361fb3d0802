/** Settings of a plant: read with their version, changed by whoever read the latest, and what a change would have done to yesterday. */
import {
  type ConfigChange,
  findTenant,
  lastConfigChange,
  recordAudit,
  type TenantActor,
  updateTenantConfig,
} from '../../../identity/index.ts'
import type { Db, TenantDb } from '../../../platform/db/database.ts'
import { lockRow, transaction } from '../../../platform/db/index.ts'
import type { Problem } from '../../../platform/http/problem.ts'
import type { Text } from '../../../platform/i18n/i18n.ts'
import { type Clock, formatLocal, zoneOf } from '../../../platform/time/index.ts'
import { type OpenPlant, type PlantModel, type PlantSettings, readSettings } from '../../model/index.ts'
import { type Effect, type EffectDeps, effectIn } from '../effect.ts'
import { problem } from '../problems.ts'
import { changedConfig, completed, differences, settingsBody, versionOf } from './body.ts'
import { settingsFaults } from './check.ts'
import { type SettingsBody, type SettingsChange, type SettingsInput, settingsKeys } from './schema.ts'

export type SettingsDeps = EffectDeps & { readonly db: Db; readonly clock: Clock }

export type ReadSettings = {
  readonly body: SettingsBody
  readonly version: string
  /** Values that are stored and cannot be read. */
  readonly warnings: readonly Text[]
  readonly edited: ConfigChange | null
}

type Origin = NonNullable<NonNullable<Parameters<typeof recordAudit>[4]>['origin']>
export type By = { readonly actor: TenantActor; readonly origin: Origin }

/** As stored now; what is missing takes what the plant runs with. */
async function storedIn(db: TenantDb, model: PlantModel) {
  const tenant = await findTenant(db, db.tenantId)
  const config = tenant?.config ?? {}
  const { settings, warnings } = readSettings(config, model.settings.timeZone)
  const body = settingsBody(settings)
  return { config, settings, warnings, body, version: versionOf(body) }
}

export async function readPlantSettings({ db }: Pick<SettingsDeps, 'db'>, model: PlantModel): Promise<ReadSettings> {
  const own = { ...db, tenantId: model.tenantId }
  const { body, version, warnings } = await storedIn(own, model)
  return { body, version, warnings, edited: await lastConfigChange(own, settingsKeys) }
}

/** Throws 422 `validation_failed` with every fault, and 409 `settings_edited_meanwhile` with who and when, unless `version` is the stored one. */
export async function savePlantSettings(
  deps: SettingsDeps,
  { actor, origin }: By,
  model: PlantModel,
  version: string,
  input: SettingsInput,
): Promise<void> {
  const { tenantId } = model
  await transaction({ ...deps.db, tenantId }, async (tx) => {
    await lockRow(tx, 'tenants', { id: tenantId })
    const stored = await storedIn(tx, model)
    if (stored.version !== version) throw await editedMeanwhile({ db: tx }, model)
    const change = soundChange(model, stored.body, input)
    const config = await updateTenantConfig(tx, deps, actor, tenantId, (current) => changedConfig(current, stored.body, change), origin)
    const after = settingsBody(readSettings(config, model.settings.timeZone).settings)
    const data = differences(stored.body, after)
    await recordAudit(tx, deps, actor, 'UPDATE', { tenantId, entityType: 'plant_settings', entityId: tenantId, origin, data })
  })
}

/** What yesterday would have been. Throws 422 as saving does; null when no line is active. */
export async function previewPlantSettings(
  deps: SettingsDeps,
  plant: OpenPlant,
  input: SettingsInput,
): Promise<{ readonly effect: Effect | null; readonly settings: PlantSettings }> {
  const { model } = plant
  const { config, body } = await storedIn({ ...deps.db, tenantId: model.tenantId }, model)
  const { settings } = readSettings(changedConfig(config, body, soundChange(model, body, input)), model.settings.timeZone)
  return { effect: await effectIn(deps, plant, { ...model, settings }), settings }
}

function soundChange(model: PlantModel, current: SettingsBody, input: SettingsInput): SettingsChange {
  const change = completed(current, input)
  const fields = settingsFaults(model, current, change)
  if (fields.length > 0) throw problem('validation_failed', { fields })
  return change
}

/** The refusal of whoever came second: who was first, and when. */
export async function editedMeanwhile({ db }: Pick<SettingsDeps, 'db'>, { tenantId, settings }: PlantModel): Promise<Problem> {
  const last = await lastConfigChange({ ...db, tenantId }, settingsKeys)
  const at = last ? formatLocal(zoneOf(settings.timeZone).toLocalS(Math.floor(last.atMs / 1_000))).slice(0, 16) : '—'
  return problem('settings_edited_meanwhile', {
    parameters: { by: last?.by ?? '—', at },
    extra: { edited_by: last?.by ?? null, edited_at: last ? new Date(last.atMs).toISOString() : null },
  })
}
