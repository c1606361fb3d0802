/** Keys and sealed secrets from SECRET_KEY. */
export { createSecrets, type Secrets } from './secrets.ts'
