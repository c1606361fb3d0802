/** `/t/{company}/admin/displays`. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { answer, emptyReply, fieldErrorsOf, htmlReply, Problem, route, type SharedRate, seeOther } from '../../platform/http/index.ts'
import { translator } from '../../platform/i18n/index.ts'
import { type AccessDeps, pageOf, timeZoneOf } from '../access/index.ts'
import { listDisplays, type Pairing } from '../displays/index.ts'
import { administrationNavigation } from '../navigation.ts'
import { identityPaths } from '../paths.ts'
import { countWaiting } from '../tenants/index.ts'
import { changeDisplay, createDisplay, demandNoFaults, pairAgain, parseDisplay, requireDisplay, revokeDisplay } from './display-admin.ts'
import { type DisplayForm, displayPage, displaysPage, pairingPage } from './display-views.ts'
import { ofTenant } from './key-routes.ts'
import { confirmationPage } from './key-views.ts'
import { deviceMessages } from './messages.ts'
import { registerScreenPages } from './screen-pages.ts'

const tags = ['pages']
const text = Type.Optional(Type.String())
const base = identityPaths.displays({ company: ':company' })
const texts = Type.Optional(Type.Union([Type.String(), Type.Array(Type.String(), { maxItems: 500 })]))
const DisplayBody = Type.Object({ name: text, lines: texts, page: text, idle_days: text }, { default: {} })
type DisplayBody = { name?: string; lines?: string | string[]; page?: string; idle_days?: string }

/** What the company's plant calls its lines, for the choice of them; none when it cannot be read now. */
export type PlantLine = { readonly lineId: number; readonly name: string }
export type DisplayDeps = AccessDeps & { readonly plantLines: (tenantId: number) => Promise<readonly PlantLine[]> }
const rate: SharedRate = { isShared: true, bucket: 'displays', perMinute: 30, by: 'person' }

const typedOf = (body: DisplayBody) => ({
  name: body.name ?? '',
  lines: [body.lines ?? ''].flat().join(','),
  page: body.page ?? '',
  idleDays: body.idle_days ?? '',
})
const untouched = { errors: {}, refusal: null }
/** As it was typed, with what was refused: at its fields, and above where there are none. */
const formOf = (typed: ReturnType<typeof typedOf>, error: Problem, { language }: FastifyRequest): DisplayForm => {
  const errors = fieldErrorsOf(error, language)
  return { ...typed, errors, refusal: Object.keys(errors).length > 0 ? null : error.detail(language) }
}

export function registerDisplayPages(app: FastifyInstance, deps: DisplayDeps): void {
  registerAdministration(app, deps)
  registerScreenPages(app, deps)
}

