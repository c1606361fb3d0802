/** Outbound calls to where somebody else said: one guard. May use: i18n. */
export { netFaultOf, netFaults } from './faults.ts'
export { type FetchFault, guardedFetch } from './guarded-fetch.ts'
export { isNamed, type Lookup, parseNetworks, resolveTarget, systemLookup, TargetRefusedError } from './targets.ts'
