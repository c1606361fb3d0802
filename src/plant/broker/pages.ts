/** `/t/{company}/plant/sources`: external sources as people see, change and test them. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { originOf, pageOf, requireTenant } from '../../identity/index.ts'
import { type Answer, answer, emptyReply, fieldErrorsOf, htmlReply, Problem, route, seeOther } from '../../platform/http/index.ts'
import { translator } from '../../platform/i18n/index.ts'
import { banner, type Html, html } from '../../platform/ui/index.ts'
import { importRate, longestMap } from './map.ts'
import { messages } from './messages.ts'
import { sourcePaths } from './paths.ts'
import type { StoredSource } from './queries.ts'
import { type BrokerDeps, importMap, mustFind, type Person, removeSource, saveSource, sourcesOf, testSource } from './service.ts'
import { keyPattern, longest, namesOfLines } from './source.ts'
import { formOf, listPage, type SourceForm, sourcePage, testCard } from './views.ts'

const access = 'configure_plant'
const tags = ['pages']
const rate = { bucket: 'broker', perMinute: 60 } as const
const testRate = { bucket: 'broker-test', perMinute: 20 } as const
const text = (maxLength: number) => Type.Optional(Type.String({ maxLength }))
const company = Type.String({ maxLength: 100 })
const CompanyPath = Type.Object({ company })
const SourcePath = Type.Object({ company, api_key: Type.String({ pattern: keyPattern }) })
const Form = Type.Object(
  {
    key: text(100),
    name: text(400),
    base_url: text(2_000),
    method: text(10),
    timeout: text(10),
    auth_type: text(20),
    auth_secret: text(longest.value),
    auth_env_var: text(200),
    headers: text(longest.body),
    params: text(longest.body),
    body: text(longest.body),
    response_key: text(400),
    cache_ttl: text(10),
    /** The switch, with the hidden field before it. */
    enabled: Type.Optional(Type.Union([Type.String({ maxLength: 5 }), Type.Array(Type.String({ maxLength: 5 }), { maxItems: 2 })])),
    version: text(12),
  },
  { default: {} },
)

const personOf = (request: FastifyRequest): Person => ({ actor: requireTenant(request), origin: originOf(request) })

const lastOf = (value: string | readonly string[] | undefined): string => (typeof value === 'string' ? value : (value?.at(-1) ?? '1'))

/** As the API takes it. */
const entryOf = (form: Static<typeof Form>) => ({
  ...form,
  auth_secret: form.auth_secret || undefined,
  headers: namesOfLines(form.headers),
  params: namesOfLines(form.params),
  body: (form.body ?? '').replace(/\r\n/g, '\n'),
  enabled: lastOf(form.enabled) !== '0',
})

const typedForm = (form: Static<typeof Form>): SourceForm => {
  const { enabled, auth_secret: _secret, version: _version, ...rest } = form
  return { ...(rest as Record<string, string>), auth_secret: '', enabled: lastOf(enabled) }
}

