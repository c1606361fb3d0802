/** What a plant's database answered to rows, as a refusal that the sender can act on; null = none of the sender's business. */
import { isUnreadableTable } from '../../platform/db/index.ts'
import { isWriteRefused } from '../source/index.ts'
import type { RefusalCode } from './contract.ts'

type Fields = {
  readonly code?: string
  readonly errno?: number
  readonly errcode?: number
  /** MySQL. */
  readonly sqlState?: string
  /** PostgreSQL: the function of the server that said no. Its messages are in the server's language. */
  readonly routine?: string
  readonly message: string
}

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
const isMissingPartition = ({ code, errno, routine }: Fields): boolean =>
  errno === 1526 || (code === '23514' && routine === 'ExecFindPartition')

/** A constraint, a trigger, a policy or a column of the customer's that our rows know nothing of; ids that ran out; a table of another shape.
 *  By class of SQLSTATE (data, integrity, WITH CHECK OPTION, whoever wrote a trigger) as far as the servers keep to them. */
const isRowRefused = ({ code, errno, errcode, sqlState, routine, message }: Fields): boolean =>
  [1054, 1265, 1364, 1366, 1369, 1411, 1423, 1442, 1467, 1644, 3819, 4025, 167].includes(errno ?? 0) ||
  /^(22|23|44|45)/.test(sqlState ?? '') ||
  /^(22|23|44|45|P0|42703|42804)/.test(code ?? '') ||
  (code === '42501' && routine === 'ExecWithCheckOptions') ||
  // SQLITE_CONSTRAINT and its kinds, SQLITE_MISMATCH
  (errcode !== undefined && ((errcode & 0xff) === 19 || errcode === 20 || (errcode === 1 && /has no column named/.test(message))))

function some(error: unknown, matches: (fields: Fields) => boolean): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth++)
    if (matches(cause as Error & Fields)) return true
  return false
}
