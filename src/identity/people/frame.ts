/** What the pages of people have in common: who looks, the navigation with what waits, the roles, and how a refusal is shown. */
import type { FastifyRequest } from 'fastify'
import { fieldErrorsOf, Problem } from '../../platform/http/index.ts'
import { pageOf, requireSignedIn, requireTenant, timeZoneOf } from '../access/index.ts'
import type { TenantActor } from '../actor.ts'
import { identityMessages } from '../messages.ts'
import { administrationNavigation } from '../navigation.ts'
import { hasPermission, type MemberRole, roleRank, roles } from '../permissions.ts'
import type { SignupDeps } from '../signup/index.ts'
import { companyRoles, countWaiting, type TenantConfig } from '../tenants/index.ts'
import { type PeopleMessage, peopleMessages } from './messages.ts'

/** What every page here needs: who looks, the navigation with what waits, the company's roles. */
export async function frame(deps: SignupDeps, request: FastifyRequest) {
  const actor = requireTenant(request)
  const page = pageOf(request)
  const config: TenantConfig = requireSignedIn(request).tenantConfig ?? {}
  const canManage = hasPermission(actor, 'manage_users')
  const pending = await countWaiting({ ...deps.db, tenantId: actor.tenant.tenantId }, actor)
  const nav = administrationNavigation(page, actor.tenant.slug, actor, 'users', { pendingUsers: pending })
  return {
    actor,
    page,
    config,
    canManage,
    pending,
    nav,
    company: actor.tenant,
    timeZone: timeZoneOf(request),
    ...roleOptions(request, actor, config),
  }
}

/** The company's own role names after ours; `roles` are those that the actor may give. */
function roleOptions(request: FastifyRequest, actor: TenantActor, config: TenantConfig) {
  const ours = roles
    .filter((role) => role !== 'SUPER_ADMIN')
    .map((role) => ({ value: role as string, label: identityMessages[`role.${role}`][request.language], base: role as MemberRole }))
  const theirs = Object.entries(companyRoles(config)).map(([name, base]) => ({ value: name, label: name, base }))
  const all = [...ours, ...theirs.filter(({ value }) => !ours.some((role) => role.value === value))]
  return { allRoles: all, roles: all.filter(({ base }) => roleRank[base] <= roleRank[actor.role]) }
}

export const doneOf = (word: string | undefined): PeopleMessage | null =>
  word !== undefined && Object.hasOwn(peopleMessages, `done.${word}`) ? (`done.${word}` as PeopleMessage) : null

export type Refused = { readonly status: number; readonly errors: Readonly<Record<string, string>>; readonly refusal: string | null }

/** A refusal as the form shows it: at its fields, and above where there are none. Rethrows bugs, and what is no answer to a form. */
export function refused(error: unknown, request: FastifyRequest): Refused {
  if (!(error instanceof Problem) || error.status === 404 || error.status >= 500) throw error
  const fields = { username_taken: 'username', email_taken: 'email' } as const
  const own = Object.hasOwn(fields, error.code) ? { [fields[error.code as keyof typeof fields]]: error.detail(request.language) } : {}
  const errors: Record<string, string> = { ...fieldErrorsOf(error, request.language), ...own }
  return { status: error.status, errors, refusal: Object.keys(errors).length > 0 ? null : error.detail(request.language) }
}
