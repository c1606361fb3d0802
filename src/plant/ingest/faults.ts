/** What a plant's database answered to rows, as a refusal that the sender can act on; null = none of the sender's business. */
import { isUnreadableTable } from '../../platform/db/index.ts'
import { isWriteRefused } from '../source/index.ts'
import type { RefusalCode } from './contract.ts'

type Fields = { readonly code?: string; readonly errno?: number; readonly errcode?: number; readonly message: string }

export function faultOf(error: unknown): RefusalCode | null {
  if (some(error, isMissingPartition)) return 'missing_partition'
  if (some(error, isMissingTable)) return 'missing_table'
  if (some(error, isRowRefused)) return 'refused_by_database'
  if (isWriteRefused(error) || isUnreadableTable(error)) return 'no_write_right'
  return null
}

const isMissingTable = ({ code, errno, errcode, message }: Fields): boolean =>
  errno === 1146 || code === '42P01' || (errcode === 1 && /no such table/.test(message))

/** ER_NO_PARTITION_FOR_GIVEN_VALUE; PostgreSQL tells it as a violated check. */
const isMissingPartition = ({ code, errno, message }: Fields): boolean =>
  errno === 1526 || (code === '23514' && /no partition of relation/.test(message))

/** A constraint, a trigger or a column of the customer's that our rows know nothing of; ids that ran out; a table of another shape. */
const isRowRefused = ({ code, errno, errcode, message }: Fields): boolean =>
  [1048, 1054, 1216, 1264, 1292, 1364, 1366, 1452, 1467, 1644, 3819, 4025, 167].includes(errno ?? 0) ||
  /^(22|23502|23503|23514|42703|P0001|2200H)/.test(code ?? '') ||
  (errcode !== undefined && ([1299, 275, 787, 1811].includes(errcode) || (errcode === 1 && /has no column named/.test(message))))

function some(error: unknown, matches: (fields: Fields) => boolean): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth++)
    if (matches(cause as Error & Fields)) return true
  return false
}
