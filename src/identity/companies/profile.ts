/** What a company tells about itself: read from a request, checked as a whole. Pure. */
import { type Static, Type } from 'typebox'
import type { ProblemField } from '../../platform/http/problem.ts'
import type { Text } from '../../platform/i18n/i18n.ts'
import { zoneOf } from '../../platform/time/index.ts'
import { companyNameFaults, isSlug, slugMessage, type TenantConfig, unprintable } from '../tenants/index.ts'
import { emailFaults, normaliseEmail } from '../users/index.ts'
import { countryOfTaxId, parseTaxId, type TaxIdType, taxIdTypes } from './tax-id.ts'

/** Columns of `tenants` that hold one text each, as the API calls them too. */
export const textColumns = [
  'legal_name',
  'country_code',
  'industry',
  'economic_activity',
  'company_type',
  'description_short',
  'description',
  'address',
  'city',
  'phone',
  'contact_email',
  'website',
  'linkedin_url',
  'twitter_url',
  'primary_color',
  'employees_range',
] as const
export type TextColumn = (typeof textColumns)[number]

export const companyTypes = ['real_internacional', 'real_nacional', 'ficticia_educativa'] as const

const text = (description?: string) => Type.Optional(Type.Union([Type.String(), Type.Null()], description ? { description } : {}))

/** Null or an empty text empties a field; what is absent stays as it is. */
export const CompanyFields = {
  slug: Type.Optional(Type.String()),
  legal_name: text('Up to 200 characters; `social_reason` means the same'),
  social_reason: text(),
  tax_id: text('Cannot be changed once set; `nit` means a tax id of type NIT'),
  tax_id_type: text(taxIdTypes.join(', ')),
  nit: text(),
  country_code: text('ISO 3166-1, two letters'),
  industry: text(),
  economic_activity: text(),
  company_type: text(companyTypes.join(', ')),
  description_short: text('Up to 500 characters'),
  description: text('Up to 10 000 characters'),
  address: text(),
  city: text(),
  phone: text('`phone_number` means the same'),
  phone_number: text(),
  contact_email: text(),
  website: text(),
  linkedin_url: text(),
  twitter_url: text(),
  primary_color: text('#RRGGBB'),
  employees_range: text('`1-10`, `200+` or `35`; `quantity_employees` means the same'),
  quantity_employees: text(),
  signup_domains: Type.Optional(Type.Union([Type.Array(Type.String(), { maxItems: 20 }), Type.Null()])),
  language: text('es or en'),
  timezone: text('IANA, as America/Bogota'),
}
const Fields = Type.Object(CompanyFields)
export const CompanyNames = {
  company_name: Type.Optional(Type.String({ description: '1 to 100 characters; `name` and `nombre_empresa` mean the same' })),
  name: Type.Optional(Type.String()),
  nombre_empresa: Type.Optional(Type.String()),
}
const Names = Type.Object(CompanyNames)
export type CompanyInput = Static<typeof Fields> & Static<typeof Names>

export type CompanyTaxId = { readonly type: TaxIdType; readonly taxId: string /** Country and number: unique. */; readonly key: string }

/** What is to be written; absent = unchanged. */
export type CompanyChange = {
  readonly name?: string
  readonly slug?: string
  readonly texts: { readonly [Column in TextColumn]?: string | null }
  readonly taxId?: CompanyTaxId
  readonly signupDomains?: readonly string[]
  readonly config: TenantConfig
}

/** What is known already and a change is read against. */
export type KnownCompany = { readonly taxIdType: string | null; readonly countryCode: string | null }

const limits: Readonly<Partial<Record<TextColumn, number>>> = {
  legal_name: 200,
  industry: 100,
  economic_activity: 100,
  description_short: 500,
  description: 10_000,
  address: 300,
  city: 100,
}

const say = (es: string, en: string): Text => ({ es, en })
const notOneOf = say('No es uno de los valores admitidos', 'Is not one of the accepted values')
const noLink = say('Debe ser una dirección que empiece con https:// o http://', 'Must be an address that starts with https:// or http://')

type Reader = (value: string) => string | Text
/** A reader answers the text to store, or what is wrong with it. */
const readers: Readonly<Partial<Record<TextColumn, Reader>>> = {
  country_code: (value) => (isCountry(value.toUpperCase()) ? value.toUpperCase() : say('No es un código de país', 'Is not a country code')),
  company_type: (value) => ((companyTypes as readonly string[]).includes(value) ? value : notOneOf),
  phone: (value) => (/^\+?\d[\d ().-]{4,28}$/.test(value) ? value : say('No es un teléfono', 'Is not a phone number')),
  contact_email: (value) => emailFaults(normaliseEmail(value), '')[0]?.message ?? normaliseEmail(value),
  website: (value) => (isWebAddress(value) ? value : noLink),
  linkedin_url: (value) => (isWebAddress(value) ? value : noLink),
  twitter_url: (value) => (isWebAddress(value) ? value : noLink),
  primary_color: (value) =>
    /^#[\da-f]{6}$/i.test(value) ? value.toLowerCase() : say('Debe ser un color #RRGGBB', 'Must be a colour #RRGGBB'),
  employees_range: (value) => (isRange(value) ? value : say('Debe ser como 1-10, 200+ o 35', 'Must be as 1-10, 200+ or 35')),
}

const countries = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })
const isCountry = (code: string): boolean => /^[A-Z]{2}$/.test(code) && countries.of(code) !== undefined

