/** Outbound calls to where somebody else said: one guard. May use: nothing. */
export { type FetchFault, guardedFetch } from './guarded-fetch.ts'
export { isNamed, type Lookup, parseNetworks, resolveTarget, TargetRefusedError } from './targets.ts'
