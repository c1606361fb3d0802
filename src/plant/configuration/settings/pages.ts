/** `/t/{company}/plant/settings`: a plain form, answered with its effect on yesterday, with what was wrong, or with a redirect once it is saved. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { originOf, pageOf, requireTenant } from '../../../identity/index.ts'
import { answer, emptyReply, fieldErrorsOf, htmlReply, route, seeOther } from '../../../platform/http/index.ts'
import type { OpenPlant } from '../../model/index.ts'
import { isShownInForm, listOf, text, texts } from '../form-fields.ts'
import { configurationPaths } from '../paths.ts'
import { changeOf, formOf, type SettingsForm, type Shown, shownOf, withChange } from './form.ts'
import { impliedRates } from './implied.ts'
import { settingsRate } from './routes.ts'
import { previewPlantSettings, readPlantSettings, type SettingsDeps, savePlantSettings } from './service.ts'
import { type SettingsPage, settingsPage } from './view.ts'

const tags = ['pages']
const access = 'configure_plant'
const several = texts(40, 20_000)
const Body = Type.Object(
  {
    action: text(20),
    version: text(64),
    shown: text(200_000),
    timezone: text(100),
    performance_unit: text(40),
    shift_range_mode: text(20),
    reason_target: text(20),
    stop_from: text(20),
    breakdown_from: text(20),
    job: several,
    planned_stop_codes: several,
    limit_line: several,
    limit: several,
    shifts: several,
  },
  { default: {} },
)
type Body = Static<typeof Body>

const formFrom = (body: Body): SettingsForm => ({
  timezone: body.timezone ?? '',
  performanceUnit: body.performance_unit ?? '',
  shiftRangeMode: body.shift_range_mode ?? '',
  reasonTarget: body.reason_target ?? '',
  stopFromS: body.stop_from ?? '',
  breakdownFromS: body.breakdown_from ?? '',
  isJobOn: listOf(body.job).at(-1) === '1',
  plannedCodes: listOf(body.planned_stop_codes),
  limits: Object.fromEntries(listOf(body.limit_line).map((lineId, i) => [lineId, listOf(body.limit)[i] ?? ''])),
  shifts: listOf(body.shifts),
})

/** What the page showed, as it came back; a form that was tampered with is read against what is stored. */
function shownFrom(body: Body, stored: Shown): Shown {
  try {
    const shown = JSON.parse(body.shown ?? '') as Partial<Shown>
    const isWhole = Object.keys(stored).every((key) => typeof shown[key as keyof Shown] === typeof stored[key as keyof Shown])
    return isWhole && Array.isArray(shown.planned_stop_codes) ? (shown as Shown) : stored
  } catch {
    return stored
  }
}

type Page = Partial<Pick<SettingsPage, 'form' | 'shown' | 'errors' | 'refusal' | 'note' | 'effect'>>

export function registerSettingsPages(app: FastifyInstance, deps: SettingsDeps): void {
  const url = configurationPaths.settings(':company')
  const params = Type.Object({ company: Type.String({ maxLength: 100 }) })

  const draw = async (request: FastifyRequest, plant: OpenPlant, { shown, ...more }: Page) => {
    const { body, version, edited, warnings } = await readPlantSettings(deps, plant.model)
    const start = shown ?? shownOf(body)
    return settingsPage(pageOf(request), requireTenant(request), {
      model: plant.model,
      nowMs: deps.clock.nowMs(),
      shown: start,
      version,
      form: formOf(plant.model, start),
      edited,
      warnings,
      implied: await impliedRates(deps, plant),
      errors: {},
      refusal: null,
      note: null,
      ...more,
    })
  }

  route(app, {
    method: 'GET',
    url,
    access,
    summary: 'Page: settings of the plant',
    tags,
    params,
    query: Type.Object({ done: text(20) }),
    reply: { 200: htmlReply },
    handler: ({ request, query }) =>
      deps.plants.withPlant(requireTenant(request).tenant.tenantId, (plant) =>
        draw(request, plant, { note: query.done === 'saved' ? 'saved' : null }),
      ),
  })
  route(app, {
    method: 'POST',
    url,
    access,
    summary: 'Form: shows what the changed settings would have done to yesterday, or saves them',
    tags,
    params,
    form: true,
    body: Body,
    rate: settingsRate,
    reply: { 303: emptyReply },
    handler: ({ request, body }) => {
      const actor = requireTenant(request)
      return deps.plants.withPlant(actor.tenant.tenantId, async (plant) => {
        const { model } = plant
        const stored = await readPlantSettings(deps, model)
        const form = formFrom(body)
        const shown = shownFrom(body, shownOf(stored.body))
        const change = changeOf(model, shown, form)
        if (Object.keys(change).length === 0) return answer(200, await draw(request, plant, { note: 'nothing' }))
        try {
          if (body.action === 'save') {
            await savePlantSettings(deps, { actor, origin: originOf(request) }, model, body.version ?? '', change)
            return seeOther(request, `${configurationPaths.settings(actor.tenant.slug)}?done=saved`)
          }
          const { effect } = await previewPlantSettings(deps, plant, change)
          const now = shownOf(stored.body)
          return answer(200, await draw(request, plant, { shown: now, form: formOf(model, withChange(now, change)), effect }))
        } catch (error) {
          if (!isShownInForm(error)) throw error
          const errors = fieldErrorsOf(error, request.language)
          if (Object.keys(errors).length > 0) return answer(422, await draw(request, plant, { shown, form, errors }))
          // what both changed stays as this person wants it, what only the other changed is taken over
          const now = shownOf((await readPlantSettings(deps, model)).body)
          const merged = formOf(model, withChange(now, change))
          return answer(error.status, await draw(request, plant, { shown: now, form: merged, refusal: error.detail(request.language) }))
        }
      })
    },
  })
}