export function registerBrokerPages(app: FastifyInstance, deps: BrokerDeps): void {
  const listed = async (request: FastifyRequest, note: Html | null, typed = '') =>
    listPage(pageOf(request), requireTenant(request), { sources: await sourcesOf(deps, requireTenant(request)), note, text: typed })
  const drawn = (request: FastifyRequest, source: StoredSource | null, more: Partial<Parameters<typeof sourcePage>[2]> = {}) =>
    sourcePage(pageOf(request), requireTenant(request), {
      source,
      form: formOf(source),
      errors: {},
      refusal: null,
      done: null,
      answer: null,
      ...more,
    })

  const refused = (request: FastifyRequest, error: unknown, source: StoredSource | null, form: Static<typeof Form>): Answer => {
    if (!(error instanceof Problem) || ![409, 422].includes(error.status)) throw error
    const errors = fieldErrorsOf(error, request.language)
    const refusal = Object.keys(errors).length > 0 ? translator(messages, request.language)('check') : error.detail(request.language)
    return answer(error.status, drawn(request, source, { form: { ...formOf(source), ...typedForm(form) }, errors, refusal }))
  }

  route(app, {
    method: 'GET',
    url: sourcePaths.list(':company'),
    access,
    summary: 'Page: external HTTP sources of the company',
    tags,
    params: CompanyPath,
    query: Type.Object({ done: text(20) }),
    reply: { 200: htmlReply },
    handler: ({ request, query }) => {
      const t = translator(messages, request.language)
      return listed(request, query.done === 'removed' ? banner({ tone: 'success', body: t('done.removed') }) : null)
    },
  })
  route(app, {
    method: 'POST',
    url: sourcePaths.import(':company'),
    access,
    summary: 'Form: adds and changes the sources of a YAML or JSON map',
    tags,
    params: CompanyPath,
    form: true,
    body: Type.Object({ map: Type.Optional(Type.String({ maxLength: longestMap })) }, { default: {} }),
    rate: importRate,
    reply: { 200: htmlReply },
    handler: async ({ request, body }) => {
      const t = translator(messages, request.language)
      try {
        const { saved, warnings } = await importMap(deps, personOf(request), body.map ?? '', request.language)
        const list = warnings.length > 0 ? html`<ul>${warnings.map((warning) => html`<li>${warning}</li>`)}</ul>` : ''
        return await listed(
          request,
          html`${banner({ tone: 'success', body: t('import.saved', { count: saved.length }) })}
            ${warnings.length > 0 ? banner({ tone: 'warning', title: t('import.warnings'), body: html`${list}` }) : ''}`,
          warnings.length > 0 ? (body.map ?? '') : '',
        )
      } catch (error) {
        if (!(error instanceof Problem) || error.status !== 422) throw error
        const reasons = [error.detail(request.language), ...Object.values(fieldErrorsOf(error, request.language))].join(' ')
        return answer(422, await listed(request, banner({ tone: 'danger', title: t('refused'), body: reasons }), body.map))
      }
    },
  })
  route(app, {
    method: 'GET',
    url: sourcePaths.fresh(':company'),
    access,
    summary: 'Page: a new external source',
    tags,
    params: CompanyPath,
    reply: { 200: htmlReply },
    handler: async ({ request }) => drawn(request, null),
  })
  route(app, {
    method: 'POST',
    url: sourcePaths.fresh(':company'),
    access,
    summary: 'Form: adds an external source',
    tags,
    params: CompanyPath,
    form: true,
    body: Form,
    rate,
    reply: { 303: emptyReply },
    handler: async ({ request, body }) => {
      const person = personOf(request)
      const key = (body.key ?? '').trim()
      try {
        await saveSource(deps, person, key, entryOf(body), null)
        return seeOther(request, `${sourcePaths.one(person.actor.tenant.slug, key)}?done=saved`)
      } catch (error) {
        return refused(request, error, null, body)
      }
    },
  })
  route(app, {
    method: 'GET',
    url: sourcePaths.one(':company', ':api_key'),
    access,
    summary: 'Page: an external source',
    tags,
    params: SourcePath,
    query: Type.Object({ done: text(20) }),
    reply: { 200: htmlReply },
    handler: async ({ request, params, query }) =>
      drawn(request, await mustFind(deps, requireTenant(request), params.api_key), { done: query.done === 'saved' ? 'saved' : null }),
  })
  route(app, {
    method: 'POST',
    url: sourcePaths.one(':company', ':api_key'),
    access,
    summary: 'Form: changes an external source',
    tags,
    params: SourcePath,
    form: true,
    body: Form,
    rate,
    reply: { 303: emptyReply },
    handler: async ({ request, params, body }) => {
      const person = personOf(request)
      const source = await mustFind(deps, person.actor, params.api_key)
      try {
        await saveSource(deps, person, source.key, entryOf(body), Number(body.version ?? 0))
        return seeOther(request, `${sourcePaths.one(person.actor.tenant.slug, source.key)}?done=saved`)
      } catch (error) {
        return refused(request, error, source, body)
      }
    },
  })
  route(app, {
    method: 'POST',
    url: sourcePaths.test(':company', ':api_key'),
    access,
    summary: 'Form: asks a source now and shows the first of what it says',
    tags,
    params: SourcePath,
    form: true,
    body: Type.Object({}, { default: {} }),
    rate: testRate,
    reply: { 200: htmlReply },
    handler: async ({ request, params }) => {
      const person = personOf(request)
      const source = await mustFind(deps, person.actor, params.api_key)
      const said = await testSource(deps, person, source.key)
      const isFragment = request.isHtmx
      return isFragment ? testCard(pageOf(request), person.actor.tenant.slug, source, said) : drawn(request, source, { answer: said })
    },
  })
  route(app, {
    method: 'POST',
    url: sourcePaths.remove(':company', ':api_key'),
    access,
    summary: 'Form: removes an external source',
    tags,
    params: SourcePath,
    form: true,
    body: Type.Object({}, { default: {} }),
    rate,
    reply: { 303: emptyReply },
    handler: async ({ request, params }) => {
      const person = personOf(request)
      await removeSource(deps, person, params.api_key)
      return seeOther(request, `${sourcePaths.list(person.actor.tenant.slug)}?done=removed`)
    },
  })
}
