/** `/t/{company}/plant/mqtt`. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { originOf, pageOf, requireTenant } from '../../identity/index.ts'
import { type Answer, answer, emptyReply, fieldErrorsOf, htmlReply, Problem, route, seeOther } from '../../platform/http/index.ts'
import { translator } from '../../platform/i18n/index.ts'
import type { Html } from '../../platform/ui/index.ts'
import type { Plants } from '../model/index.ts'
import { readMessage } from './message.ts'
import { messages } from './messages.ts'
import { mqttPaths } from './paths.ts'
import { findConnection, listMessages } from './queries.ts'
import { longest, type TopicRule } from './rule.ts'
import { type MqttDeps, type Person, saveBroker, saveRule, tryConnection } from './service.ts'
import { type MqttView, mqttPage, type NowView, nowPart } from './views.ts'

export type MqttPageDeps = Omit<MqttDeps, 'guard'> & {
  readonly plants: Pick<Plants, 'withPlant'>
  readonly config: { readonly sources: MqttDeps['guard'] }
}

const access = 'configure_plant'
const tags = ['pages']
const rate = { bucket: 'mqtt', perMinute: 60 } as const
/** Each connects somewhere. */
const testRate = { bucket: 'mqtt-test', perMinute: 10 } as const
const text = (maxLength: number) => Type.Optional(Type.String({ maxLength }))
const params = Type.Object({ company: Type.String({ maxLength: 100 }) })
const version = Type.Optional(Type.String({ maxLength: 12 }))
const shownLast = 10
const shownRefused = 50

const personOf = (request: FastifyRequest): Person => ({ actor: requireTenant(request), origin: originOf(request) })

async function nowOf({ db, secrets, clock, plants }: MqttPageDeps, request: FastifyRequest): Promise<NowView> {
  const { tenantId } = requireTenant(request).tenant
  const own = { ...db, tenantId }
  const connection = await findConnection(own, secrets)
  const last = connection ? await listMessages(own, 'all', shownLast) : []
  return { connection, isHeld: (connection?.leaseUntilMs ?? 0) > clock.nowMs(), last, timeZone: await zoneOf(plants, tenantId) }
}

/** A company may set its broker up before its plant answers. */
async function zoneOf(plants: MqttPageDeps['plants'], tenantId: number): Promise<string> {
  try {
    return await plants.withPlant(tenantId, async ({ model }) => model.settings.timeZone)
  } catch (error) {
    if (error instanceof Problem) return 'UTC'
    throw error
  }
}

