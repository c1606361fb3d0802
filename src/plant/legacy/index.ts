/** Taking an earlier installation over. May use: identity. */
export { type ImportReport, importLegacy } from './import.ts'