function registerAdministration(app: FastifyInstance, deps: DisplayDeps): void {
  const Company = Type.Object({ company: Type.String({ maxLength: 100 }) })
  const One = Type.Object({ company: Type.String({ maxLength: 100 }), id: Type.String({ maxLength: 36 }) })
  const placeOf = async (request: FastifyRequest) => {
    const asked = ofTenant(deps, request)
    const page = pageOf(request)
    const company = asked.actor.tenant.slug
    const pendingUsers = await countWaiting(asked.db, asked.actor)
    const lines = () => deps.plantLines(asked.db.tenantId)
    return { ...asked, lines, page, company, nav: administrationNavigation(page, company, asked.actor, 'displays', { pendingUsers }) }
  }
  const listView = async (request: FastifyRequest, form: DisplayForm, done: string | undefined) => {
    const { db, page, company, nav, lines } = await placeOf(request)
    return displaysPage(page, {
      company,
      nav,
      lines: await lines(),
      displays: await listDisplays(db),
      form,
      done: done === 'changed' || done === 'revoked' ? done : null,
      nowMs: deps.clock.nowMs(),
      timeZone: timeZoneOf(request),
    })
  }
  const pairingView = async (
    request: FastifyRequest,
    made: { readonly display: Parameters<typeof pairingPage>[1]['display']; readonly pairing: Pairing },
  ) => {
    const { page, company, nav } = await placeOf(request)
    const address = `${deps.config.http.publicUrl}${identityPaths.screen()}`
    return pairingPage(page, { company, nav, ...made, address, link: `${address}/pair?token=${made.pairing.linkToken}` })
  }
  route(app, {
    method: 'GET',
    url: base,
    access: 'manage_api_keys',
    summary: "The company's screens",
    tags,
    params: Company,
    query: Type.Object({ done: text }),
    reply: { 200: htmlReply },
    handler: ({ request, query }) => listView(request, { ...typedOf({}), ...untouched }, query.done),
  })
  route(app, {
    method: 'POST',
    url: base,
    access: 'manage_api_keys',
    summary: 'Makes a screen and shows the link and the code that pair it, once',
    tags,
    params: Company,
    body: DisplayBody,
    form: true,
    rate,
    reply: { 200: htmlReply },
    handler: async ({ request, body }) => {
      const { actor, db, origin } = await placeOf(request)
      const typed = typedOf(body)
      const { input, faults } = parseDisplay(typed)
      try {
        demandNoFaults(faults)
        return pairingView(request, await createDisplay(db, deps, actor, input, origin))
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        return answer(error.status, await listView(request, formOf(typed, error, request), undefined))
      }
    },
  })
  route(app, {
    method: 'GET',
    url: `${base}/:id`,
    access: 'manage_api_keys',
    summary: 'One screen',
    tags,
    params: One,
    reply: { 200: htmlReply },
    handler: async ({ request, params }) => {
      const { db, page, company, nav, lines } = await placeOf(request)
      const display = await requireDisplay(db, params.id)
      const { name, lineIds, idleDays } = display
      const days = idleDays === null ? '' : String(idleDays)
      const form = { name, lines: lineIds?.join(', ') ?? '', page: display.page, idleDays: days, ...untouched }
      return displayPage(page, { company, nav, lines: await lines(), display, form })
    },
  })
  route(app, {
    method: 'POST',
    url: `${base}/:id`,
    access: 'manage_api_keys',
    summary: 'Changes name, lines and forgetting of a screen',
    tags,
    params: One,
    body: DisplayBody,
    form: true,
    rate,
    reply: { 303: emptyReply },
    handler: async ({ request, params, body }) => {
      const { actor, db, origin, page, company, nav, lines } = await placeOf(request)
      const typed = typedOf(body)
      const { input, faults } = parseDisplay(typed)
      const display = await requireDisplay(db, params.id)
      try {
        demandNoFaults(faults)
        await changeDisplay(db, deps, actor, params.id, input, origin)
      } catch (error) {
        if (!(error instanceof Problem) || error.status !== 422) throw error
        const form = formOf(typed, error, request)
        return answer(error.status, displayPage(page, { company, nav, lines: await lines(), display, form }))
      }
      return seeOther(request, `${identityPaths.displays({ company })}?done=changed`)
    },
  })
  route(app, {
    method: 'POST',
    url: `${base}/:id/pairing`,
    access: 'manage_api_keys',
    summary: 'A new link and code for a screen',
    tags,
    params: One,
    form: true,
    rate,
    reply: { 200: htmlReply },
    handler: async ({ request, params }) => {
      const { actor, db, origin } = await placeOf(request)
      return pairingView(request, await pairAgain(db, deps, actor, params.id, origin))
    },
  })
  route(app, {
    method: 'GET',
    url: `${base}/:id/revoke`,
    access: 'manage_api_keys',
    summary: 'Asks before a screen is revoked',
    tags,
    params: One,
    reply: { 200: htmlReply },
    handler: async ({ request, params }) => {
      const { db, page, company, nav } = await placeOf(request)
      const { name, uuid } = await requireDisplay(db, params.id)
      const t = translator(deviceMessages, page.language)
      const list = page.url(identityPaths.displays({ company }))
      return confirmationPage(page, {
        nav,
        title: t('displays.revoke.title', { name }),
        detail: t('displays.revoke.detail'),
        label: t('displays.revoke'),
        action: `${list}/${uuid}/revoke`,
        cancel: `${list}/${uuid}`,
      })
    },
  })
  route(app, {
    method: 'POST',
    url: `${base}/:id/revoke`,
    access: 'manage_api_keys',
    summary: 'Revokes a screen',
    tags,
    params: One,
    form: true,
    rate,
    reply: { 303: emptyReply },
    handler: async ({ request, params }) => {
      const { actor, db, origin, company } = await placeOf(request)
      await revokeDisplay(db, deps, actor, params.id, origin)
      return seeOther(request, `${identityPaths.displays({ company })}?done=revoked`)
    },
  })
}