export function registerMqttPages(app: FastifyInstance, deps: MqttPageDeps): void {
  const guarded: MqttDeps = { ...deps, guard: deps.config.sources }
  const drawn = async (request: FastifyRequest, more: Partial<MqttView> = {}): Promise<Html> => {
    const now = await nowOf(deps, request)
    const { tenantId } = requireTenant(request).tenant
    const refusedMessages = now.connection ? await listMessages({ ...deps.db, tenantId }, 'refused', shownRefused) : []
    const nothing = { done: false, refusal: null, tried: null, broker: null, rule: null, errors: {}, attempt: null }
    return mqttPage(pageOf(request), requireTenant(request), { ...now, ...nothing, refusedMessages, ...more })
  }
  const refused = async (request: FastifyRequest, error: unknown, more: Partial<MqttView>): Promise<Answer> => {
    if (!(error instanceof Problem) || ![409, 422].includes(error.status)) throw error
    const errors = fieldErrorsOf(error, request.language)
    const refusal = Object.keys(errors).length > 0 ? translator(messages, request.language)('check') : error.detail(request.language)
    // after a conflict the page shows what is stored now
    return answer(error.status, await drawn(request, { refusal, errors, ...(error.status === 422 && more) }))
  }
  const saved = (request: FastifyRequest): Answer => seeOther(request, `${mqttPaths.page(requireTenant(request).tenant.slug)}?done=saved`)

  route(app, {
    method: 'GET',
    url: mqttPaths.page(':company'),
    access,
    summary: 'Page: the MQTT broker of the company, its topics and its last messages',
    tags,
    params,
    query: Type.Object({ done: text(20), topic: text(longest.topic), payload: text(4_000) }),
    reply: { 200: htmlReply },
    handler: async ({ request, query }) => {
      const { topic, payload } = query
      if (topic === undefined || payload === undefined) return drawn(request, { done: query.done === 'saved' })
      const { tenantId } = requireTenant(request).tenant
      const connection = await findConnection({ ...deps.db, tenantId }, deps.secrets)
      const read = readMessage(connection?.rules ?? [], topic, Buffer.from(payload))
      return drawn(request, { attempt: { topic, payload, read } })
    },
  })
  route(app, {
    method: 'GET',
    url: mqttPaths.now(':company'),
    access,
    summary: 'Fragment: state of the connection and its last messages',
    tags,
    params,
    rate: { bucket: 'mqtt-now', perMinute: 60 },
    keepsSessionAlive: false,
    reply: { 200: htmlReply },
    handler: async ({ request }) => nowPart(pageOf(request), requireTenant(request).tenant.slug, await nowOf(deps, request)),
  })
  route(app, {
    method: 'POST',
    url: mqttPaths.broker(':company'),
    access,
    summary: 'Form: address and account of the broker',
    tags,
    params,
    form: true,
    body: Type.Object(
      {
        url: text(1_000),
        username: text(1_000),
        password: text(1_000),
        enabled: Type.Optional(Type.Union([Type.String({ maxLength: 5 }), Type.Array(Type.String({ maxLength: 5 }), { maxItems: 2 })])),
        version,
      },
      { default: {} },
    ),
    rate,
    reply: { 303: emptyReply },
    handler: async ({ request, body }) => {
      const last = typeof body.enabled === 'string' ? body.enabled : body.enabled?.at(-1)
      const form = { url: body.url ?? '', username: body.username ?? '', password: body.password ?? '', isEnabled: last !== '0' }
      try {
        await saveBroker(guarded, personOf(request), form, Number(body.version ?? 0))
        return saved(request)
      } catch (error) {
        return refused(request, error, { broker: form })
      }
    },
  })
  route(app, {
    method: 'POST',
    url: mqttPaths.topics(':company'),
    access,
    summary: 'Form: adds, changes or removes a topic',
    tags,
    params,
    form: true,
    body: Type.Object(
      {
        action: text(10),
        former: text(1_000),
        version,
        topic: text(1_000),
        line: text(1_000),
        area: text(1_000),
        product: text(1_000),
        detectedAt: text(1_000),
        messageId: text(1_000),
        items: text(1_000),
      },
      { default: {} },
    ),
    rate,
    reply: { 303: emptyReply },
    handler: async ({ request, body }) => {
      const trimmed = (value: string | undefined): string => (value ?? '').trim()
      const { topic, line, area, product, detectedAt, messageId, items } = body
      const rule: TopicRule = {
        topic: trimmed(topic),
        line: trimmed(line),
        area: trimmed(area),
        product: trimmed(product),
        detectedAt: trimmed(detectedAt),
        messageId: trimmed(messageId),
        items: trimmed(items),
      }
      const former = body.former ?? null
      try {
        await saveRule(guarded, personOf(request), former, body.action === 'remove' ? null : rule, Number(body.version ?? 0))
        return saved(request)
      } catch (error) {
        return refused(request, error, { rule: { former, rule } })
      }
    },
  })
  route(app, {
    method: 'POST',
    url: mqttPaths.test(':company'),
    access,
    summary: 'Form: tries the connection to the broker',
    tags,
    params,
    form: true,
    body: Type.Object({}, { default: {} }),
    rate: testRate,
    reply: { 200: htmlReply },
    handler: async ({ request }) => {
      try {
        return await drawn(request, { tried: await tryConnection(guarded, personOf(request)) })
      } catch (error) {
        return refused(request, error, {})
      }
    },
  })
}
