/** Configuration: read once in context.ts, then passed by value. */

export { ConfigError, type Environment, readConfig } from './config.ts'
export type { Config } from './config-type.ts'
export { secretKeyFault } from './secret-key.ts'
