/** Keys and sealed secrets from SECRET_KEY. */
export { createSecrets, SealBrokenError, type Secrets } from './secrets.ts'
