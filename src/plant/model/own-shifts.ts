/** Which shifts a line works. */
import type { Shift } from './model.ts'

/** Active shifts of the line's own list; all active ones when it has none, or when none of its list is active any more: a shift that was given up leaves
 *  a line with the others' plan, not with one of 24 hours a day that nobody asked for. */
export function workedShifts<S extends Pick<Shift, 'shiftId' | 'isActive'>>(
  shifts: readonly S[],
  own: { readonly has: (id: number) => boolean } | undefined,
): S[] {
  const active = shifts.filter(({ isActive }) => isActive)
  const listed = own ? active.filter(({ shiftId }) => own.has(shiftId)) : []
  return listed.length > 0 ? listed : active
}
