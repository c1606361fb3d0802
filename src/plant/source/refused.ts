/** What a customer's database says when it takes no row of ours. */

/** No right, a table that may only be read, or one of a shape that takes no row of ours. */
export function isWriteRefused(error: unknown): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth++) {
    const { code, errno, errcode } = cause as { code?: string; errno?: number; errcode?: number }
    // MySQL: denied, read-only server or transaction, no default for a column; PostgreSQL: no privilege, read only, not null
    if ([1142, 1143, 1044, 1227, 1290, 1792, 1836, 1364, 1288, 1471].includes(errno ?? 0)) return true
    if (['42501', '25006', '23502', '55000'].includes(code ?? '')) return true
    // SQLite: READONLY and its kinds, NOT NULL, a view
    if (errcode !== undefined && ((errcode & 0xff) === 8 || errcode === 1299 || (errcode === 1 && /cannot modify/.test(cause.message))))
      return true
  }
  return false
}
