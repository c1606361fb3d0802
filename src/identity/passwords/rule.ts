/** What a new password must be, wherever one is set. Pure. Sign-in itself only asks for six characters, so that old ones can be replaced. */
import type { ProblemField } from '../../platform/http/problem.ts'
import type { Text } from '../../platform/i18n/i18n.ts'
import { commonPasswords } from './common-passwords.ts'
import { isGuessable } from './guessable.ts'

export const passwordMinLength = 8
export const passwordMaxLength = 128

const rules: readonly { readonly rule: string; readonly message: Text; readonly holds: (password: string) => boolean }[] = [
  {
    rule: 'min_length',
    message: { es: 'Debe tener al menos 8 caracteres', en: 'Must have at least 8 characters' },
    holds: (password) => [...password].length >= passwordMinLength,
  },
  {
    rule: 'max_length',
    message: { es: 'Debe tener como máximo 128 caracteres', en: 'Must have at most 128 characters' },
    holds: (password) => [...password].length <= passwordMaxLength,
  },
  {
    rule: 'uppercase',
    message: { es: 'Debe tener una letra mayúscula', en: 'Must have an uppercase letter' },
    holds: (password) => /\p{Lu}/u.test(password),
  },
  {
    rule: 'lowercase',
    message: { es: 'Debe tener una letra minúscula', en: 'Must have a lowercase letter' },
    holds: (password) => /\p{Ll}/u.test(password),
  },
  {
    rule: 'digit',
    message: { es: 'Debe tener un número', en: 'Must have a digit' },
    holds: (password) => /\p{Nd}/u.test(password),
  },
]

const tooCommon: Text = { es: 'Es una contraseña muy común', en: 'Is a very common password' }
const namesOwner: Text = { es: 'No puede ser el usuario ni el correo', en: 'Must not be the username or the e-mail' }

/** All rules that `password` breaks, in one list; `path` is the field's name as the caller wrote it. */
export function passwordFaults(
  password: string,
  owner: { readonly username: string; readonly email: string },
  path: string,
): ProblemField[] {
  const normalised = password.normalize('NFC')
  const broken = rules.filter(({ holds }) => !holds(normalised)).map(({ rule, message }) => ({ path, rule, message }))
  const lower = normalised.toLowerCase()
  const own = [owner.username, owner.email, owner.email.split('@')[0]].map((text) => text?.toLowerCase())
  if (own.includes(lower)) broken.push({ path, rule: 'password_names_owner', message: namesOwner })
  else if (commonPasswords.has(lower) || isGuessable(normalised)) broken.push({ path, rule: 'password_too_common', message: tooCommon })
  return broken
}
