/** The tab that is edited: one tile per widget. Buttons do everything; the browser adds dragging (`src/browser/layout-editor.ts`). */
import { translator } from '../../platform/i18n/index.ts'
import { dialog, emptyState, field, type Html, html, icon, select } from '../../platform/ui/index.ts'
import { externalDisplays, leastRefreshS, mostRefreshS, tabName, type WidgetJson } from '../dashboards/index.ts'
import { gridColumns, leastOf, sizeOf, tabOf, widgetsOf } from './draft.ts'
import { messages } from './messages.ts'
import { type EditorModel, nameOf } from './model.ts'

export const renderIcon = (render: string | null) =>
  render === null
    ? 'settings'
    : render.startsWith('kpi')
      ? 'bolt'
      : render === 'chart'
        ? 'bar_chart'
        : render === 'feed'
          ? 'history'
          : 'dashboard'

const iconButton = (value: string, label: string, name: Parameters<typeof icon>[0], extra = ''): Html =>
  html`<button class="icon-btn ${extra}" type="submit" name="do" value="${value}" aria-label="${label}" title="${label}">${icon(name, 16)}</button>`

/** Fields in the order that `form.ts` reads: every tile sends each of them once. */
function options(model: EditorModel, widget: WidgetJson, name: string): Html {
  const { page, layout, catalogue } = model
  const t = translator(messages, page.language)
  const id = widget.widget_id
  const { w, h } = sizeOf(widget, catalogue)
  const numbers = (least: number, most: number) =>
    Array.from({ length: most - least + 1 }, (_, i) => ({ value: String(least + i), label: String(least + i) }))
  const step = (value: string, label: string) =>
    html`<button class="btn btn--secondary" type="submit" name="do" value="${value}:${id}">${label}</button>`
  return html`
    <div class="stack" data-apply>
      ${field({ name: 'item_title', id: `title-${id}`, label: t('tile.name'), value: widget.title, maxLength: 100, hint: t('tile.name.hint', { name }), autocomplete: 'off' })}
      <div class="form-grid">
        ${select({ name: 'item_width', id: `width-${id}`, label: t('tile.width'), options: numbers(leastOf(widget, catalogue), gridColumns), value: String(w) })}
        ${select({ name: 'item_height', id: `height-${id}`, label: t('tile.height'), options: numbers(1, 2), value: String(h) })}
        ${select({
          name: 'item_tab',
          id: `tab-of-${id}`,
          label: t('tile.tab'),
          options: layout.draft.tabs.map((tab) => ({ value: tab.key, label: tabName({ ...tab, lineIds: tab.line_ids }, page.language) })),
          value: tabOf(layout.draft, widget, catalogue),
        })}
        ${field({ name: 'item_refresh', id: `refresh-${id}`, label: t('tile.refresh'), type: 'number', min: leastRefreshS, max: mostRefreshS, value: widget.refresh_seconds, unit: 's', hint: t('tile.refresh.hint', { least: leastRefreshS }) })}
      </div>
      ${model.entries.find((entry) => entry.id === id)?.render === 'external' ? external(model, widget) : ''}
      <div class="layout-steps">
        ${step('up', t('tile.up'))}${step('down', t('tile.down'))}${step('wider', t('tile.wider'))}${step('narrower', t('tile.narrower'))}${step('taller', t('tile.taller'))}${step('shorter', t('tile.shorter'))}
        <button class="btn btn--primary" type="submit" name="do" value="apply">${t('apply')}</button>
      </div>
    </div>`
}

