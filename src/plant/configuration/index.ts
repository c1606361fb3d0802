/** How a plant is configured: the frame of its pages, its settings and calendar, and what a change does to yesterday. May use: facts, history, model, scope, identity. */
export { type EffectDeps, effectOnYesterday } from './effect.ts'
export { effectCard } from './effect-view.ts'
export { type ConfigurationSection, configurationPaths } from './paths.ts'
export { registerConfigurationPages, registerConfigurationRoutes } from './routes.ts'
export { applyToSettings } from './settings/apply.ts'
export { SettingsBody } from './settings/schema.ts'
export {
  editedMeanwhile,
  readPlantSettings,
  type SettingsDeps,
  savePlantSettings,
} from './settings/service.ts'
export { type Asker, configurationPage, sectionName } from './shell.ts'
