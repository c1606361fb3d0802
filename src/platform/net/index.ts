/** Outbound calls to where somebody else said: one guard. May use: nothing. */
export { parseNetworks, resolveTarget, TargetRefusedError } from './targets.ts'
