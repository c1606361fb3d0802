/** A person: how names and addresses are written, and what the API shows. Pure. */
import type { ProblemField } from '../../platform/http/problem.ts'
import type { Language } from '../../platform/i18n/i18n.ts'

export type ApprovalStatus = 'pending' | 'approved' | 'rejected'

export type User = {
  readonly userId: number
  readonly uuid: string
  readonly username: string
  readonly email: string
  readonly isSuperAdmin: boolean
  readonly isActive: boolean
  readonly approvalStatus: ApprovalStatus
  readonly tokenVersion: number
  readonly defaultTenantId: number | null
  /** The address is proven to be theirs. */
  readonly isEmailVerified: boolean
  /** The password was given by somebody else: it must be changed before anything else. */
  readonly mustChangePassword: boolean
  readonly preferredLanguage: Language | null
  readonly preferredTheme: 'dark' | 'light' | null
  readonly isDeleted: boolean
}

export const usernameMinLength = 3
export const usernameMaxLength = 50
export const emailMaxLength = 254

/** Words that a path or a person could mistake for something else. */
const reservedUsernames = new Set(['me', 'register', 'export.csv', 'admin-api', 'null', 'system'])
const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

export const normaliseUsername = (username: string): string => username.trim().normalize('NFKC').toLowerCase()
export const normaliseEmail = (email: string): string => email.trim().normalize('NFKC').toLowerCase()
/** What was typed at sign-in: with `@` it is an e-mail, and usernames have none. */
export const parseIdentifier = (typed: string): { readonly email: string } | { readonly username: string } =>
  typed.includes('@') ? { email: normaliseEmail(typed) } : { username: normaliseUsername(typed) }

/** Faults of a normalised username. Letters are Latin ones, with their accents, so that no two names look alike across scripts. */
export function usernameFaults(username: string, path: string): ProblemField[] {
  const faults: ProblemField[] = []
  const fault = (rule: string, es: string, en: string) => faults.push({ path, rule, message: { es, en } })
  const length = [...username].length
  if (length < usernameMinLength || length > usernameMaxLength)
    fault('length', 'Debe tener entre 3 y 50 caracteres', 'Must have 3 to 50 characters')
  if (!/^[\p{Script=Latin}\d_-]*$/u.test(username)) fault('characters', 'Solo letras, números, _ y -', 'Only letters, digits, _ and -')
  else if (!/\p{L}/u.test(username)) fault('letter', 'Debe tener al menos una letra', 'Must have at least one letter')
  if (reservedUsernames.has(username) || uuidShape.test(username)) fault('reserved', 'Ese nombre está reservado', 'That name is reserved')
  return faults
}

/** Faults of a normalised e-mail address: one `@`, a dotted host, nothing a mail header could be broken with. */
export function emailFaults(email: string, path: string): ProblemField[] {
  const isEmail =
    email.length <= emailMaxLength &&
    /^[^\s@<>()[\]\\,;:"\p{Cc}]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,63}$/u.test(email) &&
    !email.startsWith('.') &&
    !email.includes('..') &&
    !email.includes('.@')
  return isEmail ? [] : [{ path, rule: 'email', message: { es: 'No es un correo válido', en: 'Is not a valid e-mail address' } }]
}

/** `a***@domain`: all that logs may show of an address. */
export const maskEmail = (email: string): string => email.replace(/^(.)[^@]*/u, '$1***')
