/** The page of one person and its forms. They work without JavaScript. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { answer, emptyReply, htmlReply, route, seeOther } from '../../platform/http/index.ts'
import type { Html } from '../../platform/ui/index.ts'
import { originOf, requireTenant } from '../access/index.ts'
import { identityPaths } from '../paths.ts'
import { hasPermission, type MemberRole, roleRank } from '../permissions.ts'
import { problem } from '../problems.ts'
import type { SignupDeps } from '../signup/index.ts'
import { approvePerson, rejectPerson } from './approval.ts'
import { changePerson } from './change.ts'
import { doneOf, frame, type Refused, refused } from './frame.ts'
import { getPerson } from './list.ts'
import type { PeopleMessage } from './messages.ts'
import type { PersonObject } from './person-object.ts'
import { personPage } from './person-view.ts'
import { ProfileForm, placeOptions, profileOfForm } from './profile-form.ts'
import { removePerson } from './removal.ts'
import { sendReset } from './reset.ts'
import { decisionRate, isPersonAction, runAction } from './routes.ts'

const tags = ['pages']
const text = Type.Optional(Type.String({ maxLength: 500 }))
const several = Type.Optional(Type.Union([Type.Array(Type.String({ maxLength: 50 }), { maxItems: 100 }), Type.String({ maxLength: 50 })]))
const PersonPath = Type.Object({ company: Type.String({ maxLength: 100 }), user: Type.String({ maxLength: 254 }) })
const AccountForm = Type.Object({ ...ProfileForm.properties, email: text }, { default: {} })

const listOf = (values: readonly string[] | string | undefined): string[] => (typeof values === 'string' ? [values] : [...(values ?? [])])

export function registerPersonPages(app: FastifyInstance, deps: SignupDeps): void {
  registerPersonPage(app, deps)
  registerForms(app, deps)
}

type Shown = Omit<Refused, 'status'> & { readonly done: PeopleMessage | null; readonly typed: Static<typeof AccountForm> | null }

async function showPerson(deps: SignupDeps, request: FastifyRequest, ref: string, shown: Shown): Promise<Html> {
  const shared = await frame(deps, request)
  const { actor, allRoles } = shared
  const person = await getPerson(deps, actor, ref)
  const rank = rankOf(person, allRoles)
  const isSelf = person.id === actor.userId
  return personPage({
    ...shared,
    ...shown,
    person,
    isSelf,
    can: {
      manage: shared.canManage,
      changeRoles: hasPermission(actor, 'manage_roles'),
      touch: isSelf || rank <= roleRank[actor.role],
    },
    grantable: actor.permissions,
    places: await placeOptions(deps.db, person, request.language),
  })
}

const rankOf = ({ role }: PersonObject, all: readonly { readonly value: string; readonly base: MemberRole }[]): number => {
  if (role === 'SUPER_ADMIN') return roleRank.SUPER_ADMIN
  const base = all.find(({ value }) => value === role)?.base
  return base === undefined ? 0 : roleRank[base]
}

const nothing = { done: null, refusal: null, errors: {}, typed: null }

function registerPersonPage(app: FastifyInstance, deps: SignupDeps): void {
  route(app, {
    method: 'GET',
    url: `${identityPaths.users({ company: ':company' })}/:user`,
    access: 'view_users',
    summary: 'Page: one person of the company',
    tags,
    params: PersonPath,
    query: Type.Object({ done: text }),
    reply: { 200: htmlReply },
    handler: ({ request, params, query }) => showPerson(deps, request, params.user, { ...nothing, done: doneOf(query.done) }),
  })
}

function registerForms(app: FastifyInstance, deps: SignupDeps): void {
  const url = (action: string) => `${identityPaths.users({ company: ':company' })}/:user/${action}`
  /** Does it and goes back to the person; or shows the page again, with why not. */
  const run = async (request: FastifyRequest, ref: string, done: string, work: () => Promise<unknown>, typed: Shown['typed'] = null) => {
    try {
      await work()
    } catch (error) {
      const { status, ...why } = refused(error, request)
      return answer(status, await showPerson(deps, request, ref, { ...nothing, ...why, typed }))
    }
    const { slug } = requireTenant(request).tenant
    return seeOther(request, `${identityPaths.users({ company: slug })}/${encodeURIComponent(ref)}?done=${done}`)
  }
  const form = { tags, params: PersonPath, form: true, rate: decisionRate, reply: { 303: emptyReply } } as const

  route(app, {
    ...form,
    method: 'POST',
    url: url('approve'),
    access: 'manage_users',
    summary: 'Lets somebody in from the form',
    body: Type.Object({ role: text, category: text }, { default: {} }),
    handler: ({ request, params, body: { role, category } }) =>
      run(request, params.user, 'approve', () =>
        approvePerson(
          deps,
          requireTenant(request),
          params.user,
          { role: role || undefined, category: category || undefined },
          originOf(request),
        ),
      ),
  })
  route(app, {
    ...form,
    method: 'POST',
    url: url('reject'),
    access: 'manage_users',
    summary: 'Refuses somebody from the form',
    body: Type.Object({ reason: text }, { default: {} }),
    handler: ({ request, params, body }) =>
      run(request, params.user, 'reject', () =>
        rejectPerson(deps, requireTenant(request), params.user, body.reason?.trim() || null, originOf(request)),
      ),
  })
  route(app, {
    ...form,
    method: 'POST',
    url: url('access'),
    access: 'manage_roles',
    summary: 'Changes role, modules and grants from the form',
    body: Type.Object({ role: text, modules: several, permissions: several }, { default: {} }),
    handler: ({ request, params, body: { role, modules, permissions } }) => {
      const chosen = listOf(modules)
      const change = { role: role || undefined, permissions: listOf(permissions), modules: chosen.length === 0 ? null : chosen }
      return run(request, params.user, 'saved', () => changePerson(deps, requireTenant(request), params.user, change, originOf(request)))
    },
  })
  route(app, {
    ...form,
    method: 'POST',
    url: url('profile'),
    access: 'manage_users',
    summary: 'Changes address and profile from the form',
    body: AccountForm,
    handler: async ({ request, params, body }) => {
      const actor = requireTenant(request)
      const { email, ...profile } = body
      const stored = await getPerson(deps, actor, params.user)
      const change = { ...profileOfForm(profile, stored), ...(email !== undefined && email !== stored.email && { email }) }
      return run(request, params.user, 'saved', () => changePerson(deps, actor, params.user, change, originOf(request)), body)
    },
  })
  route(app, {
    ...form,
    method: 'POST',
    url: url('remove'),
    access: 'manage_users',
    summary: 'Takes somebody out of the company from the form',
    handler: async ({ request, params }) => {
      const actor = requireTenant(request)
      if (actor.kind !== 'person') throw new Error('only people hold manage_users')
      const outcome = await run(request, params.user, 'remove', () => removePerson(deps, actor, params.user, originOf(request)))
      return outcome.status === 303 ? seeOther(request, `${identityPaths.users({ company: actor.tenant.slug })}?done=remove`) : outcome
    },
  })
  route(app, {
    ...form,
    method: 'POST',
    url: url(':action'),
    access: 'manage_users',
    summary: 'Does something to an account or a membership from the form',
    params: Type.Object({ ...PersonPath.properties, action: Type.String({ maxLength: 40 }) }),
    handler: ({ request, params: { user, action } }) => {
      const actor = requireTenant(request)
      if (action === 'send-reset') return run(request, user, action, () => sendReset(deps, actor, user, originOf(request)))
      if (!isPersonAction(action)) throw problem('user_not_found')
      return run(request, user, action, () => runAction(action)(deps, actor, user, originOf(request)))
    },
  })
}
