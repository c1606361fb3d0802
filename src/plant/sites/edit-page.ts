/** `/t/{company}/plant/plants`: which lines are in which plant. */
import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { originOf, pageOf, requireTenant } from '../../identity/index.ts'
import { answer, emptyReply, fieldErrorsOf, htmlReply, Problem, route, seeOther } from '../../platform/http/index.ts'
import {
  applyToSettings,
  configurationPaths,
  editedMeanwhile,
  readPlantSettings,
  type SettingsBody,
  type SettingsDeps,
} from '../configuration/index.ts'
import type { OpenPlant } from '../model/index.ts'
import { type EditPage, editPage, type SiteForm } from './edit-view.ts'

type Site = SettingsBody['plants'][number]
const tags = ['pages']
const access = 'configure_plant'
const rate = { bucket: 'plant-settings', perMinute: 60 }
const text = (maxLength: number) => Type.Optional(Type.String({ maxLength }))
const Body = Type.Object(
  {
    action: text(20),
    /** Of the plant that is changed; absent: a new one. */
    site: text(20),
    /** Of the plant as the page showed it. */
    version: text(64),
    name: text(400),
    code: text(100),
    line_ids: Type.Optional(Type.Union([Type.String({ maxLength: 20 }), Type.Array(Type.String({ maxLength: 20 }), { maxItems: 1_000 })])),
  },
  { default: {} },
)

/** Of one plant: two people may change two plants at once. */
const siteVersion = (site: Site): string => createHash('sha256').update(JSON.stringify(site)).digest('hex').slice(0, 16)

const formFrom = (body: Static<typeof Body>): SiteForm => ({
  siteId: /^\d{1,15}$/.test(body.site ?? '') ? Number(body.site) : null,
  name: body.name ?? '',
  code: body.code ?? '',
  lineIds: (typeof body.line_ids === 'string' ? [body.line_ids] : (body.line_ids ?? [])).filter((id) => /^\d{1,15}$/.test(id)).map(Number),
})

export function registerEditPage(app: FastifyInstance, deps: SettingsDeps): void {
  const url = configurationPaths.plants(':company')
  const params = Type.Object({ company: Type.String({ maxLength: 100 }) })

  const draw = async (request: FastifyRequest, { model }: OpenPlant, more: Partial<EditPage>) => {
    const { body } = await readPlantSettings(deps, model)
    const sites = body.plants.map((site) => ({ ...site, version: siteVersion(site) }))
    return editPage(pageOf(request), requireTenant(request), { model, sites, asked: null, refusal: null, note: null, ...more })
  }

  route(app, {
    method: 'GET',
    url,
    access,
    summary: 'Page: which lines are in which plant of the company',
    tags,
    params,
    query: Type.Object({ done: text(20) }),
    reply: { 200: htmlReply },
    handler: ({ request, query }) => {
      const note = (['done.saved', 'done.removed', 'gone'] as const).find((word) => word === query.done) ?? null
      return deps.plants.withPlant(requireTenant(request).tenant.tenantId, (plant) => draw(request, plant, { note }))
    },
  })
  route(app, {
    method: 'POST',
    url,
    access,
    summary: 'Form: adds, changes or removes a plant of the company',
    tags,
    params,
    form: true,
    body: Body,
    rate,
    reply: { 303: emptyReply },
    handler: ({ request, body }) => {
      const actor = requireTenant(request)
      const form = formFrom(body)
      const isRemoval = body.action === 'remove'
      return deps.plants.withPlant(actor.tenant.tenantId, async (plant) => {
        try {
          const by = { actor, origin: originOf(request) }
          const isDone = await applyToSettings(deps, by, plant.model, ({ plants }) => {
            const changed = isRemoval ? without(plants, form, body.version) : withForm(plants, form, body.version)
            return changed && { plants: changed }
          })
          return seeOther(
            request,
            `${configurationPaths.plants(actor.tenant.slug)}?done=${isDone ? (isRemoval ? 'done.removed' : 'done.saved') : 'gone'}`,
          )
        } catch (thrown) {
          const error = thrown instanceof SiteEdited ? await editedMeanwhile(deps, plant.model) : thrown
          if (!(error instanceof Problem) || (error.status !== 422 && error.status !== 409)) throw error
          const errors = Object.fromEntries(
            Object.entries(fieldErrorsOf(error, request.language)).map(([path, fault]) => [path.split('.')[2] ?? path, fault]),
          )
          const refusal = Object.keys(errors).length > 0 ? null : error.detail(request.language)
          // after a conflict the page shows what is stored now: the other's work is seen before it is written over
          const asked = error.status === 409 ? null : { form, errors }
          return answer(error.status, await draw(request, plant, { asked, refusal }))
        }
      })
    },
  })
}

/** A new plant gets its number from the settings. */
type Wanted = Omit<Site, 'id'> & { readonly id?: number }

/** Null: the plant is gone. Throws SiteEdited when it is not as the page showed it. */
function asShown(sites: readonly Site[], siteId: number | null, version = ''): Site | null {
  const known = sites.find(({ id }) => id === siteId)
  if (known && siteVersion(known) !== version) throw new SiteEdited()
  return known ?? null
}

function withForm(sites: readonly Site[], { siteId, name, code, lineIds }: SiteForm, version?: string): Wanted[] | null {
  const own = { name, code, line_ids: [...lineIds] }
  if (siteId === null) return [...sites, own]
  return asShown(sites, siteId, version) && sites.map((one) => (one.id === siteId ? { id: siteId, ...own } : one))
}

const without = (sites: readonly Site[], { siteId }: SiteForm, version?: string): Wanted[] | null =>
  asShown(sites, siteId, version) && sites.filter(({ id }) => id !== siteId)

class SiteEdited extends Error {
  override readonly name = 'SiteEdited'
}
