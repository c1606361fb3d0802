/** `/t/{company}/plants`: the plants of a company side by side. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { pageOf, requireTenant, type TenantActor } from '../../identity/index.ts'
import { answer, htmlReply, Problem, route } from '../../platform/http/index.ts'
import { formatDuration, formatNumber, formatRatio, formatText, type Parameters, translator } from '../../platform/i18n/index.ts'
import { dayS, formatLocalDate, midnightOf, zoneOf } from '../../platform/time/index.ts'
import {
  banner,
  button,
  card,
  emptyState,
  field,
  type Html,
  html,
  linkButton,
  type PageContext,
  pageHead,
  shell,
  table,
} from '../../platform/ui/index.ts'
import { askPlant, type DashboardDeps, onlyRange } from '../dashboards/index.ts'
import type { KpiFacts } from '../kpi/index.ts'
import { plantNavigation, plantPaths } from '../navigation.ts'
import { type Comparison, compareSites } from './compare.ts'
import { siteMessages } from './messages.ts'

type Words = (key: keyof typeof siteMessages & string, parameters?: Parameters) => string
type View = {
  readonly from: string
  readonly to: string
  /** Null: the range was refused. */
  readonly comparison: Comparison | null
  readonly refusal: string | null
  readonly hasPlants: boolean
}

export function registerComparisonPage(app: FastifyInstance, deps: DashboardDeps): void {
  route(app, {
    method: 'GET',
    url: plantPaths.plants(':company'),
    access: 'view_dashboard',
    summary: 'Page: the plants of the company side by side; without dates, yesterday',
    tags: ['pages'],
    params: Type.Object({ company: Type.String({ maxLength: 100 }) }),
    query: Type.Object({ from: Type.Optional(Type.String({ maxLength: 20 })), to: Type.Optional(Type.String({ maxLength: 20 })) }),
    reply: { 200: htmlReply },
    handler: async ({ request, query }) => {
      const actor = requireTenant(request)
      const page = pageOf(request)
      const model = await deps.plants.withPlant(actor.tenant.tenantId, async (plant) => plant.model)
      const zone = zoneOf(model.settings.timeZone)
      const yesterday = formatLocalDate(midnightOf(zone.toLocalS(Math.floor(deps.clock.nowMs() / 1_000))) - dayS)
      const [from, to] = [query.from || yesterday, query.to || query.from || yesterday]
      const view = { from, to, hasPlants: model.settings.sites.length > 0 }
      if (!view.hasPlants) return comparisonView(page, actor, { ...view, comparison: null, refusal: null })
      try {
        const raw = {
          start_date: from,
          start_time: '00:00',
          end_date: to,
          end_time: '23:59',
          line_id: 'all',
          shift_id: 'all',
          interval: 'month',
        }
        const asked = await askPlant(deps, actor, raw, onlyRange)
        return comparisonView(page, actor, { ...view, comparison: compareSites(asked.model, asked.facts), refusal: null })
      } catch (error) {
        if (!(error instanceof Problem) || error.status !== 422) throw error
        const [fault] = error.options.fields ?? []
        const refusal = fault ? formatText(fault.message, request.language, fault.parameters) : error.detail(request.language)
        return answer(422, comparisonView(page, actor, { ...view, comparison: null, refusal }))
      }
    },
  })
}

function comparisonView(page: PageContext, actor: TenantActor, { from, to, comparison, refusal, hasPlants }: View): Html {
  const t: Words = translator(siteMessages, page.language)
  const { slug } = actor.tenant
  const date = (name: 'from' | 'to', value: string): Html => field({ name, label: t(name), type: 'date', value, isRequired: true })
  const none = emptyState({
    title: t('none.title'),
    detail: t('none.detail'),
    icon: 'factory',
    ...(actor.permissions.has('configure_plant') && {
      action: linkButton({ label: t('add'), href: page.url(`${plantPaths.plant(slug)}/plants`), look: 'primary', icon: 'add' }),
    }),
  })
  const form = html`<form class="form-grid" method="get" action="${page.url(plantPaths.plants(slug))}">
    ${date('from', from)}${date('to', to)}
    <div class="cluster">${button({ label: t('show'), look: 'primary' })}</div>
  </form>`
  const body = html`
    ${pageHead({ title: t('compare'), subtitle: t('compare.subtitle') })}
    <div class="stack">
      ${refusal ? banner({ tone: 'danger', title: t('refused'), body: refusal }) : ''}
      ${hasPlants ? card({ body: form }) : card({ body: none })}
      ${comparison ? card({ body: figuresTable(page, slug, { from, to }, comparison, t) }) : ''}
    </div>`
  return shell({ page, title: t('compare'), nav: plantNavigation(page, slug, actor, 'plants'), body })
}

function figuresTable(
  page: PageContext,
  slug: string,
  range: { readonly from: string; readonly to: string },
  { sites, total }: Comparison,
  t: Words,
): Html {
  const { language } = page
  const cells = (kpi: KpiFacts) => [
    { content: html`<strong>${formatRatio(kpi.oeeIndex, language)}</strong>`, sort: kpi.oeeIndex ?? -1 },
    { content: formatRatio(kpi.availability, language), sort: kpi.availability ?? -1 },
    { content: formatRatio(kpi.effectiveness, language), sort: kpi.effectiveness ?? -1 },
    { content: formatRatio(kpi.qualityRatio, language), sort: kpi.qualityRatio ?? -1 },
    { content: formatNumber(kpi.totalProduction, language), sort: kpi.totalProduction },
    { content: formatDuration(kpi.time.plannedBusyTimeS), sort: kpi.time.plannedBusyTimeS },
    { content: formatDuration(kpi.time.unplannedDowntimeS), sort: kpi.time.unplannedDowntimeS },
  ]
  const dashboard = (siteId: number): string =>
    `${page.url(plantPaths.dashboard(slug))}?${new URLSearchParams({ line_id: `plant_${siteId}`, start_date: range.from, end_date: range.to })}`
  const rows = sites.map(({ siteId, siteName, lines, kpi }) => {
    const names = html`<span class="cell-sub">${lines.map(({ lineName }) => lineName).join(', ')}</span>`
    const name = siteName ?? t('unplaced')
    const link =
      siteId === null
        ? html`<span>${name}</span>`
        : html`<a class="link" href="${dashboard(siteId)}" title="${t('open', { plant: name })}">${name}</a>`
    return {
      key: String(siteId ?? 'none'),
      cells: [{ content: html`<span>${link}${names}</span>`, sort: name.toLowerCase() }, ...cells(kpi)],
    }
  })
  const columns = ['oee', 'availability', 'performance', 'quality', 'production', 'planned', 'stopped'] as const
  return table({
    id: 'plants',
    caption: t('compare'),
    language,
    isStacked: true,
    columns: [
      { key: 'plant', label: t('plant') },
      ...columns.map((key) => ({ key, label: t(key), align: 'end' as const, isNowrap: true })),
    ],
    rows: [...rows, { key: 'all', cells: [{ content: html`<strong>${t('all')}</strong>`, sort: '\uffff' }, ...cells(total)] }],
  })
}
