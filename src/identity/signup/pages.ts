/** Pages of signing up and of proving an address. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { answer, emptyReply, fieldErrorsOf, htmlReply, Problem, route, seeOther } from '../../platform/http/index.ts'
import { originOf, pageOf } from '../access/index.ts'
import { findInvitation } from '../invitations/index.ts'
import { forgetLinkToken, keepLinkToken, readLinkToken } from '../links/index.ts'
import { demandSignInForm, preSessionToken, withCookie } from '../login/index.ts'
import { identityPaths } from '../paths.ts'
import { signInVerified } from './auto-login.ts'
import { registerRate, resendRate, verifyRate } from './rates.ts'
import { register, type SignupDeps } from './register.ts'
import { isVerificationLink, resendVerification, type Verified, verifyEmail } from './verify.ts'
import { closedPage, type DoneState, donePage, doneStates, type RegisterForm, registerPage, type VerifyView, verifyPage } from './views.ts'

const tags = ['pages']
const text = Type.Optional(Type.String())
const Done = Type.Optional(Type.String())

const isDone = (word: string | undefined): word is DoneState => (doneStates as readonly (string | undefined)[]).includes(word)

export function registerSignupPages(app: FastifyInstance, deps: SignupDeps): void {
  registerForm(app, deps)
  registerVerify(app, deps)
}

/** Of the open link that this browser came by (its landing page keeps it); null when there is none that works. */
async function openInvitation({ db, clock, secrets, config }: SignupDeps, request: FastifyRequest): Promise<string | null> {
  const token = readLinkToken(request, config.http, 'invitation')
  const found = await findInvitation(db, { clock, secrets }, token)
  return found && found.invitation.email === null ? token : null
}

const mayRegister = async (deps: SignupDeps, request: FastifyRequest): Promise<boolean> =>
  ['open', 'domain'].includes(deps.config.signup.mode) || (await openInvitation(deps, request)) !== null

/** The token of the form: of the session, when somebody signed in opens it. */
const formToken = (deps: SignupDeps, request: FastifyRequest, reply: FastifyReply): string =>
  request.signedIn?.csrfToken ?? preSessionToken(deps, request, reply)

function registerForm(app: FastifyInstance, deps: SignupDeps): void {
  const empty = { fullName: '', email: '', username: '', company: '', refusal: null, fieldErrors: {} }
  route(app, {
    method: 'GET',
    url: identityPaths.register(),
    access: 'public',
    summary: 'Form of a new account, and what comes after it',
    tags,
    query: Type.Object({ company: text, done: Done }),
    reply: { 200: htmlReply },
    handler: async ({ request, reply, query }) => {
      const page = pageOf(request)
      if (isDone(query.done)) return donePage(page, query.done)
      if (!(await mayRegister(deps, request))) return closedPage(page)
      return registerPage(page, { ...empty, company: query.company ?? '', csrfToken: formToken(deps, request, reply) })
    },
  })
  route(app, {
    method: 'POST',
    url: identityPaths.register(),
    access: 'public',
    summary: 'Creates an account from the form',
    tags,
    body: Type.Object(
      { full_name: text, email: text, username: text, password: text, company_slug: text, csrf_token: text },
      { default: {} },
    ),
    form: true,
    rate: registerRate,
    reply: { 303: emptyReply },
    handler: async ({ request, reply, body }) => {
      try {
        demandSignInForm(deps, request)
        const invitationToken = await openInvitation(deps, request)
        const registered = await register(deps, { ...registrationOfForm(body), invitationToken }, originOf(request))
        forgetLinkToken(reply, deps.config.http, 'invitation')
        const state: DoneState = registered.userId === null ? 'verify' : registered.isApprovalRequired ? 'pending' : 'ready'
        return seeOther(request, `${identityPaths.register()}?done=${state}`)
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        const taken = error.code === 'username_taken' ? 'username' : error.code === 'email_taken' ? 'email' : null
        const fieldErrors = { ...fieldErrorsOf(error, request.language), ...(taken && { [taken]: error.detail(request.language) }) }
        const form: RegisterForm = {
          ...{ fullName: body.full_name ?? '', email: body.email ?? '', username: body.username ?? '', company: body.company_slug ?? '' },
          csrfToken: formToken(deps, request, reply),
          refusal: Object.keys(fieldErrors).length > 0 ? null : error.detail(request.language),
          fieldErrors,
        }
        return answer(error.status, registerPage(pageOf(request), form), error.options.headers)
      }
    },
  })
}

