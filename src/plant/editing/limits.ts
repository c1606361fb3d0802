/** How much one plant may have. */
import type { Entity } from '../model/index.ts'

/** Records of each kind: several times what the largest plants have, and no more than can be compared without keeping every other company waiting.
 *  Rows that a customer's database has beyond them stay. */
export const mostRecords: Readonly<Record<Entity, number>> = {
  line: 500,
  area: 2_000,
  product: 10_000,
  shift: 200,
  filter: 500,
  failure: 1_000,
  incident: 10_000,
}
