/** A change that is worked out from what is stored, such as one entry more: it is nobody's whole page, so it does not collide with other changes. */
import { Problem } from '../../../platform/http/problem.ts'
import type { PlantModel } from '../../model/index.ts'
import type { SettingsBody, SettingsInput } from './schema.ts'
import { type By, readPlantSettings, type SettingsDeps, savePlantSettings } from './service.ts'

const maxAttempts = 5

/** `change` null: nothing to do. Whether something was written. Throws as saving does; 409 only when somebody was faster again and again. */
export async function applyToSettings(
  deps: SettingsDeps,
  by: By,
  model: PlantModel,
  change: (body: SettingsBody) => SettingsInput | null,
): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    const { body, version } = await readPlantSettings(deps, model)
    const input = change(body)
    if (!input) return false
    try {
      await savePlantSettings(deps, by, model, version, input)
      return true
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 409 || attempt === maxAttempts) throw error
    }
  }
}
