/** The page of a company's plants: a form for each, and one for another. */
import { type Parameters, translator } from '../../platform/i18n/index.ts'
import {
  banner,
  button,
  card,
  csrf,
  emptyState,
  field,
  type Html,
  html,
  linkButton,
  multiSelect,
  type PageContext,
} from '../../platform/ui/index.ts'
import { type Asker, configurationPage, configurationPaths, type SettingsBody } from '../configuration/index.ts'
import type { PlantModel } from '../model/index.ts'
import { plantPaths } from '../navigation.ts'
import { siteMessages } from './messages.ts'

/** `siteId` null: a new one. */
export type SiteForm = { readonly siteId: number | null; readonly name: string; readonly code: string; readonly lineIds: readonly number[] }

export type EditPage = {
  readonly model: PlantModel
  readonly sites: readonly (SettingsBody['plants'][number] & { readonly version: string })[]
  /** What was refused. */
  readonly asked: { readonly form: SiteForm; readonly errors: Readonly<Record<string, string>> } | null
  readonly refusal: string | null
  readonly note: 'done.saved' | 'done.removed' | 'gone' | null
}

type Words = (key: keyof typeof siteMessages & string, parameters?: Parameters) => string
type Drawing = { readonly page: PageContext; readonly view: EditPage; readonly path: string; readonly t: Words }

export function editPage(page: PageContext, actor: Asker, view: EditPage): Html {
  const t: Words = translator(siteMessages, page.language)
  const path = page.url(configurationPaths.plants(actor.tenant.slug))
  const drawing = { page, view, path, t }
  const { note, refusal, asked, sites, model } = view
  const placed = new Set(sites.flatMap(({ line_ids: ids }) => ids))
  const unplaced = model.lines.filter(({ lineId, isActive }) => isActive && !placed.has(lineId)).map(({ lineName }) => lineName)
  return configurationPage({
    page,
    actor,
    current: 'plants',
    subtitle: t('subtitle'),
    ...(sites.length > 1 && {
      actions: linkButton({ label: t('compare'), href: page.url(plantPaths.plants(actor.tenant.slug)), icon: 'bar_chart' }),
    }),
    body: html`
      ${note ? banner({ tone: note === 'gone' ? 'info' : 'success', body: t(note) }) : ''}
      ${refusal ? banner({ tone: 'danger', title: t('refusedSave'), body: refusal }) : ''}
      ${asked && Object.keys(asked.errors).length > 0 ? banner({ tone: 'danger', title: t('refusedSave'), body: t('check') }) : ''}
      ${sites.length === 0 ? card({ body: emptyState({ title: t('edit.none'), icon: 'factory' }) }) : ''}
      ${sites.map((site) => card({ title: site.name, ...(site.code && { subtitle: site.code }), body: siteForm(drawing, site) }))}
      ${sites.length > 0 && unplaced.length > 0 ? banner({ tone: 'info', body: t('unplacedLines', { lines: unplaced.join(', ') }) }) : ''}
      ${card({ title: t('add'), body: siteForm(drawing, null) })}`,
  })
}

function siteForm({ page, view, path, t }: Drawing, site: EditPage['sites'][number] | null): Html {
  const siteId = site?.id ?? null
  const isAsked = view.asked?.form.siteId === siteId
  const form = isAsked && view.asked ? view.asked.form : { name: site?.name ?? '', code: site?.code ?? '', lineIds: site?.line_ids ?? [] }
  const errors = isAsked ? (view.asked?.errors ?? {}) : {}
  const id = (name: string): string => `site-${siteId ?? 'new'}-${name}`
  const elsewhere = (lineId: number): string | undefined =>
    view.sites.find((other) => other.id !== siteId && other.line_ids.includes(lineId))?.name
  const own = html`${csrf(page)}
    ${site ? html`<input type="hidden" name="site" value="${site.id}"><input type="hidden" name="version" value="${site.version}">` : ''}`
  const remove = site
    ? html`<details class="disclosure"><summary>${t('remove', { plant: site.name })}</summary>
        <form class="stack" method="post" action="${path}">${own}<p class="muted">${t('remove.hint')}</p>
          <div class="cluster">${button({ label: t('remove.submit'), look: 'danger', name: 'action', value: 'remove' })}</div></form>
      </details>`
    : ''
  return html`<form class="stack" method="post" action="${path}">
    ${own}
    <div class="form-grid">
      ${field({ name: 'name', id: id('name'), label: t('name'), value: form.name, maxLength: 100, isRequired: true, autocomplete: 'off', error: errors.name })}
      ${field({ name: 'code', id: id('code'), label: t('code'), value: form.code, maxLength: 20, autocomplete: 'off', error: errors.code })}
      ${multiSelect({
        name: 'line_ids',
        id: id('lines'),
        label: t('lines'),
        allLabel: t('lines.choose'),
        language: page.language,
        values: form.lineIds.map(String),
        error: errors.line_ids,
        options: view.model.lines
          .filter(({ isActive, lineId }) => isActive || form.lineIds.includes(lineId))
          .map(({ lineId, lineName }) => {
            const other = elsewhere(lineId)
            return { value: String(lineId), label: lineName, ...(other !== undefined && { note: t('lines.in', { plant: other }) }) }
          }),
      })}
    </div>
    <div class="cluster">${button({ label: t('save'), look: site ? 'secondary' : 'primary', name: 'action', value: 'save' })}</div>
  </form>${remove}`
}
