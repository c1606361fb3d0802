/** Companies as the API shows them. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { isRecord, type TenantConfig } from '../tenants/index.ts'
import { textColumns } from './profile.ts'
import type { Company } from './queries.ts'
import { parseTaxId, type TaxIdType } from './tax-id.ts'

const text = Type.Union([Type.String(), Type.Null()])
const integer = Type.Union([Type.Integer(), Type.Null()])

export const CompanyObject = Type.Object({
  id: Type.Integer(),
  tenant_id: Type.Integer(),
  uuid: Type.String(),
  company_id: Type.String(),
  name: Type.String(),
  company_name: Type.String(),
  slug: Type.String(),
  is_active: Type.Boolean(),
  user_role: text,
  legal_name: text,
  tax_id: text,
  tax_id_type: text,
  tax_id_check_digit: text,
  country_code: text,
  industry: text,
  economic_activity: text,
  company_type: text,
  description_short: text,
  description: text,
  address: text,
  city: text,
  phone: text,
  contact_email: text,
  website: text,
  linkedin_url: text,
  twitter_url: text,
  primary_color: text,
  employees_range: text,
  signup_domains: Type.Array(Type.String()),
  language: text,
  timezone: text,
  limits: Type.Object({ max_users: integer, max_lines: integer }),
  has_logo: Type.Boolean(),
  associated_since: Type.String(),
  created_at: Type.String(),
  updated_at: Type.String(),
})

const iso = (atMs: number): string => new Date(atMs).toISOString()
const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

export const limitsOf = (config: TenantConfig): { readonly max_users: number | null; readonly max_lines: number | null } => {
  const limits = isRecord(config.limits) ? config.limits : {}
  const figure = (value: unknown) => (Number.isSafeInteger(value) ? Number(value) : null)
  return { max_users: figure(limits.max_users ?? config.max_users), max_lines: figure(limits.max_lines ?? config.max_lines) }
}

/** `userRole`: of the person who asks, in that company. */
export const companyObject = (company: Company, userRole: string | null) => ({
  id: company.tenantId,
  tenant_id: company.tenantId,
  uuid: company.uuid,
  company_id: company.uuid,
  name: company.name,
  company_name: company.name,
  slug: company.slug,
  is_active: company.isActive,
  user_role: userRole,
  ...(Object.fromEntries(textColumns.map((column) => [column, company.texts[column]])) as Company['texts']),
  tax_id: company.taxId,
  tax_id_type: company.taxIdType,
  tax_id_check_digit: checkDigitOf(company),
  signup_domains: company.signupDomains,
  language: textOf(company.config.language),
  timezone: textOf(company.config.timezone),
  limits: limitsOf(company.config),
  has_logo: company.logoFileId !== null,
  associated_since: iso(company.associatedSinceMs),
  created_at: iso(company.createdAtMs),
  updated_at: iso(company.updatedAtMs),
})

export function checkDigitOf({ taxId, taxIdType, texts }: Company): string | null {
  if (taxId === null || taxIdType === null) return null
  const parsed = parseTaxId(taxIdType as TaxIdType, texts.country_code, taxId)
  return parsed.kind === 'valid' ? parsed.checkDigit : null
}

/** What the platform sees of a company, settings included. */
export const TenantObject = Type.Object({
  tenant_id: Type.Integer(),
  id: Type.Integer(),
  uuid: Type.String(),
  company_name: Type.String(),
  slug: Type.String(),
  is_active: Type.Boolean(),
  associated_since: Type.String(),
  config_tenant: Type.Unknown(),
  users: Type.Integer(),
  owners: Type.Array(Type.String()),
  created_at: Type.String(),
  updated_at: Type.String(),
})

export const tenantObject = (company: Company, people: { readonly users: number; readonly owners: readonly string[] }) => ({
  tenant_id: company.tenantId,
  id: company.tenantId,
  uuid: company.uuid,
  company_name: company.name,
  slug: company.slug,
  is_active: company.isActive,
  associated_since: iso(company.associatedSinceMs),
  config_tenant: company.config,
  ...people,
  created_at: iso(company.createdAtMs),
  updated_at: iso(company.updatedAtMs),
})

export const MemberObject = Type.Object({
  id: Type.Integer(),
  user_id: Type.Integer(),
  uuid: Type.String(),
  username: Type.String(),
  email: Type.String({ description: "Masked where the account is another company's" }),
  full_name: text,
  role: Type.String(),
  status: Type.String(),
  is_active: Type.Union([Type.Boolean(), Type.Null()], { description: "Null where the account is another company's" }),
  is_user_active: Type.Boolean({ description: 'The membership is active' }),
  email_verified: Type.Union([Type.Boolean(), Type.Null()], { description: "Null where the account is another company's" }),
  joined_at: Type.String(),
})

/** Addresses outside of `/api/v1/companies` work as ever and say that there is a newer one. */
export function markOther(request: FastifyRequest, reply: FastifyReply): void {
  if (!/^\/api\/v1\/(companies|tenants|auth)\b/.test(request.routeOptions.url ?? '')) reply.header('deprecation', 'true')
}
