/** Kinds of fields: how a customer's column is read as a value, what a given value must be, and how it is written. Pure. */
import { decodeJson, encodeJson } from '../../platform/db/index.ts'
import type { Parameters, Text } from '../../platform/i18n/i18n.ts'
import { type Entity, flag, hundredths, isoWeekdays, text, timeOfDayS, wholeNumber } from '../model/index.ts'
import type { JsonValue } from './values.ts'

export type Fault = { readonly rule: string; readonly message: Text; readonly parameters?: Parameters }
export type Checked = { readonly ok: true; readonly value: JsonValue } | { readonly ok: false; readonly fault: Fault }

export type FieldKind = 'text' | 'number' | 'flag' | 'decimal' | 'time' | 'days' | 'json' | 'choice' | 'reference' | 'color'

export type Field = {
  readonly name: string
  readonly kind: FieldKind
  /** Of the customer's table; `is_retired` is none. */
  readonly column: string
  /** Of a new record that does not say; undefined: it must be said. */
  readonly initial: JsonValue | undefined
  /** Names a record of this kind. */
  readonly refersTo?: Entity
  readonly read: (raw: unknown) => JsonValue
  readonly check: (given: JsonValue, isNew: boolean) => Checked
  readonly write: (value: JsonValue) => unknown
}

export const refuse = (rule: string, es: string, en: string, parameters?: Parameters): Checked => ({
  ok: false,
  fault: { rule, message: { es, en }, ...(parameters && { parameters }) },
})
const accept = (value: JsonValue): Checked => ({ ok: true, value })
const wrongType = refuse('type', 'El valor no tiene el formato esperado', 'The value does not have the expected form')
export const required = refuse('required', 'Falta', 'Required')

type More = { readonly column?: string; readonly initial?: JsonValue }
const base = (name: string, { column = name, initial }: More) => ({ name, column, initial })

/** One line of text, trimmed. Without an initial value it may not be empty. */
export function textField(
  name: string,
  maxLength: number,
  more: More & { readonly isUpper?: boolean; readonly pattern?: RegExp; readonly patternFault?: Text } = {},
): Field {
  return {
    kind: 'text',
    ...base(name, more),
    read: text,
    check(given) {
      if (typeof given !== 'string') return wrongType
      const trimmed = given
        .normalize('NFC')
        .replace(/\p{Cc}+/gu, ' ')
        .trim()
      const value = more.isUpper ? trimmed.toUpperCase() : trimmed
      if (value === '' && more.initial === undefined) return required
      if ([...value].length > maxLength)
        return refuse('too_long', 'Como máximo {maximum} caracteres', 'At most {maximum} characters', { maximum: maxLength })
      if (value !== '' && more.pattern && !more.pattern.test(value)) {
        const { es, en } = more.patternFault ?? { es: 'No tiene la forma esperada', en: 'Does not have the expected form' }
        return refuse('pattern', es, en)
      }
      return accept(value)
    },
    write: (value) => value,
  }
}

type Range = { readonly minimum: number; readonly maximum: number }

/** A whole number. `whenNew`: a narrower range for new records. */
export function numberField(name: string, range: Range, more: More & { readonly whenNew?: Range; readonly isNullable?: true } = {}): Field {
  return {
    kind: 'number',
    ...base(name, more),
    read(raw) {
      const number = Number(text(raw).trim() || Number.NaN)
      return Number.isFinite(number) ? number : more.isNullable ? null : 0
    },
    check(given, isNew) {
      if (given === null && more.isNullable) return accept(null)
      const { minimum, maximum } = isNew && more.whenNew ? more.whenNew : range
      if (typeof given !== 'number' || !Number.isSafeInteger(given))
        return refuse('integer', 'Debe ser un número entero', 'Must be a whole number')
      return given < minimum || given > maximum
        ? refuse('range', 'Debe estar entre {minimum} y {maximum}', 'Must be between {minimum} and {maximum}', { minimum, maximum })
        : accept(given)
    },
    write: (value) => value,
  }
}

export function flagField(name: string, initial: boolean, more: { readonly column?: string; readonly isInverted?: true } = {}): Field {
  const isOn = (value: boolean) => (more.isInverted ? !value : value)
  return {
    kind: 'flag',
    ...base(name, { ...more, initial }),
    read: (raw) => isOn(flag(raw, isOn(initial))),
    check: (given) => (typeof given === 'boolean' ? accept(given) : wrongType),
    write: (value) => (isOn(value === true) ? 1 : 0),
  }
}

/** For what the customer's table has no column for: kept in Andon. */
export const activeField: Field = flagField('is_active', true, { column: 'is_retired', isInverted: true })

const centsText = (cents: number): string => (cents / 100).toFixed(2)

