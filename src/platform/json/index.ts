/** Values of somebody else's JSON. */
export { partOf } from './part.ts'
