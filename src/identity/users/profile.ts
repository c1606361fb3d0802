/** What people tell about themselves, beyond their account. Pure. */
import { type Static, Type } from 'typebox'
import type { ProblemField } from '../../platform/http/problem.ts'
import type { Text } from '../../platform/i18n/i18n.ts'
import type { UserRow } from './tables.ts'

const text = Type.Optional(Type.Union([Type.String(), Type.Null()]))
const id = Type.Optional(Type.Union([Type.Integer({ minimum: 1 }), Type.Null()]))

/** Properties of a body. Absent = unchanged, null (or an empty text) = none. What is not here, such as `xp_total`, nobody can write. */
export const ProfileFields = {
  full_name: text,
  first_name: text,
  last_name: text,
  phone: text,
  national_id: text,
  birth_date: text,
  gender: text,
  country_code: text,
  region_id: id,
  province_id: id,
  city_id: id,
  title: text,
  category: text,
  preferred_lang: text,
  preferred_theme: text,
  timezone: text,
}
const Profile = Type.Object(ProfileFields)

type Column = keyof typeof ProfileFields
export const profileColumns = Object.keys(ProfileFields) as readonly Column[]
/** Of a body that may hold other fields too. */
export type ProfileInput = { readonly [Name in Column]?: Static<typeof Profile>[Name] | undefined }
/** As stored: only what changes. */
export type ProfileChange = { readonly [Name in Column]?: UserRow[Name] }

export const genders = ['masculino', 'femenino', 'otro', 'prefiero_no_decir'] as const
export const categories = ['contratista', 'operario', 'inspector', 'ingenieria', 'seguridad'] as const

const earliestBirth = '1900-01-01'

type Rule = { readonly rule: string; readonly message: Text; readonly holds: (value: string, today: string) => boolean }

const length = (min: number, max: number): Rule => ({
  rule: 'length',
  message:
    min > 1
      ? { es: `Debe tener entre ${min} y ${max} caracteres`, en: `Must have ${min} to ${max} characters` }
      : { es: `No puede superar ${max} caracteres`, en: `Must have at most ${max} characters` },
  holds: (value) => {
    const count = [...value].length
    return count >= min && count <= max && !/\p{Cc}/u.test(value)
  },
})
const oneOf = (words: readonly string[]): Rule => ({
  rule: 'enum',
  message: { es: `Debe ser uno de: ${words.join(', ')}`, en: `Must be one of: ${words.join(', ')}` },
  holds: (value) => words.includes(value),
})
const pattern = (shape: RegExp, message: Text): Rule => ({ rule: 'format', message, holds: (value) => shape.test(value) })

const rules: Readonly<Partial<Record<Column, readonly Rule[]>>> = {
  full_name: [length(1, 200)],
  first_name: [length(2, 50)],
  last_name: [length(2, 50)],
  phone: [length(1, 20), pattern(/^\+?[\d ().-]+$/, { es: 'Solo números, espacios y + ( ) . -', en: 'Only digits, spaces and + ( ) . -' })],
  national_id: [
    length(1, 20),
    pattern(/^[\p{L}\d][\p{L}\d .-]*$/u, { es: 'Solo letras, números, puntos y guiones', en: 'Only letters, digits, dots and hyphens' }),
  ],
  birth_date: [
    {
      rule: 'date',
      message: { es: 'Debe ser una fecha entre 1900-01-01 y hoy', en: 'Must be a date between 1900-01-01 and today' },
      holds: (value, today) => isDate(value) && value >= earliestBirth && value <= today,
    },
  ],
  gender: [oneOf(genders)],
  country_code: [pattern(/^[A-Z]{2}$/, { es: 'Debe ser un código de país de dos letras', en: 'Must be a two-letter country code' })],
  title: [length(1, 80)],
  category: [oneOf(categories)],
  preferred_lang: [oneOf(['es', 'en'])],
  preferred_theme: [oneOf(['light', 'dark', 'system'])],
  timezone: [{ rule: 'timezone', message: { es: 'No es una zona horaria conocida', en: 'Is not a known time zone' }, holds: isTimeZone }],
}

function isDate(value: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return false
  const at = new Date(`${value}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(value)
}

function isTimeZone(value: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value })
    return value.length <= 64 && /^[A-Za-z]/.test(value) // no bare offsets
  } catch {
    return false
  }
}

const normalised = (column: Column, value: string): string => {
  const trimmed = value.trim().normalize('NFC')
  if (column === 'country_code') return trimmed.toUpperCase()
  return ['gender', 'category', 'preferred_lang', 'preferred_theme'].includes(column) ? trimmed.toLowerCase() : trimmed
}

/** What `input` asks to change, normalised, and every fault of it. `today` is a day, `2026-03-02`; `storedNationalId` is what can no
 *  longer be changed once it is there. Whether the place's parts belong together is not asked here. */
export function parseProfile(
  input: ProfileInput,
  { today, storedNationalId }: { readonly today: string; readonly storedNationalId?: string | null },
): { readonly change: ProfileChange; readonly faults: readonly ProblemField[] } {
  const change: Record<string, string | number | null> = {}
  const faults: ProblemField[] = []
  for (const column of profileColumns) {
    const given = input[column]
    if (given === undefined) continue
    const value = typeof given === 'string' ? normalised(column, given) || null : given
    change[column] = value
    if (typeof value !== 'string') continue
    const broken = (rules[column] ?? []).find(({ holds }) => !holds(value, today))
    if (broken) faults.push({ path: column, rule: broken.rule, message: broken.message })
  }
  if (storedNationalId && change.national_id !== undefined && change.national_id !== storedNationalId)
    faults.push({
      path: 'national_id',
      rule: 'write_once',
      message: { es: 'El documento no se puede cambiar', en: 'The identity document cannot be changed' },
    })
  return { change: change as ProfileChange, faults }
}

/** Folded: no case, no accents. Both what is searched and what is searched for. */
export const folded = (words: string): string => words.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()

type Names = Pick<UserRow, 'username' | 'full_name' | 'first_name' | 'last_name'>

/** `users.search_key`: whoever writes a name writes it too. */
export const searchKey = ({ username, full_name, first_name, last_name }: Names): string =>
  [...folded([username, full_name, first_name, last_name].filter(Boolean).join(' '))].slice(0, 500).join('')

/** How a person is called: the full name, its parts, or the username. */
export const displayName = ({ username, full_name, first_name, last_name }: Names): string =>
  full_name || [first_name, last_name].filter(Boolean).join(' ') || username