/** Two decimals, as text: `25.50`. A number is taken too. */
export function decimalField(name: string, maximumCents: number, initial: string): Field {
  return {
    kind: 'decimal',
    ...base(name, { initial }),
    read: (raw) => centsText(hundredths(raw) ?? 0),
    check(given) {
      const written = typeof given === 'number' ? String(given) : given
      const fault = refuse(
        'decimal',
        'Debe ser un número de 0 a {maximum} con dos decimales como máximo',
        'Must be a number from 0 to {maximum} with at most two decimals',
        { maximum: centsText(maximumCents) },
      )
      if (typeof written !== 'string' || !/^\d{1,6}([.,]\d{1,2})?$/.test(written.trim())) return fault
      const cents = hundredths(written.trim().replace(',', '.'))
      return cents === null || cents > maximumCents ? fault : accept(centsText(cents))
    },
    write: (value) => value,
  }
}

const twoDigits = (number: number): string => String(number).padStart(2, '0')
/** `06:00`, or `06:00:30` when it has seconds. */
export const clockText = (seconds: number): string =>
  [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, ...(seconds % 60 > 0 ? [seconds % 60] : [])].map(twoDigits).join(':')

/** Wall time of day. What the customer wrote and cannot be read is null. */
export function timeField(name: string): Field {
  return {
    kind: 'time',
    ...base(name, {}),
    read(raw) {
      const seconds = timeOfDayS(raw)
      return seconds === null ? null : clockText(seconds)
    },
    check(given) {
      const seconds = typeof given === 'string' && /^\s*\d{1,2}:\d{2}(:\d{2})?\s*$/.test(given) ? timeOfDayS(given) : null
      return seconds === null
        ? refuse('time', 'Debe ser una hora, como 06:00', 'Must be a time of day, such as 06:00')
        : accept(clockText(seconds))
    },
    write: (value) => (text(value).length === 5 ? `${text(value)}:00` : value),
  }
}

const weekdayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const

/** ISO weekdays 1–7, sorted; names are taken too. Written as the field knows them: English names. */
export function daysField(name: string, column: string): Field {
  return {
    kind: 'days',
    ...base(name, { column, initial: [1, 2, 3, 4, 5, 6, 7] }),
    read(raw) {
      const decoded = decodeJson(raw)
      return [...isoWeekdays(decoded.ok ? decoded.value : raw).days].sort()
    },
    check(given) {
      if (!Array.isArray(given)) return wrongType
      if (given.length === 0) return refuse('required', 'Elija al menos un día', 'Choose at least one day')
      const { days, unknown } = isoWeekdays(given)
      return unknown.length > 0
        ? refuse('day', 'Hay un día que no se entiende: {day}', 'A day cannot be read: {day}', { day: unknown[0] ?? '' })
        : accept([...days].sort())
    },
    write: (value) => encodeJson((value as readonly number[]).map((day) => weekdayNames[day - 1])),
  }
}

const maxJsonLength = 20_000

/** Any JSON; what Andon does not know in it stays. */
export function jsonField(name: string): Field {
  return {
    kind: 'json',
    ...base(name, { initial: null }),
    read(raw) {
      const decoded = decodeJson(raw)
      return decoded.ok ? (decoded.value as JsonValue) : decoded.text
    },
    check: (given) =>
      encodeJson(given).length > maxJsonLength
        ? refuse('too_long', 'Como máximo {maximum} caracteres', 'At most {maximum} characters', { maximum: maxJsonLength })
        : accept(given),
    write: (value) => (value === null ? null : encodeJson(value)),
  }
}

export function choiceField(name: string, choices: readonly string[], initial?: string): Field {
  return {
    kind: 'choice',
    ...base(name, { ...(initial !== undefined && { initial }) }),
    read: (raw) => text(raw).trim().toLowerCase(),
    check: (given) =>
      typeof given === 'string' && choices.includes(given.trim().toLowerCase())
        ? accept(given.trim().toLowerCase())
        : refuse('choice', 'Debe ser uno de: {choices}', 'Must be one of: {choices}', { choices: choices.join(', ') }),
    write: (value) => value,
  }
}

/** Id of another record; whether there is one is the plan's to ask. */
export function referenceField(name: string, refersTo: Entity): Field {
  return {
    kind: 'reference',
    ...base(name, {}),
    refersTo,
    read: (raw) => wholeNumber(raw) ?? 0,
    check: (given) => (typeof given === 'number' && Number.isSafeInteger(given) ? accept(given) : wrongType),
    write: (value) => value,
  }
}

/** `#RRGGBB`, or none. */
export function colorField(name: string): Field {
  const text = textField(name, 10, {
    initial: '',
    pattern: /^#[0-9a-fA-F]{6}$/,
    patternFault: { es: 'Debe ser un color como #2B7CEE', en: 'Must be a colour such as #2B7CEE' },
  })
  return { ...text, kind: 'color' }
}
