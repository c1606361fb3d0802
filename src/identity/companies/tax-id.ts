/** Tax identification numbers of companies, as each country checks them. Pure. */
import type { Text } from '../../platform/i18n/i18n.ts'

export const taxIdTypes = ['NIT', 'RUC', 'CUIT', 'RFC', 'RUT', 'CNPJ', 'OTHER'] as const
export type TaxIdType = (typeof taxIdTypes)[number]

/** Where a number of that type comes from when nobody says. */
const homeOf: Readonly<Partial<Record<TaxIdType, string>>> = { NIT: 'CO', RUC: 'EC', CUIT: 'AR', RFC: 'MX', RUT: 'CL', CNPJ: 'BR' }
export const countryOfTaxId = (type: TaxIdType): string | null => homeOf[type] ?? null

export type TaxId = { readonly kind: 'valid'; readonly taxId: string; readonly checkDigit: string | null }
export type TaxIdFault = { readonly kind: 'fault'; readonly rule: 'format' | 'check_digit'; readonly message: Text }

/** The number as it is stored: bare digits, or bare letters and digits where a country uses them. `checkDigit` is told apart only for the
 *  NIT, whose digit is no part of the number; an RUC or CUIT holds its own. Other countries' numbers are checked by form only. */
export function parseTaxId(type: TaxIdType, country: string | null, typed: string): TaxId | TaxIdFault {
  if (type === 'NIT' && (country ?? 'CO') === 'CO') return parseNit(typed)
  if (type === 'RUC' && (country ?? 'EC') === 'EC') return parseRuc(bare(typed))
  if (type === 'CUIT' && (country ?? 'AR') === 'AR') return parseCuit(bare(typed))
  const taxId = bareTaxId(typed)
  const form = forms[type] ?? /^[\p{L}\d]{3,30}$/u
  return form.test(taxId) ? { kind: 'valid', taxId, checkDigit: null } : wrongForm
}

const forms: Readonly<Partial<Record<TaxIdType, RegExp>>> = {
  RFC: /^[A-ZÑ&]{3,4}\d{6}[A-Z\d]{3}$/,
  RUT: /^\d{7,9}[\dK]$/,
  CNPJ: /^[A-Z\d]{12}\d{2}$/,
}

const bare = (typed: string): string => typed.normalize('NFKC').replace(/[\s./-]/g, '')
/** As any of them is stored. */
export const bareTaxId = (typed: string): string => bare(typed).toUpperCase()
const wrongForm: TaxIdFault = {
  kind: 'fault',
  rule: 'format',
  message: { es: 'No tiene la forma de un número de ese tipo', en: 'Does not have the form of a number of that type' },
}
const wrongDigit = (expected: string | null): TaxIdFault => ({
  kind: 'fault',
  rule: 'check_digit',
  message:
    expected === null
      ? { es: 'El dígito verificador no coincide', en: 'The check digit does not match' }
      : { es: `El dígito verificador debe ser ${expected}`, en: `The check digit must be ${expected}` },
})

const digitsOf = (text: string): readonly number[] => [...text].map(Number)
const weighted = (digits: readonly number[], weights: readonly number[]): number =>
  weights.reduce((sum, weight, index) => sum + weight * (digits[index] ?? 0), 0)

/** Weights of the NIT from its rightmost digit on (DIAN, Orden Administrativa 4 of 1989). */
const nitWeights = [3, 7, 13, 17, 19, 23, 29, 37, 41, 43, 47, 53, 59, 67, 71] as const

/** `base`: up to 15 digits, without the check digit. */
export function nitCheckDigit(base: string): string {
  const remainder = weighted(digitsOf(base).toReversed(), nitWeights.slice(0, base.length)) % 11
  return String(remainder < 2 ? remainder : 11 - remainder)
}

/** Colombia: eight to ten digits; the check digit may follow a hyphen and is then held to its rule. */
function parseNit(typed: string): TaxId | TaxIdFault {
  const [, number = '', given] = /^([\d\s.]+?)(?:\s*-\s*(\d))?$/.exec(typed.normalize('NFKC').trim()) ?? []
  const base = bare(number)
  if (!/^[1-9]\d{7,9}$/.test(base)) return wrongForm
  const checkDigit = nitCheckDigit(base)
  return given !== undefined && given !== checkDigit ? wrongDigit(checkDigit) : { kind: 'valid', taxId: base, checkDigit }
}

/** Ecuador: province, kind of taxpayer in the third digit, check digit, establishment. A natural person's is their identity card
 *  (modulo 10); companies (9) and public bodies (6) have modulo 11. */
function parseRuc(digits: string): TaxId | TaxIdFault {
  if (!/^\d{13}$/.test(digits)) return wrongForm
  const province = Number(digits.slice(0, 2))
  const isProvince = (province >= 1 && province <= 24) || province === 30 // 30: registered abroad
  const kind = Number(digits[2])
  const isPublic = kind === 6
  const establishment = digits.slice(isPublic ? 9 : 10)
  if (!isProvince || kind === 7 || kind === 8 || Number(establishment) === 0) return wrongForm
  const all = digitsOf(digits)
  const expected =
    kind === 9 ? modulo11(all, [4, 3, 2, 7, 6, 5, 4, 3, 2]) : isPublic ? modulo11(all, [3, 2, 7, 6, 5, 4, 3, 2]) : modulo10(all)
  return expected === all[isPublic ? 8 : 9] ? { kind: 'valid', taxId: digits, checkDigit: null } : wrongDigit(null)
}

/** Luhn's rule over nine digits. */
function modulo10(digits: readonly number[]): number {
  const sum = digits.slice(0, 9).reduce((total, digit, index) => {
    const product = digit * (index % 2 === 0 ? 2 : 1)
    return total + (product > 9 ? product - 9 : product)
  }, 0)
  return (10 - (sum % 10)) % 10
}

/** 11 is written 0; 10 has no digit, so that no number has it. */
const modulo11 = (digits: readonly number[], weights: readonly number[]): number => {
  const expected = 11 - (weighted(digits, weights) % 11)
  return expected === 11 ? 0 : expected
}

/** Argentina: kind of taxpayer in two digits, eight of the person or company, check digit. */
function parseCuit(digits: string): TaxId | TaxIdFault {
  if (!/^(20|23|24|25|26|27|30|33|34)\d{9}$/.test(digits)) return wrongForm
  const all = digitsOf(digits)
  return modulo11(all, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) === all[10] ? { kind: 'valid', taxId: digits, checkDigit: null } : wrongDigit(null)
}
