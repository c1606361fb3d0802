/** The catalogue beside the grid: every widget with what it tells, a look at it with real figures, and the button that adds it. */
import { translator } from '../../platform/i18n/index.ts'
import { badge, card, type Html, html, hx, icon } from '../../platform/ui/index.ts'
import { tabName } from '../dashboards/index.ts'
import { tabOf } from './draft.ts'
import { messages } from './messages.ts'
import type { EditorModel, Entry } from './model.ts'
import { renderIcon } from './tiles.ts'

const plain = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim()
const matches = (entry: Entry, search: string): boolean => plain(`${entry.name} ${entry.explanation}`).includes(plain(search))

function placeOf({ layout, catalogue, page }: EditorModel, id: number): string | null {
  const widget = layout.draft.widgets.find((placed) => placed.widget_id === id)
  if (!widget) return null
  const key = tabOf(layout.draft, widget, catalogue)
  const tab = layout.draft.tabs.find((known) => known.key === key)
  return tab ? tabName({ ...tab, lineIds: tab.line_ids }, page.language) : key
}

function entryView(model: EditorModel, entry: Entry): Html {
  const { page, search, action } = model
  const t = translator(messages, page.language)
  const { id, name } = entry
  const place = placeOf(model, id)
  const preview = `${action}/widgets/${id}`
  return html`
  <li class="palette__entry" id="entry-${id}" data-entry="${plain(`${name} ${entry.explanation}`)}" data-entry-id="${id}"${matches(entry, search) ? '' : html` hidden`}>
    <div class="palette__row"><span class="palette__name">${icon(renderIcon(entry.render), 16)}${name}</span>
      ${
        place === null
          ? html`<button class="btn btn--secondary btn--small" type="submit" name="do" value="add:${id}" aria-label="${t('palette.add', { name })}">${icon('add', 16)}<span>${t('palette.add.short')}</span></button>`
          : badge({ label: t('palette.placed', { tab: place }), tone: 'neutral' })
      }</div>
    <p class="palette__what">${entry.explanation.split(/(?<=\.) /)[0] ?? ''}</p>
    ${place === null && entry.render !== null ? html`<a class="link small" href="${preview}" id="preview-${id}" aria-label="${t('palette.preview.of', { name })}"${hx(page, { get: preview, target: `#seen-${id}`, swap: 'innerHTML' })}>${t('palette.preview')}</a><div class="palette__seen" id="seen-${id}" data-keep></div>` : ''}
  </li>`
}

export function palette(model: EditorModel): Html {
  const { page, entries, search } = model
  const t = translator(messages, page.language)
  const isNone = !entries.some((entry) => matches(entry, search))
  return card({
    title: t('palette.title'),
    id: 'palette',
    body: html`
      <div class="palette__search"><input class="input" type="search" name="q" value="${search}" maxlength="100" aria-label="${t('palette.search')}" placeholder="${t('palette.search')}" autocomplete="off" data-palette-query><button class="btn btn--secondary no-js-only" type="submit" name="do" value="search">${t('palette.find')}</button></div>
      <ul class="palette" tabindex="0" aria-label="${t('palette.title')}">${entries.map((entry) => entryView(model, entry))}</ul>
      <p class="muted small" data-palette-none${isNone ? '' : html` hidden`}>${t('palette.none')}</p>`,
  })
}
