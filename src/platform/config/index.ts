/** Configuration: read once in context.ts, then passed by value. */
export { type Config, ConfigError, type Environment, readConfig } from './config.ts'
export { secretKeyFault } from './secret-key.ts'
