/** Televisions and tablets of the plant, and the PINs that sign on them. May use: tenants, passwords, audit. */
export { displayCookie, pairingCookie } from './cookie.ts'
export {
  type DisplayDeps,
  findPairing,
  noteSeen,
  openPairing,
  type Pairing,
  pairDisplay,
  recogniseDisplay,
  shownCode,
} from './display.ts'
export { hasPin, listSigners, listSigningMembers, pinFault, removePin, setPin, verifyOperatorPin } from './pin.ts'
export { problem as displayProblem } from './problems.ts'
export {
  countDisplays,
  type Display,
  type DisplayChange,
  type DisplayOfTenant,
  type DisplayPage,
  displayPages,
  findDisplay,
  insertDisplay,
  listDisplays,
  markDisplayRevoked,
  updateDisplay,
} from './queries.ts'
