/** New accounts: a free username, and the row. */
import type { Db } from '../../platform/db/database.ts'
import { newUuid } from '../../platform/ids/index.ts'
import { findUser, insertUser, listUsernamesLike, type NewUser } from './queries.ts'
import { normaliseUsername, usernameFaults, usernameMaxLength } from './user.ts'

/** Room for a number behind it. */
const stemMaxLength = usernameMaxLength - 6

/** `stem`, or the first of `stem-2`, `stem-3`… that is free. Pure. */
function freeUsername(stem: string, taken: ReadonlySet<string>): string {
  for (let n = 1; ; n += 1) {
    const candidate = n === 1 ? stem : `${stem}-${n}`
    if (!taken.has(candidate) && usernameFaults(candidate, '').length === 0) return candidate
  }
}

/** What is before the `@`, as a username may be written: Latin letters, digits, `_` and `-`, at least three characters with one letter. */
export function usernameStem(email: string): string {
  const local = normaliseUsername(email.split('@')[0] ?? '').replace(/[^\p{Script=Latin}\d_-]+/gu, '-')
  const cut = [...local.replace(/^-+|-+$/g, '')].slice(0, stemMaxLength).join('')
  if (/\p{L}/u.test(cut) && [...cut].length >= 3) return cut
  return cut === '' ? 'user' : `user-${cut}`
}

export type NewAccount = Omit<NewUser, 'uuid' | 'username' | 'fullName'> & {
  /** Normalised; null: derived from the e-mail. */
  readonly username: string | null
  /** A username that is taken gets a number behind it instead of failing. */
  readonly isNumbered?: boolean
  readonly fullName?: string | null
}

/** Runs in the caller's transaction. Throws the engine's unique violation, also when two derive the same name at once: repeat the whole. */
export async function createAccount(
  tx: Db,
  nowMs: number,
  { username: given, isNumbered = false, fullName = null, ...account }: NewAccount,
): Promise<{ readonly userId: number; readonly userUuid: string; readonly username: string }> {
  const stem = given === null ? usernameStem(account.email) : [...given].slice(0, stemMaxLength).join('')
  const username =
    given !== null && !(isNumbered && (await findUser(tx, { username: given })))
      ? given
      : freeUsername(stem, await listUsernamesLike(tx, stem))
  const userUuid = newUuid()
  const userId = await insertUser(tx, { ...account, fullName: account.profile?.full_name ?? fullName, username, uuid: userUuid }, nowMs)
  return { userId, userUuid, username }
}
