/** The person's own profile and address on the account page. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { type Answer, answer, emptyReply, fieldErrorsOf, Problem, route, seeOther } from '../../platform/http/index.ts'
import { button, card, csrf, field, type Html, html, type PageContext } from '../../platform/ui/index.ts'
import { originOf, requirePerson } from '../access/index.ts'
import { changePasswordRate } from '../account/index.ts'
import { identityPaths } from '../paths.ts'
import { requestEmailChange } from '../recovery/index.ts'
import type { SignupDeps } from '../signup/index.ts'
import { loadUserObject } from '../users/index.ts'
import { wordsOf } from './list-view.ts'
import { changeOwnProfile } from './me.ts'
import { type PlaceOptions, ProfileForm, placeOptions, profileForm, profileOfForm } from './profile-form.ts'
import { findPendingEmail } from './queries.ts'

type Stored = Awaited<ReturnType<typeof loadUserObject>>

export type OwnProfile = {
  readonly user: Stored
  /** An address that waits to be proven. */
  readonly pendingEmail: string | null
  /** The password is asked for where addresses must be proven. */
  readonly asksPassword: boolean
  readonly places: PlaceOptions
  readonly typed: ProfileForm | null
  readonly typedEmail: string | null
  readonly errors: Readonly<Record<string, string>>
}

type Again = Partial<Pick<OwnProfile, 'typed' | 'typedEmail' | 'errors'>>

export async function loadOwnProfile(deps: SignupDeps, request: FastifyRequest, again: Again = {}): Promise<OwnProfile> {
  const { userId } = requirePerson(request)
  const user = await loadUserObject(deps.db, userId, { tenantId: null, role: null, permissions: new Set() })
  return {
    user,
    pendingEmail: await findPendingEmail(deps.db, userId),
    asksPassword: deps.config.signup.requiresVerification,
    places: await placeOptions(deps.db, user, request.language),
    typed: null,
    typedEmail: null,
    errors: {},
    ...again,
  }
}

/** `facts` are what the person cannot change about themselves. */
export function profileCards(page: PageContext, own: OwnProfile, facts: Html): Html {
  const t = wordsOf(page)
  const { user, places, typed, errors } = own
  const form = profileForm({
    page,
    action: identityPaths.accountProfile(),
    profile: user,
    typed,
    errors,
    isNationalIdFixed: user.national_id !== null,
    places,
  })
  return html`
    ${card({ title: t('profile'), id: 'profile', body: html`<div class="stack">${facts}${form}</div>` })}
    ${card({ title: t('email'), id: 'email', body: emailForm(page, own) })}`
}

function emailForm(page: PageContext, { user, pendingEmail, asksPassword, typedEmail, errors }: OwnProfile): Html {
  const t = wordsOf(page)
  return html`
    <form class="stack" method="post" action="${page.url(identityPaths.accountEmail())}">
      ${csrf(page)}
      ${pendingEmail ? html`<p class="muted">${t('email_pending', { email: pendingEmail })}</p>` : ''}
      ${field({ name: 'email', label: t('email_new'), type: 'email', value: typedEmail ?? user.email, maxLength: 254, isRequired: true, autocomplete: 'email', hint: asksPassword ? t('email_hint') : undefined, error: errors.email })}
      ${asksPassword ? field({ name: 'current_password', id: 'f-email-password', label: t('current_password'), type: 'password', maxLength: 128, isRequired: true, autocomplete: 'current-password', error: errors.current_password }) : ''}
      <div class="cluster">${button({ label: t('email_change') })}</div>
    </form>`
}

const tags = ['pages']
const text = Type.Optional(Type.String({ maxLength: 500 }))

/** `show` draws the account page with this in it. */
export function registerOwnProfilePages(
  app: FastifyInstance,
  deps: SignupDeps,
  show: (request: FastifyRequest, own: OwnProfile) => Promise<Html>,
): void {
  const shownAgain = async (request: FastifyRequest, error: unknown, again: Again): Promise<Answer> => {
    if (!(error instanceof Problem) || error.status >= 500) throw error
    const detail = error.detail(request.language)
    const errors: Record<string, string> = {
      ...fieldErrorsOf(error, request.language),
      ...(error.code === 'email_taken' && { email: detail }),
      ...(error.code === 'current_password_incorrect' && { current_password: detail }),
    }
    if (Object.keys(errors).length === 0) throw error
    return answer(error.status, await show(request, await loadOwnProfile(deps, request, { ...again, errors })))
  }
  route(app, {
    method: 'POST',
    url: identityPaths.accountProfile(),
    access: 'signed_in',
    summary: 'Changes the own profile from the form',
    tags,
    body: ProfileForm,
    form: true,
    reply: { 303: emptyReply },
    handler: async ({ request, body }) => {
      const actor = requirePerson(request)
      try {
        const { user } = await loadOwnProfile(deps, request)
        await changeOwnProfile(deps, actor, profileOfForm(body, user), originOf(request))
      } catch (error) {
        return shownAgain(request, error, { typed: body })
      }
      return seeOther(request, `${identityPaths.account()}?done=profile`)
    },
  })
  route(app, {
    method: 'POST',
    url: identityPaths.accountEmail(),
    access: 'signed_in',
    summary: 'Asks for another address from the form',
    tags,
    body: Type.Object({ email: text, current_password: text }, { default: {} }),
    form: true,
    rate: changePasswordRate,
    reply: { 303: emptyReply },
    handler: async ({ request, body: { email = '', current_password: currentPassword = '' } }) => {
      try {
        const { isPending } = await requestEmailChange(deps, requirePerson(request), { email, currentPassword }, originOf(request))
        return seeOther(request, `${identityPaths.account()}?done=${isPending ? 'email_pending' : 'email'}`)
      } catch (error) {
        return shownAgain(request, error, { typedEmail: email })
      }
    },
  })
}
