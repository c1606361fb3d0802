/** Requests that may be sent again without being done again (`Idempotency-Key`). May use: platform/db. */
export { idempotencyJobs, idempotencyKeyOf, onceOnly } from './once-only.ts'
