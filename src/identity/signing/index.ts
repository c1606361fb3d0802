/** Signing: who answers for what is done on a shared screen. May use: access, displays, audit, platform/idempotency. */
export { type Signature, signedActor, signingKit } from './signing.ts'