type FormBody = { readonly [Name in 'full_name' | 'email' | 'username' | 'password' | 'company_slug']?: string | undefined }

const registrationOfForm = ({ full_name, email, username, password, company_slug }: FormBody) => ({
  username: username?.trim() ? username : null,
  email: email ?? '',
  password: password ?? '',
  profile: full_name?.trim() ? { full_name } : {},
  company: company_slug || null,
})

function registerVerify(app: FastifyInstance, deps: SignupDeps): void {
  const { http } = deps.config
  route(app, {
    method: 'GET',
    url: identityPaths.verifyEmail(),
    access: 'public',
    summary: 'Where the link of a proof leads. Looking at it uses nothing up; the token leaves the address at once',
    tags,
    query: Type.Object({ token: text, auto_login: text, done: Done }),
    reply: { 200: htmlReply, 303: emptyReply },
    handler: async ({ request, reply, query }) => {
      if (query.token !== undefined) {
        keepLinkToken(reply, http, 'verify', query.token)
        return seeOther(request, identityPaths.verifyEmail() + (query.auto_login === '1' ? '?auto_login=1' : ''))
      }
      const page = pageOf(request)
      if (isDone(query.done)) return donePage(page, query.done)
      const token = readLinkToken(request, http, 'verify')
      const isUsable = token !== '' && (await isVerificationLink(deps.db, deps, token))
      const state: VerifyView['state'] = isUsable ? 'confirm' : token === '' ? 'ask' : 'invalid'
      const view = { state, isAutoLogin: query.auto_login === '1', email: '', emailError: undefined }
      return verifyPage(page, { ...view, csrfToken: formToken(deps, request, reply) })
    },
  })
  route(app, {
    method: 'POST',
    url: identityPaths.verifyEmail(),
    access: 'public',
    summary: 'Proves the address of the link, and signs in where nothing else is asked',
    tags,
    body: Type.Object({ auto_login: text, csrf_token: text }, { default: {} }),
    form: true,
    rate: verifyRate,
    reply: { 303: emptyReply },
    handler: async ({ request, reply, body }) => {
      const replacedCookie = demandSignInForm(deps, request)
      const origin = originOf(request)
      try {
        const verified = await verifyEmail(deps, readLinkToken(request, http, 'verify'), origin)
        forgetLinkToken(reply, http, 'verify')
        const isWanted = body.auto_login === '1' && request.actor === null
        const loggedIn = isWanted ? await signInVerified(deps, verified, { kind: 'browser', origin, replacedCookie }) : null
        if (loggedIn) withCookie(deps, reply, loggedIn)
        return seeOther(request, loggedIn ? identityPaths.home() : `${identityPaths.verifyEmail()}?done=${doneOf(verified)}`)
      } catch (error) {
        if (!(error instanceof Problem) || error.code !== 'token_invalid_or_expired') throw error
        return seeOther(request, identityPaths.verifyEmail()) // which says so and offers a new link
      }
    },
  })
  route(app, {
    method: 'POST',
    url: identityPaths.resendVerification(),
    access: 'public',
    summary: 'Mails a new link, if the address awaits one',
    tags,
    body: Type.Object({ email: text, csrf_token: text }, { default: {} }),
    form: true,
    rate: resendRate,
    reply: { 303: emptyReply },
    handler: async ({ request, reply, body }) => {
      demandSignInForm(deps, request)
      try {
        await resendVerification(deps, body.email ?? '', originOf(request))
      } catch (error) {
        if (!(error instanceof Problem) || error.code !== 'email_malformed') throw error
        const view = { state: 'ask', isAutoLogin: false, email: body.email ?? '', emailError: error.detail(request.language) } as const
        return answer(error.status, verifyPage(pageOf(request), { ...view, csrfToken: formToken(deps, request, reply) }))
      }
      forgetLinkToken(reply, http, 'verify')
      return seeOther(request, `${identityPaths.verifyEmail()}?done=sent`)
    },
  })
}

const doneOf = ({ purpose, gate }: Verified): DoneState =>
  purpose === 'email_change' ? 'changed' : gate === 'not_approved' ? 'pending' : 'ready'