/** Which source, as what, and which part of it. */
function external({ page, sources }: EditorModel, { widget_id: id, params }: WidgetJson): Html {
  const t = translator(messages, page.language)
  const text = (value: unknown): string => (typeof value === 'string' ? value : '')
  const chosen = text(params.api_source_id)
  const known = sources.some(({ key }) => key === chosen)
  const choices = [
    { value: '', label: t('external.none') },
    ...sources.map(({ key, name }) => ({ value: key, label: name })),
    ...(chosen !== '' && !known ? [{ value: chosen, label: t('external.gone', { id: chosen }) }] : []),
  ]
  return html`<input type="hidden" name="external" value="${id}">
    <div class="form-grid">
      ${select({ name: 'external_source', id: `external-source-${id}`, label: t('external.source'), options: choices, value: chosen, ...(sources.length === 0 && { hint: t('external.source.hint') }) })}
      ${select({ name: 'external_display', id: `external-display-${id}`, label: t('external.display'), options: externalDisplays.map((value) => ({ value, label: t(`external.display.${value}`) })), value: text(params.display) || 'number' })}
      ${field({ name: 'external_path', id: `external-path-${id}`, label: t('external.path'), value: text(params.value_path), maxLength: 200, hint: t('external.path.hint'), autocomplete: 'off' })}
      ${field({ name: 'external_unit', id: `external-unit-${id}`, label: t('external.unit'), value: text(params.unit), maxLength: 20, autocomplete: 'off' })}
    </div>`
}

function tile(model: EditorModel, widget: WidgetJson, at: number, count: number): Html {
  const { page, catalogue, entries } = model
  const t = translator(messages, page.language)
  const id = widget.widget_id
  const own = nameOf(model, id)
  const name = widget.title ?? own
  const { w, h } = sizeOf(widget, catalogue)
  const render = entries.find((entry) => entry.id === id)?.render ?? null
  return html`
  <li class="layout-tile layout-tile--w${w} layout-tile--h${h}" id="tile-${id}" data-tile="${id}" data-w="${w}" data-h="${h}" data-least="${leastOf(widget, catalogue)}">
    <div class="layout-tile__box">
      <input type="hidden" name="item" value="${id}">
      <div class="layout-tile__head">
        <button class="layout-handle js-only" type="button" id="handle-${id}" data-handle aria-label="${t('tile.handle', { name, at, count })}" aria-describedby="grid-hint">${icon('swap_vert', 16)}</button>
        <h3 class="layout-tile__name" title="${name}"><span>${name}</span></h3>
        ${iconButton(`remove:${id}`, t('tile.remove', { name }), 'close')}
      </div>
      <p class="layout-tile__facts">${icon(renderIcon(render), 16)}<span aria-hidden="true">${w} × ${h}</span><span class="sr-only">${t('tile.size', { w, h })}</span>${widget.refresh_seconds === null ? '' : html`<span>${t('tile.refresh.badge', { seconds: widget.refresh_seconds })}</span>`}${render === null ? html`<span>${t('tile.unknown')}</span>` : ''}</p>
      <div class="layout-tile__tools">
        ${iconButton(`left:${id}`, t('tile.left', { name }), 'arrow_upward', 'layout-earlier')}
        ${iconButton(`right:${id}`, t('tile.right', { name }), 'arrow_forward')}
        <button class="icon-btn" type="button" popovertarget="options-${id}" aria-label="${t('tile.options', { name })}" title="${t('tile.options', { name })}">${icon('settings', 16)}</button>
      </div>
    </div>
    ${dialog({ id: `options-${id}`, title: name, language: page.language, body: options(model, widget, own) })}
  </li>`
}

export function tiles(model: EditorModel): Html {
  const t = translator(messages, model.page.language)
  const widgets = widgetsOf(model.layout.draft, model.tab, model.catalogue)
  return html`
  <p class="muted small js-only" id="grid-hint">${t('grid.hint')}</p>
  <ol class="layout-grid" id="layout-grid" data-layout-grid>${widgets.map((widget, i) => tile(model, widget, i + 1, widgets.length))}</ol>
  ${widgets.length === 0 ? emptyState({ title: t('grid.empty'), detail: t('grid.empty.detail'), icon: 'dashboard' }) : ''}`
}
