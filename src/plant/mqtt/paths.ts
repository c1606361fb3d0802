/** Addresses of the MQTT page. */
import { configurationPaths } from '../configuration/index.ts'

const { mqtt } = configurationPaths
export const mqttPaths = {
  page: mqtt,
  /** The state and the last messages, by themselves. */
  now: (slug: string): string => `${mqtt(slug)}/now`,
  broker: (slug: string): string => `${mqtt(slug)}/broker`,
  test: (slug: string): string => `${mqtt(slug)}/test`,
  topics: (slug: string): string => `${mqtt(slug)}/topics`,
} as const
