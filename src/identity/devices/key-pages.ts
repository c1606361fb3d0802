/** `/t/{company}/admin/api-keys`. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import {
  answer,
  emptyReply,
  fieldErrorsOf,
  htmlReply,
  PagingQuery,
  Problem,
  pageMeta,
  pagingOf,
  route,
  seeOther,
} from '../../platform/http/index.ts'
import { translator } from '../../platform/i18n/index.ts'
import { type AccessDeps, pageOf, timeZoneOf } from '../access/index.ts'
import { countKeys, findKey, listKeys } from '../keys/index.ts'
import { administrationNavigation } from '../navigation.ts'
import { identityPaths } from '../paths.ts'
import { keyPermissions } from '../permissions.ts'
import { countWaiting } from '../tenants/index.ts'
import { createKey, defaultPerMinute, revokeKey } from './key-admin.ts'
import { endOf, keyRate, ofTenant } from './key-routes.ts'
import { confirmationPage, type KeyForm, keysPage, madeKeyPage } from './key-views.ts'
import { deviceMessages } from './messages.ts'
import { problem } from './problems.ts'

const tags = ['pages']
const text = Type.Optional(Type.String())
const base = identityPaths.apiKeys({ company: ':company' })
const emptyForm: KeyForm = {
  name: '',
  scopes: [],
  allowedIps: '',
  perMinute: String(defaultPerMinute),
  expires: '',
  errors: {},
  refusal: null,
}

/** One chosen box comes as a text, several as a list. */
const listOf = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined || value === '' ? [] : typeof value === 'string' ? [value] : value

export function registerKeyPages(app: FastifyInstance, deps: AccessDeps): void {
  const Company = Type.Object({ company: Type.String({ maxLength: 100 }) })
  const OneKey = Type.Object({ company: Type.String({ maxLength: 100 }), id: Type.String({ maxLength: 36 }) })
  const placeOf = async (request: FastifyRequest) => {
    const asked = ofTenant(deps, request)
    const page = pageOf(request)
    const company = asked.actor.tenant.slug
    const pendingUsers = await countWaiting(asked.db, asked.actor)
    return { ...asked, page, company, nav: administrationNavigation(page, company, asked.actor, 'apiKeys', { pendingUsers }) }
  }
  const view = async (request: FastifyRequest, query: { page?: number }, form: KeyForm, wasRevoked: boolean) => {
    const { actor, db, page, company, nav } = await placeOf(request)
    const paging = pagingOf(query, 25)
    const [keys, total] = await Promise.all([listKeys(db, paging), countKeys(db)])
    return keysPage(page, {
      company,
      nav,
      keys,
      paging: pageMeta(paging, total),
      grantable: keyPermissions.filter((code) => actor.permissions.has(code)),
      form,
      wasRevoked,
      nowMs: deps.clock.nowMs(),
      timeZone: timeZoneOf(request),
    })
  }
  route(app, {
    method: 'GET',
    url: base,
    access: 'manage_api_keys',
    summary: "The company's API keys",
    tags,
    params: Company,
    query: Type.Object({ page: PagingQuery.page, done: text }),
    reply: { 200: htmlReply },
    handler: ({ request, query }) =>
      view(request, query.page === undefined ? {} : { page: query.page }, emptyForm, query.done === 'revoked'),
  })
  route(app, {
    method: 'POST',
    url: base,
    access: 'manage_api_keys',
    summary: 'Makes a key from the form and shows it, once',
    tags,
    params: Company,
    body: Type.Object(
      {
        name: text,
        scopes: Type.Optional(Type.Union([Type.String(), Type.Array(Type.String(), { maxItems: 200 })])),
        allowed_ips: text,
        rate_limit_per_minute: text,
        expires_at: text,
      },
      { default: {} },
    ),
    form: true,
    rate: keyRate,
    reply: { 200: htmlReply },
    handler: async ({ request, body }) => {
      const { actor, db, origin, page, company, nav } = await placeOf(request)
      const networks = (body.allowed_ips ?? '').split(/[\s,;]+/).filter((part) => part !== '')
      try {
        const { text: key } = await createKey(
          db,
          deps,
          actor,
          {
            name: body.name ?? '',
            scopes: listOf(body.scopes),
            allowedIps: networks.length === 0 ? null : networks,
            perMinute: Number(body.rate_limit_per_minute || defaultPerMinute),
            expiresAtMs: endOf(request, body.expires_at || null),
          },
          origin,
        )
        return madeKeyPage(page, { company, nav, key })
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        const errors = fieldErrorsOf(error, request.language)
        return answer(
          error.status,
          await view(
            request,
            {},
            {
              name: body.name ?? '',
              scopes: listOf(body.scopes),
              allowedIps: body.allowed_ips ?? '',
              perMinute: body.rate_limit_per_minute ?? '',
              expires: body.expires_at ?? '',
              errors,
              refusal: Object.keys(errors).length > 0 ? null : error.detail(request.language),
            },
            false,
          ),
        )
      }
    },
  })
  route(app, {
    method: 'GET',
    url: `${base}/:id/revoke`,
    access: 'manage_api_keys',
    summary: 'Asks before a key is revoked',
    tags,
    params: OneKey,
    reply: { 200: htmlReply },
    handler: async ({ request, params }) => {
      const { db, page, company, nav } = await placeOf(request)
      const key = await findKey(db, params.id)
      if (!key || key.revokedAtMs !== null) throw problem('api_key_not_found')
      const t = translator(deviceMessages, page.language)
      const here = page.url(identityPaths.apiKeys({ company }))
      return confirmationPage(page, {
        nav,
        title: t('keys.revoke.title', { name: key.name }),
        detail: t('keys.revoke.detail'),
        label: t('keys.revoke'),
        action: `${here}/${key.uuid}/revoke`,
        cancel: here,
      })
    },
  })
  route(app, {
    method: 'POST',
    url: `${base}/:id/revoke`,
    access: 'manage_api_keys',
    summary: 'Revokes a key',
    tags,
    params: OneKey,
    form: true,
    rate: keyRate,
    reply: { 303: emptyReply },
    handler: async ({ request, params }) => {
      const { actor, db, origin, company } = await placeOf(request)
      await revokeKey(db, deps, actor, params.id, origin)
      return seeOther(request, `${identityPaths.apiKeys({ company })}?done=revoked`)
    },
  })
}
