/** Identifiers that leave the house. */
export { newUuid, type UuidSource } from './uuid.ts'
