/** The lists: `/t/{company}/plant/lines`, and its sisters. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { pageOf, requireTenant } from '../../../identity/index.ts'
import { answer, htmlReply, type Problem, pageMeta, pagingOf, route } from '../../../platform/http/index.ts'
import { banner, button, csrf, type Html, html } from '../../../platform/ui/index.ts'
import type { Entity } from '../../model/index.ts'
import { select } from '../listing.ts'
import { tenantOf } from '../routes.ts'
import { readRecords } from '../service.ts'
import type { PlantRecord } from '../values.ts'
import { type Idle, type ListedEntity, listPage } from './list-pages.ts'
import { maybeWord, type Word, wordsOf } from './messages.ts'
import { editingPaths, placeOf } from './paths.ts'
import { reasonsPage } from './reasons-page.ts'
import { access, CompanyPath, type EditingPageDeps, entityNamed, modelOf, refusalOf, tags, text } from './route-parts.ts'

const perPage = 50

export const ListQuery = Type.Object({
  q: text(100),
  state: text(10),
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
  done: text(20),
  edit: Type.Optional(Type.Integer({ minimum: 1 })),
  of: text(20),
})

type Asked = Static<typeof ListQuery>

export function registerLists(app: FastifyInstance, deps: EditingPageDeps): void {
  for (const entity of ['line', 'product', 'shift', 'filter', 'failure'] as const)
    route(app, {
      method: 'GET',
      url: editingPaths.list(entity, ':company'),
      access,
      summary: entity === 'failure' ? 'Page: failures and their incidents' : `Page: the plant's ${placeOf[entity].folder}`,
      tags,
      params: CompanyPath,
      query: ListQuery,
      reply: { 200: htmlReply },
      handler: ({ request, query }) => drawList(deps, request, entity, query, doneBanner(request, query)),
    })
}

/** The list that a kind is shown in, with what was not done above it, and why. */
export async function answerRefused(deps: EditingPageDeps, request: FastifyRequest, entity: Entity, title: Word, error: Problem) {
  const body = refusalOf(request, error, await modelOf(deps, request))
  return answer(
    error.status,
    await drawList(deps, request, entity, {}, banner({ tone: 'danger', title: wordsOf(pageOf(request))(title), body })),
  )
}

function drawList(deps: EditingPageDeps, request: FastifyRequest, entity: Entity, query: Asked, done: Html | null): Promise<Html> {
  switch (entity) {
    case 'failure':
    case 'incident':
      return drawReasons(deps, request, query, done)
    case 'area':
      return drawOne(deps, request, 'line', query, done)
    default:
      return drawOne(deps, request, entity, query, done)
  }
}

/** What was just done, with the way to undo it. */
export function doneBanner(request: FastifyRequest, { done, edit, of }: { done?: string; edit?: number; of?: string }): Html | null {
  const page = pageOf(request)
  const t = wordsOf(page)
  const word = maybeWord(`done.${done ?? ''}`)
  if (!word) return null
  const undo =
    edit === undefined
      ? ''
      : html`<form method="post" action="${page.url(editingPaths.undo(requireTenant(request).tenant.slug, edit))}">${csrf(page)}
      <input type="hidden" name="of" value="${entityNamed(of)}">${button({ label: t('undo'), icon: 'history', look: 'quiet' })}</form>`
  return banner({ tone: 'success', body: html`<span class="done">${t(word)}${undo}</span>` })
}

const askedOf = ({ q, state }: { q?: string; state?: string }) => ({
  q: q ?? '',
  state: state === 'active' || state === 'inactive' ? state : '',
})
const narrowed = (records: readonly PlantRecord[], { q, state }: { readonly q: string; readonly state: string }) =>
  select(records, { q, ...(state !== '' && { isActive: state === 'active' }) })

const idleOf = (entity: Entity, ids: readonly number[]): Idle[] => ids.map((id) => ({ entity, id }))

async function drawOne(
  deps: EditingPageDeps,
  request: FastifyRequest,
  entity: ListedEntity,
  query: Asked,
  done: Html | null,
): Promise<Html> {
  const { records, removed, idle, canManage } = await readRecords(deps, tenantOf(request), entity)
  // Areas have no list of their own: what of them is out of sight is found where their lines are.
  const areas = entity === 'line' ? await readRecords(deps, tenantOf(request), 'area') : null
  const asked = askedOf(query)
  const found = narrowed(records, asked)
  const paging = pagingOf({ page: query.page ?? 1, per_page: perPage })
  return listPage(pageOf(request), requireTenant(request), {
    entity,
    rows: found.slice(paging.offset, paging.offset + paging.limit),
    all: records,
    removed: [...removed, ...(areas?.removed ?? [])],
    idle: [...idleOf(entity, idle), ...idleOf('area', areas?.idle ?? [])],
    at: pageMeta(paging, found.length),
    asked,
    model: await modelOf(deps, request),
    canManage,
    done,
  })
}

async function drawReasons(deps: EditingPageDeps, request: FastifyRequest, query: Asked, done: Html | null): Promise<Html> {
  const failures = await readRecords(deps, tenantOf(request), 'failure')
  const incidents = await readRecords(deps, tenantOf(request), 'incident')
  const asked = askedOf(query)
  const [shownFailures, shown] = [new Set(narrowed(failures.records, asked)), new Set(narrowed(incidents.records, asked))]
  const isAll = asked.q === '' && asked.state === ''
  // A failure that is found shows all of its incidents; one that is not, those that are found.
  const tree = failures.records.flatMap((failure) => {
    const own = incidents.records.filter(({ values }) => values.failure_id === failure.id)
    const some = shownFailures.has(failure) && asked.state === '' ? own : own.filter((incident) => shown.has(incident))
    return isAll || shownFailures.has(failure) || some.length > 0 ? [{ failure, incidents: some }] : []
  })
  const known = new Set(failures.records.map(({ id }) => id))
  return reasonsPage(pageOf(request), requireTenant(request), {
    tree,
    orphans: incidents.records.filter((incident) => !known.has(Number(incident.values.failure_id)) && shown.has(incident)),
    removed: [...failures.removed, ...incidents.removed],
    idle: [...idleOf('failure', failures.idle), ...idleOf('incident', incidents.idle)],
    asked,
    model: await modelOf(deps, request),
    canManage: failures.canManage,
    done,
  })
}