/** Shown as a link: any other scheme would run what a stranger wrote. */
function isWebAddress(value: string): boolean {
  const url = URL.parse(value)
  return (
    value.length <= 300 && url !== null && ['https:', 'http:'].includes(url.protocol) && url.username === '' && url.hostname.includes('.')
  )
}

function isRange(value: string): boolean {
  const range = /^(\d{1,7})(?:\+|-(\d{1,7}))?$/.exec(value)
  return range !== null && (range[2] === undefined || Number(range[1]) < Number(range[2]))
}

/** Every fault of every field at once. */
export function parseCompany(
  input: CompanyInput,
  known: KnownCompany,
): { readonly change: CompanyChange; readonly faults: ProblemField[] } {
  const faults: ProblemField[] = []
  const fault = (path: string, rule: string, message: Text) => void faults.push({ path, rule, message })
  const given: Partial<Record<TextColumn, string | null | undefined>> = {
    ...input,
    legal_name: input.legal_name ?? input.social_reason,
    phone: input.phone ?? input.phone_number,
    employees_range: input.employees_range ?? input.quantity_employees,
  }
  const texts: Partial<Record<TextColumn, string | null>> = {}
  for (const column of textColumns) {
    const value = given[column]
    if (value === undefined) continue
    const read = readText(column, value)
    if (typeof read === 'object' && read !== null) fault(column, column, read)
    else texts[column] = read
  }
  const name = input.company_name ?? input.name ?? input.nombre_empresa
  const change: CompanyChange = {
    ...(name !== undefined && { name: name.trim().normalize('NFC') }),
    ...(input.slug !== undefined && input.slug !== '' && { slug: input.slug.trim().toLowerCase() }),
    texts,
    config: readConfig(input, fault),
  }
  if (change.name !== undefined) faults.push(...companyNameFaults(change.name))
  if (change.slug !== undefined && !isSlug(change.slug)) fault('slug', 'slug', slugMessage)
  const taxId = readTaxId(input, { ...known, countryCode: texts.country_code ?? known.countryCode }, fault)
  const signupDomains = input.signup_domains === undefined ? undefined : readDomains(input.signup_domains ?? [], fault)
  return { change: { ...change, ...(taxId && { taxId }), ...(signupDomains && { signupDomains }) }, faults }
}

function readText(column: TextColumn, value: string | null): string | null | Text {
  const trimmed = (value ?? '').trim().normalize('NFC').replaceAll('\r\n', '\n')
  if (trimmed === '') return null
  const lines = column === 'description' ? trimmed.replaceAll('\n', '') : trimmed
  if (unprintable.test(lines)) return say('Tiene caracteres que no se pueden mostrar', 'Has characters that cannot be shown')
  const limit = limits[column]
  if (limit !== undefined && [...trimmed].length > limit)
    return say(`No puede superar ${limit} caracteres`, `Must have at most ${limit} characters`)
  return readers[column]?.(trimmed) ?? trimmed
}

type Fault = (path: string, rule: string, message: Text) => void

function readConfig({ language, timezone }: CompanyInput, fault: Fault): TenantConfig {
  if (language && language !== 'es' && language !== 'en') fault('language', 'enum', notOneOf)
  if (timezone && !isTimeZone(timezone)) fault('timezone', 'time_zone', say('No es una zona horaria IANA', 'Is not an IANA time zone'))
  return { ...(language && { language }), ...(timezone && { timezone }) }
}

function isTimeZone(timeZone: string): boolean {
  try {
    return zoneOf(timeZone) !== null
  } catch {
    return false
  }
}

function readTaxId(input: CompanyInput, known: KnownCompany, fault: Fault): CompanyTaxId | null {
  const typed = (input.tax_id ?? input.nit ?? '').trim()
  if (typed === '') return null
  const type = (input.tax_id_type ?? (input.tax_id ? known.taxIdType : null) ?? (input.nit ? 'NIT' : 'OTHER')).trim().toUpperCase()
  if (!isTaxIdType(type)) {
    fault('tax_id_type', 'enum', notOneOf)
    return null
  }
  const parsed = parseTaxId(type, known.countryCode, typed)
  if (parsed.kind === 'fault') {
    fault(input.tax_id ? 'tax_id' : 'nit', parsed.rule, parsed.message)
    return null
  }
  const country = known.countryCode ?? countryOfTaxId(type) ?? 'ZZ' // ISO 3166: of no country
  return { type, taxId: parsed.taxId, key: `${country}:${parsed.taxId}` }
}

const isTaxIdType = (word: string): word is TaxIdType => (taxIdTypes as readonly string[]).includes(word)

/** Anybody may have an address there: such a domain says nothing about where a person works. */
const publicMail = new Set(
  'gmail.com googlemail.com hotmail.com outlook.com outlook.es live.com msn.com yahoo.com yahoo.es icloud.com me.com aol.com gmx.com proton.me protonmail.com yandex.com mail.com zoho.com'.split(
    ' ',
  ),
)

function readDomains(domains: readonly string[], fault: Fault): readonly string[] {
  const read = [...new Set(domains.map((domain) => domain.trim().toLowerCase().replace(/^@/, '')).filter((domain) => domain !== ''))]
  for (const domain of read)
    if (emailFaults(`x@${domain}`, '').length > 0 || publicMail.has(domain))
      fault('signup_domains', 'domain', say(`${domain} no es un dominio de una empresa`, `${domain} is not a company's domain`))
  return read
}
