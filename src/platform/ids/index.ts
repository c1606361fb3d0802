/** Identifiers that leave the house. */
export { newUuid } from './uuid.ts'
