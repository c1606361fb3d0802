/** Pages of one's second factor; forms of the account page that guard it: sessions and PIN. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { transaction } from '../../platform/db/index.ts'
import { type Answer, answer, emptyReply, htmlReply, Problem, route, seeOther } from '../../platform/http/index.ts'
import type { Html } from '../../platform/ui/index.ts'
import { type AccessDeps, originOf, pageOf, requirePerson, requireTenant, timeZoneOf } from '../access/index.ts'
import { hasPin, setPin } from '../displays/index.ts'
import {
  confirmSecondFactor,
  findPendingSetup,
  findSecondFactor,
  isEnrolled,
  qrImage,
  removeSecondFactor,
  renewRecoveryCodes,
  type Setup,
  setUpSecondFactor,
} from '../mfa/index.ts'
import { accountNavigation, type CompanyLinks } from '../navigation.ts'
import { identityPaths } from '../paths.ts'
import { problem } from '../problems.ts'
import { endSessionsOf, listLiveSessions, markSecondFactor } from '../sessions/index.ts'
import { findUser } from '../users/index.ts'
import { countingFailure, factorRate } from './factor-routes.ts'
import { demandPassword, mustHaveFactor } from './person.ts'
import { endOwnSession, isSessionGone } from './session-routes.ts'
import { type FactorPage, factorPage, type Security } from './views.ts'

const tags = ['pages']
const text = Type.Optional(Type.String())
const Given = Type.Object({ password: text, code: text }, { default: {} })

/** What the account page shows of it. */
export async function loadSecurity(
  deps: AccessDeps,
  request: FastifyRequest,
  faults: { readonly pin?: string | undefined; readonly pinPassword?: string | undefined } = {},
): Promise<Security> {
  const { userId, sessionUuid, tenant, permissions } = requirePerson(request)
  const [factor, sessions, isPinSet] = await Promise.all([
    findSecondFactor(deps.db, userId),
    listLiveSessions(deps.db, userId, deps.clock.nowMs()),
    tenant ? hasPin({ ...deps.db, tenantId: tenant.tenantId }, userId) : false,
  ])
  return {
    factor,
    isOffered: deps.config.mfa.isOffered,
    sessions,
    currentUuid: sessionUuid,
    pin: tenant && { company: tenant.name, isSet: isPinSet, error: faults.pin ?? null, passwordError: faults.pinPassword ?? null },
    hasKeys: permissions.has('manage_api_keys'),
    timeZone: timeZoneOf(request),
  }
}

/** `showAccount` draws the account page again with the form's faults. */
export function registerSecurityPages(
  app: FastifyInstance,
  deps: AccessDeps & { readonly companyLinks: CompanyLinks },
  showAccount: (request: FastifyRequest, security: Security) => Promise<Html>,
): void {
  registerFactorPages(app, deps)
  route(app, {
    method: 'POST',
    url: identityPaths.accountSessions(),
    access: 'signed_in',
    summary: "Ends one of the person's other sessions, or all of them",
    tags,
    body: Type.Object({ uuid: text, others: text }, { default: {} }),
    form: true,
    reply: { 303: emptyReply },
    handler: async ({ request, body }) => {
      const actor = requirePerson(request)
      const origin = originOf(request)
      if (body.others === '1') {
        await transaction(deps.db, (tx) =>
          endSessionsOf(tx, deps, actor, actor.userId, { reason: 'logout_all', keepUuid: actor.sessionUuid, origin }),
        )
        return seeOther(request, `${identityPaths.account()}?done=sessions#sessions`)
      }
      try {
        await endOwnSession(deps, actor, body.uuid ?? '', origin)
      } catch (error) {
        if (!isSessionGone(error)) throw error
      }
      return seeOther(request, `${identityPaths.account()}?done=session#sessions`)
    },
  })
  route(app, {
    method: 'POST',
    url: identityPaths.accountPin(),
    access: 'signed_in',
    summary: 'Sets the own PIN for the shared screens of the company',
    tags,
    body: Type.Object({ pin: text, password: text }, { default: {} }),
    form: true,
    rate: factorRate,
    reply: { 303: emptyReply },
    handler: async ({ request, body }) => {
      const { tenant, userId } = requireTenant(request)
      const person = requirePerson(request)
      try {
        await demandPassword(deps, request, body.password ?? '')
        await setPin({ ...deps.db, tenantId: tenant.tenantId }, deps, person, userId, body.pin ?? '', originOf(request))
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        const detail = error.detail(request.language)
        const faults = error.code === 'current_password_incorrect' ? { pinPassword: detail } : { pin: detail }
        if (error.code !== 'current_password_incorrect' && error.code !== 'pin_unusable') throw error
        return answer(error.status, await showAccount(request, await loadSecurity(deps, request, faults)))
      }
      return seeOther(request, `${identityPaths.account()}?done=pin#pin`)
    },
  })
}

