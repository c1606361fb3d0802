/** `/t/{company}/plant/calendar`: one entry more or less, shown with its effect on yesterday before it is saved. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { originOf, pageOf, requireTenant } from '../../../identity/index.ts'
import { answer, emptyReply, fieldErrorsOf, htmlReply, route, seeOther } from '../../../platform/http/index.ts'
import type { OpenPlant } from '../../model/index.ts'
import { isShownInForm, listOf, text, texts } from '../form-fields.ts'
import { configurationPaths } from '../paths.ts'
import { problem } from '../problems.ts'
import { applyToSettings } from '../settings/apply.ts'
import { settingsRate } from '../settings/routes.ts'
import { previewPlantSettings, readPlantSettings, type SettingsDeps } from '../settings/service.ts'
import { type CalendarChange, type CalendarList, calendarLists, changedList, type Entry, keyOf } from './change.ts'
import { type CalendarPage, calendarPage, type EntryForm } from './view.ts'

const tags = ['pages']
const access = 'configure_plant'
const several = texts(20, 1_000)
const Body = Type.Object(
  {
    action: text(20),
    kind: text(20),
    list: text(20),
    /** What is removed, or saved as it was shown. */
    entry: text(20_000),
    date: text(20),
    start: text(20),
    end: text(20),
    name: text(400),
    yearly: several,
    days: several,
    line_ids: several,
  },
  { default: {} },
)
type Body = Static<typeof Body>

const numbers = (values: readonly string[]): number[] => values.filter((value) => /^\d{1,15}$/.test(value)).map(Number)

const formFrom = (body: Body): EntryForm => ({
  date: body.date ?? '',
  start: body.start ?? '',
  end: body.end ?? '',
  name: body.name ?? '',
  yearly: listOf(body.yearly).at(-1) === '1',
  days: listOf(body.days),
  line_ids: listOf(body.line_ids),
})

function entryOf(list: CalendarList, form: EntryForm): Entry {
  const { date, start, end, name } = form
  const lineIds = numbers(form.line_ids)
  if (list === 'breaks') return { start, end, days: numbers(form.days).filter((day) => day >= 1 && day <= 7) }
  if (list === 'holidays') return { date, yearly: form.yearly, name, line_ids: lineIds }
  return { date, start, end, name, line_ids: lineIds }
}

/** An entry as the page wrote it into a form. Anything else is refused. */
function writtenEntry(list: CalendarList, written: string): Entry {
  try {
    const { date = '', start = '', end = '', name = '', yearly = false, days = [], line_ids: lineIds = [] } = JSON.parse(written)
    const strings = (values: unknown): string[] => (Array.isArray(values) ? values.map(String) : [])
    const form = { date: String(date), start: String(start), end: String(end), name: String(name), yearly: yearly === true }
    return entryOf(list, { ...form, days: strings(days), line_ids: strings(lineIds) })
  } catch {
    throw problem('validation_failed')
  }
}

/** `holidays.4.date` → `date`. */
const nameOf = (path: string): string => path.split('.')[2] ?? path

export function registerCalendarPages(app: FastifyInstance, deps: SettingsDeps): void {
  const url = configurationPaths.calendar(':company')
  const params = Type.Object({ company: Type.String({ maxLength: 100 }) })

  const draw = async (request: FastifyRequest, { model }: OpenPlant, more: Partial<CalendarPage>) => {
    const { body } = await readPlantSettings(deps, model)
    const nothing = { asked: null, pending: null, refusal: null, note: null }
    return calendarPage(pageOf(request), requireTenant(request), { model, body, ...nothing, ...more })
  }

  route(app, {
    method: 'GET',
    url,
    access,
    summary: 'Page: breaks, holidays and extra shifts',
    tags,
    params,
    query: Type.Object({ done: text(20) }),
    reply: { 200: htmlReply },
    handler: ({ request, query }) => {
      const note = (['done.added', 'done.removed', 'gone'] as const).find((word) => word === query.done) ?? null
      return deps.plants.withPlant(requireTenant(request).tenant.tenantId, (plant) => draw(request, plant, { note }))
    },
  })
  route(app, {
    method: 'POST',
    url,
    access,
    summary: 'Form: shows what one entry more or less would have done to yesterday, or saves it',
    tags,
    params,
    form: true,
    body: Body,
    rate: settingsRate,
    reply: { 303: emptyReply },
    handler: ({ request, body }) => {
      const actor = requireTenant(request)
      const list = calendarLists.find((name) => name === body.list)
      if (!list) throw problem('validation_failed')
      const form = formFrom(body)
      const entry = body.entry === undefined ? entryOf(list, form) : writtenEntry(list, body.entry)
      const change: CalendarChange = body.kind === 'remove' ? { kind: 'remove', list, entry: keyOf(entry) } : { kind: 'add', list, entry }
      return deps.plants.withPlant(actor.tenant.tenantId, async (plant) => {
        const to = (done: string) => seeOther(request, `${configurationPaths.calendar(actor.tenant.slug)}?done=${done}`)
        try {
          if (body.action === 'save') {
            const by = { actor, origin: originOf(request) }
            const isDone = await applyToSettings(deps, by, plant.model, (stored) => changedList(stored, change))
            return to(isDone ? (change.kind === 'add' ? 'done.added' : 'done.removed') : 'gone')
          }
          const input = changedList((await readPlantSettings(deps, plant.model)).body, change)
          if (!input) return to('gone')
          const { effect } = await previewPlantSettings(deps, plant, input)
          const asked = change.kind === 'add' ? { list, form, errors: {} } : null
          return answer(200, await draw(request, plant, { asked, pending: { change, entry, effect } }))
        } catch (error) {
          if (!isShownInForm(error)) throw error
          const errors = Object.fromEntries(
            Object.entries(fieldErrorsOf(error, request.language)).map(([path, fault]) => [nameOf(path), fault]),
          )
          const refusal = Object.keys(errors).length > 0 && change.kind === 'add' ? null : error.detail(request.language)
          return answer(error.status, await draw(request, plant, { asked: { list, form, errors }, refusal }))
        }
      })
    },
  })
}
