/** `/t/{company}/plant/attach…`: a company's administrators attach their plant, step by step; each step is an address, so it can be left and taken up. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type TObject, Type } from 'typebox'
import { originOf, requireTenant } from '../../identity/index.ts'
import { type Answer, answer, emptyReply, fieldErrorsOf, htmlReply, Problem, route, seeOther } from '../../platform/http/index.ts'
import type { Html } from '../../platform/ui/index.ts'
import { type FirstDashboard, firstDashboards, saveFirstDashboard } from './first-dashboard.ts'
import { nothingRefused } from './frame.ts'
import { attachPaths, type Step } from './paths.ts'
import { cancel, finish, type Person, saveConnection, saveLineTables, saveTimeZone } from './service.ts'
import {
  type AttachRouteDeps,
  type Show,
  showConnection,
  showDashboard,
  showFound,
  showLoading,
  showSpeed,
  showVerification,
  showZone,
} from './shows.ts'

const tags = ['pages']
const access = 'manage_company'
const CompanyPath = Type.Object({ company: Type.String({ maxLength: 100 }) })
/** Each opens a connection to wherever it was told. */
const tryRate = { isShared: true, bucket: 'plant-attach', perMinute: 20, by: 'person' } as const
const text = (maxLength: number) => Type.Optional(Type.String({ maxLength }))

const personOf = (request: FastifyRequest): Person => ({ actor: requireTenant(request), origin: originOf(request) })

export function registerAttachPages(app: FastifyInstance, deps: AttachRouteDeps): void {
  const page = (step: Step, summary: string, show: Show) =>
    route(app, {
      method: 'GET',
      url: attachPaths.step(':company', step),
      access,
      summary,
      tags,
      params: CompanyPath,
      ...(step !== 'loading' && { rate: { bucket: 'plant-attach-pages', perMinute: 60 } }),
      keepsSessionAlive: step !== 'loading',
      reply: { 200: htmlReply },
      handler: async ({ request }) => {
        try {
          return await show(request, nothingRefused)
        } catch (error) {
          return firstStepWith(request, error)
        }
      },
    })
  const first = showConnection(deps)
  /** A database that went away between two steps: the first step says why, and is where it is put right. */
  const firstStepWith = async (request: FastifyRequest, error: unknown): Promise<Answer> => {
    if (!(error instanceof Problem)) throw error
    const shown = await first(request, { values: {}, errors: {}, refusal: error.detail(request.language) })
    return isAnswer(shown) ? shown : answer(error.status, shown)
  }
  const form = (
    step: Step,
    summary: string,
    body: TObject,
    show: Show,
    work: (person: Person, values: Readonly<Record<string, string | undefined>>) => Promise<Step>,
  ) =>
    route(app, {
      method: 'POST',
      url: attachPaths.step(':company', step),
      access,
      summary,
      tags,
      params: CompanyPath,
      form: true,
      body,
      rate: tryRate,
      reply: { 303: emptyReply },
      handler: async ({ request, body: given }) => {
        const values = given as Readonly<Record<string, string | undefined>>
        const person = personOf(request)
        try {
          const next = await work(person, values)
          return seeOther(request, attachPaths.step(person.actor.tenant.slug, next))
        } catch (error) {
          if (!(error instanceof Problem)) throw error
          const errors = fieldErrorsOf(error, request.language)
          const refusal = Object.keys(errors).length > 0 ? null : error.detail(request.language)
          const { password: _p, url: _u, csrf_token: _c, ...shown } = values
          const again = await show(request, { values: shown as Record<string, string>, errors, refusal }).catch((other: unknown) =>
            firstStepWith(request, other),
          )
          // the step itself is not open any more: the first one says why
          return isAnswer(again) ? firstStepWith(request, error) : answer(error.status, again)
        }
      },
    })

  page('connection', 'Page: the connection to the plant database', first)
  form(
    'connection',
    'Form: tries the connection and keeps it for the next steps',
    Type.Object(
      {
        url: text(2000),
        engine: text(20),
        host: text(253),
        port: text(5),
        database: text(64),
        user: text(100),
        password: text(500),
        encryption: text(20),
        mode: text(10),
      },
      { default: {} },
    ),
    first,
    async (person, values) => {
      await saveConnection(deps, person, values)
      return 'verification'
    },
  )
  page('verification', 'Page: what verification of the database found, and what to do', showVerification(deps))
  page('time-zone', 'Page: the time zone that the newest row speaks of', showZone(deps))
  form(
    'time-zone',
    'Form: keeps the time zone',
    Type.Object({ timezone: text(100) }, { default: {} }),
    showZone(deps),
    async (person, values) => {
      await saveTimeZone(deps, person, values.timezone ?? '')
      return 'found'
    },
  )
  page('found', 'Page: lines, areas, products, shifts and history that were found', showFound(deps))
  form(
    'found',
    'Form: keeps the tables of lines that were corrected by hand (`table_{line id}`)',
    Type.Object({}, { default: {}, additionalProperties: Type.String({ maxLength: 255 }) }),
    showFound(deps),
    async (person, values) => {
      const chosen = Object.entries(values).flatMap(([name, value]): [number, string][] => {
        const lineId = /^table_(\d{1,10})$/.exec(name)?.[1]
        return lineId === undefined ? [] : [[Number(lineId), value ?? '']]
      })
      await saveLineTables(deps, person, new Map(chosen))
      return 'speed'
    },
  )
  page('speed', 'Page: performance that results with each unit', showSpeed(deps))
  form(
    'speed',
    'Form: attaches the plant',
    Type.Object({ performance_unit: text(30) }, { default: {} }),
    showSpeed(deps),
    async (person, values) => {
      await finish(deps, person, values.performance_unit ?? '')
      return 'dashboard'
    },
  )
  page('dashboard', 'Page: the first dashboard', showDashboard(deps))
  form(
    'dashboard',
    'Form: keeps the first dashboard',
    Type.Object({ dashboard: text(20) }, { default: {} }),
    showDashboard(deps),
    async (person, values) => {
      const chosen = firstDashboards.find((one) => one === values.dashboard) ?? ('complete' satisfies FirstDashboard)
      await saveFirstDashboard(deps, person, chosen)
      return 'loading'
    },
  )
  page('loading', 'Page: how far the history is loaded; with HX-Request only that part', showLoading(deps))
  route(app, {
    method: 'POST',
    url: attachPaths.cancel(':company'),
    access,
    summary: 'Form: forgets the connection that was being prepared',
    tags,
    params: CompanyPath,
    form: true,
    body: Type.Object({}, { default: {} }),
    reply: { 303: emptyReply },
    handler: async ({ request }) => {
      const person = personOf(request)
      await cancel(deps, person)
      return seeOther(request, attachPaths.begin(person.actor.tenant.slug))
    },
  })
}

const isAnswer = (value: Html | Answer): value is Answer => typeof value === 'object' && 'kind' in value && value.kind === 'answer'