function registerFactorPages(app: FastifyInstance, deps: AccessDeps & { readonly companyLinks: CompanyLinks }): void {
  const here = identityPaths.secondFactor()
  const show = (request: FastifyRequest, model: FactorPage) => {
    const page = pageOf(request)
    return factorPage(page, accountNavigation(page, requirePerson(request), deps.companyLinks), model)
  }
  const person = async (request: FastifyRequest) => {
    const found = await findUser(deps.db, { userId: requirePerson(request).userId })
    if (!found) throw problem('not_authenticated')
    return found.user
  }
  const setupView = (request: FastifyRequest, { secret, uri }: Setup, fault: string | undefined) =>
    show(request, { kind: 'setup', secret, image: qrImage(uri), fault: { code: fault } })
  const stateView = async (request: FastifyRequest, of: 'start' | 'codes' | 'remove' | null, error: Problem | null, wasRemoved = false) => {
    const user = await person(request)
    const isRequired = await mustHaveFactor(deps, user)
    const detail = error?.detail(request.language)
    const fault = error?.code === 'current_password_incorrect' ? { password: detail } : { code: detail }
    if (!(await isEnrolled(deps.db, user.userId)))
      return show(request, {
        kind: 'off',
        isRequired,
        isOffered: deps.config.mfa.isOffered,
        wasRemoved,
        fault: of === 'start' ? { password: detail } : {},
      })
    return show(request, {
      kind: 'on',
      factor: await findSecondFactor(deps.db, user.userId),
      mayRemove: !isRequired,
      timeZone: timeZoneOf(request),
      codesFault: of === 'codes' ? fault : {},
      removeFault: of === 'remove' ? fault : {},
    })
  }
  /** The page again with why it was refused. Rethrows bugs. */
  const refused = async (request: FastifyRequest, of: 'start' | 'codes' | 'remove', error: unknown): Promise<Answer> => {
    if (!(error instanceof Problem) || error.status === 401 || error.status === 429) throw error
    return answer(error.status, await stateView(request, of, error))
  }
  route(app, {
    method: 'GET',
    url: here,
    access: 'any_session',
    summary: 'The own second factor',
    tags,
    query: Type.Object({ done: text }),
    reply: { 200: htmlReply },
    handler: ({ request, query }) => stateView(request, null, null, query.done === 'removed'),
  })
  route(app, {
    method: 'POST',
    url: here,
    access: 'any_session',
    summary: 'Begins to set it up: shows the QR code, once',
    tags,
    body: Given,
    form: true,
    rate: factorRate,
    reply: { 200: htmlReply },
    handler: async ({ request, body }) => {
      try {
        return setupView(request, await setUpSecondFactor(deps, await demandPassword(deps, request, body.password ?? '')), undefined)
      } catch (error) {
        return refused(request, 'start', error)
      }
    },
  })
  route(app, {
    method: 'POST',
    url: `${here}/confirm`,
    access: 'any_session',
    summary: 'Turns it on with the first code; shows the recovery codes, once',
    tags,
    body: Given,
    form: true,
    rate: factorRate,
    reply: { 200: htmlReply },
    handler: async ({ request, body }) => {
      const actor = requirePerson(request)
      try {
        const codes = await confirmSecondFactor(deps, actor, body.code ?? '', originOf(request))
        await markSecondFactor(deps.db, actor.sessionUuid, deps.clock.nowMs())
        return show(request, { kind: 'codes', codes, isNew: true })
      } catch (error) {
        const pending =
          error instanceof Problem && error.code === 'mfa_invalid' ? await findPendingSetup(deps, await person(request)) : null
        if (!(error instanceof Problem) || !pending) return refused(request, 'start', error)
        return answer(error.status, setupView(request, pending, error.detail(request.language)))
      }
    },
  })
  route(app, {
    method: 'POST',
    url: `${here}/codes`,
    access: 'signed_in',
    summary: 'New recovery codes, shown once',
    tags,
    body: Given,
    form: true,
    rate: factorRate,
    reply: { 200: htmlReply },
    handler: async ({ request, body }) => {
      try {
        const user = await demandPassword(deps, request, body.password ?? '')
        const origin = originOf(request)
        const codes = await countingFailure(deps, user, origin, () =>
          renewRecoveryCodes(deps, requirePerson(request), body.code ?? '', origin),
        )
        return show(request, { kind: 'codes', codes, isNew: false })
      } catch (error) {
        return refused(request, 'codes', error)
      }
    },
  })
  route(app, {
    method: 'POST',
    url: `${here}/remove`,
    access: 'signed_in',
    summary: 'Turns it off',
    tags,
    body: Given,
    form: true,
    rate: factorRate,
    reply: { 303: emptyReply },
    handler: async ({ request, body }) => {
      try {
        const user = await demandPassword(deps, request, body.password ?? '')
        if (await mustHaveFactor(deps, user)) throw problem('mfa_required_role')
        const origin = originOf(request)
        await countingFailure(deps, user, origin, () => removeSecondFactor(deps, requirePerson(request), body.code ?? '', origin))
      } catch (error) {
        return refused(request, 'remove', error)
      }
      return seeOther(request, `${here}?done=removed`)
    },
  })
}
