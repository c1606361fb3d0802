/** The editor: one form, so that whatever is pressed carries the draft along, with or without JavaScript. */
import { translator } from '../../platform/i18n/index.ts'
import { badge, banner, button, card, dialog, field, type Html, html, hx, icon, linkButton, multiSelect } from '../../platform/ui/index.ts'
import { type TabJson, tabName } from '../dashboards/index.ts'
import { plantPaths } from '../navigation.ts'
import { previewColumns } from './form.ts'
import { messages } from './messages.ts'
import type { EditorModel } from './model.ts'
import { palette } from './palette.ts'
import { tiles } from './tiles.ts'

const hidden = (name: string, value: string | number): Html => html`<input type="hidden" name="${name}" value="${value}">`

const shownTab = ({ page }: EditorModel, tab: TabJson): string => tabName({ ...tab, lineIds: tab.line_ids }, page.language)

function notice(model: EditorModel): Html {
  const { page, action } = model
  const t = translator(messages, page.language)
  if (model.notice === null) return html``
  switch (model.notice.kind) {
    case 'done':
      return banner({ tone: 'success', body: model.notice.text })
    case 'faults':
      return banner({
        tone: 'danger',
        title: t('fault.list'),
        body: html`<ul>${model.notice.faults.map((fault) => html`<li>${fault}</li>`)}</ul>`,
      })
    case 'conflict':
      return banner({
        tone: 'warning',
        body: html`${t('conflict', { by: model.notice.by ?? t('conflict.unknown'), at: model.notice.at })}
          <span class="cluster"><a class="btn btn--secondary" href="${action}" target="_blank" rel="noopener">${t('conflict.see')}</a>${button({ label: t('save.anyway'), name: 'do', value: 'overwrite' })}</span>`,
      })
  }
}

function toolbar(model: EditorModel): Html {
  const { layout, page, companySlug } = model
  const t = translator(messages, page.language)
  const step = (word: 'undo' | 'redo', isIdle: boolean) =>
    html`<button class="btn btn--secondary" type="submit" name="do" value="${word}" data-shortcut="${word}" aria-disabled="${isIdle ? 'true' : 'false'}">${t(word)}</button>`
  return html`
  <div class="layout-bar" id="layout-bar">
    <div class="cluster">
      ${button({ label: t('save'), look: 'primary', icon: 'check', name: 'do', value: 'save', id: 'layout-save' })}
      ${step('undo', layout.steps.past.length === 0)}${step('redo', layout.steps.future.length === 0)}
      ${button({ label: t('clear'), look: 'quiet', name: 'do', value: 'clear' })}
      ${layout.isStored ? button({ label: t(model.role === null ? 'remove.mine' : 'remove.role'), look: 'quiet', name: 'do', value: 'remove-layout' }) : ''}
      <a class="btn btn--quiet" href="${page.url(plantPaths.dashboard(companySlug))}">${t('open.dashboard')}</a>
    </div>
    <p class="layout-bar__state">${layout.isDirty ? badge({ label: t('unsaved'), tone: 'warning', icon: 'warning' }) : ''}<span class="muted small">${t(`step.${layout.step}`)}${layout.saved ? ` ${t('saved.by', { version: layout.seenVersion, ...layout.saved })}` : ''}</span></p>
  </div>`
}

function tabBar(model: EditorModel): Html {
  const { layout, page, lines } = model
  const t = translator(messages, page.language)
  const current = layout.draft.tabs.find(({ key }) => key === model.tab)
  const name = current ? shownTab(model, current) : ''
  const act = (value: string, label: string, look: 'secondary' | 'danger' = 'secondary') =>
    html`<button class="btn btn--${look}" type="submit" name="do" value="${value}:${model.tab}">${label}</button>`
  const settings = html`
    <div class="stack" data-apply>
      ${field({ name: 'tab_name', id: 'tab-name', label: t('tabs.name'), value: name, maxLength: 40, autocomplete: 'off' })}
      ${hidden('has_lines', lines.length > 0 ? '1' : '')}
      ${
        lines.length > 0
          ? multiSelect({
              name: 'tab_line',
              id: 'tab-lines',
              label: t('tabs.lines'),
              allLabel: t('tabs.lines.all'),
              hint: t('tabs.lines.hint'),
              language: page.language,
              options: lines.map((line) => ({ value: String(line.id), label: line.name })),
              values: (current?.line_ids ?? []).map(String),
            })
          : ''
      }
      <div class="layout-steps">${act('tab-left', t('tabs.left'))}${act('tab-right', t('tabs.right'))}${act('tab-remove', t('tabs.remove'), 'danger')}<button class="btn btn--primary" type="submit" name="do" value="apply">${t('apply')}</button></div>
    </div>`
  return html`
  <div class="layout-tabs">
    <div class="layout-tabs__list" role="group" aria-label="${t('tabs.title')}">
      ${layout.draft.tabs.map(
        (tab) =>
          html`<button class="chip" type="submit" name="do" value="show:${tab.key}" id="tab-${tab.key}" aria-pressed="${tab.key === model.tab ? 'true' : 'false'}">${shownTab(model, tab)}</button>`,
      )}
      <button class="icon-btn" type="button" popovertarget="tab-settings" aria-label="${t('tabs.settings', { name })}" title="${t('tabs.settings', { name })}">${icon('settings', 16)}</button>
    </div>
    <div class="layout-tabs__new"><input class="input" name="new_tab" maxlength="40" aria-label="${t('tabs.new')}" placeholder="${t('tabs.new')}" autocomplete="off" data-enter="tab-add"><button class="btn btn--secondary" type="submit" name="do" value="tab-add" id="tab-add">${icon('add', 16)}<span>${t('tabs.add')}</span></button></div>
  </div>
  ${dialog({ id: 'tab-settings', title: t('tabs.settings', { name }), language: page.language, body: settings })}`
}

function filterChoice(model: EditorModel): Html {
  const { filters, layout, page } = model
  const t = translator(messages, page.language)
  const chosen = new Set(layout.draft.filters)
  return card({
    title: t('filters.title'),
    id: 'layout-filters',
    body:
      filters.length === 0
        ? html`<p class="muted">${t('filters.none')}</p>`
        : html`${hidden('has_filters', '1')}<ul class="layout-checks" data-apply>${filters.map(
            ({ id, label }) =>
              html`<li><label class="check" for="filter-choice-${id}"><input type="checkbox" id="filter-choice-${id}" name="filter" value="${id}"${chosen.has(id) ? html` checked` : ''}><span class="check__text">${label}</span></label></li>`,
          )}</ul>`,
  })
}

function preview(model: EditorModel): Html {
  const { page, columns } = model
  const t = translator(messages, page.language)
  const width = (value: (typeof previewColumns)[number]) =>
    html`<button class="chip" type="submit" name="do" value="columns:${value}" aria-pressed="${value === columns ? 'true' : 'false'}">${t(`preview.${value}`)}</button>`
  return card({
    title: t('preview.title'),
    id: 'layout-preview',
    actions: html`<div class="cluster" role="group" aria-label="${t('preview.columns')}">${previewColumns.map(width)}</div>`,
    body: html`<div class="layout-preview" tabindex="0" role="region" aria-label="${t('preview.region')}"><div class="layout-preview__page layout-preview__page--${columns}">${model.preview}</div></div>`,
  })
}

function history(model: EditorModel): Html {
  const { page } = model
  const t = translator(messages, page.language)
  if (model.history.length === 0) return card({ title: t('history.title'), body: html`<p class="muted">${t('history.none')}</p>` })
  return card({
    title: t('history.title'),
    id: 'layout-history',
    body: html`<ul class="layout-versions">${model.history.map(
      (one) =>
        html`<li class="layout-versions__one"><span><strong>${t('history.version', { version: one.version })}</strong> · ${one.by ?? t('history.unknown')} · ${one.at} · ${
          one.isRemoved ? t('history.removed') : t('history.widgets', { count: one.widgets ?? 0 })
        }</span>${
          one.widgets === null
            ? ''
            : html`<button class="btn btn--quiet btn--small" type="submit" name="do" value="restore:${one.version}" aria-label="${t('history.restore.of', { version: one.version })}">${t('history.restore')}</button>`
        }</li>`,
    )}</ul>`,
  })
}

/** `#layout-editor`: what an edit answers with, and the middle of the page. */
export function editorView(model: EditorModel): Html {
  const { page, layout, action } = model
  const t = translator(messages, page.language)
  const current = layout.draft.tabs.find(({ key }) => key === model.tab)
  return html`
  <div class="layout-editor stack" id="layout-editor" data-layout-editor data-dirty="${layout.isDirty ? '1' : ''}" data-leave="${t('leave.warning')}">
    <p class="sr-only" role="status" id="layout-said">${model.said}</p>
    ${layout.warnings.length > 0 ? banner({ tone: 'warning', body: html`<ul>${layout.warnings.map((warning) => html`<li>${warning}</li>`)}</ul>` }) : ''}
    <form class="stack" method="post" action="${action}" id="layout-form" autocomplete="off"${hx(page, { post: action, target: '#layout-editor', swap: 'outerMorph', sync: 'this:queue last', indicator: '#progress' })}>
      <button class="layout-default" type="submit" name="do" value="enter" tabindex="-1" aria-hidden="true">${t('apply')}</button>
      <button class="layout-default" type="submit" name="do" value="apply" id="layout-apply" tabindex="-1" aria-hidden="true">${t('apply')}</button>
      ${hidden('csrf_token', page.csrfToken)}${hidden('draft', JSON.stringify(layout.draft))}${hidden('past', JSON.stringify(layout.steps.past))}${hidden('future', JSON.stringify(layout.steps.future))}
      ${hidden('seen', layout.seenVersion)}${hidden('tab', model.tab)}${hidden('columns', model.columns)}<input type="hidden" name="arrangement" value="" data-arrangement>
      <button class="layout-default" type="submit" name="do" value="arrange" id="layout-arrange" tabindex="-1" aria-hidden="true">${t('apply')}</button>
      ${notice(model)}
      ${toolbar(model)}
      <div class="layout-columns">
        <div class="layout-columns__main">${card({ title: t('grid.title', { tab: current ? shownTab(model, current) : '' }), id: 'layout-card', body: html`${tabBar(model)}${tiles(model)}` })}</div>
        <div class="layout-columns__side stack">${palette(model)}${filterChoice(model)}</div>
      </div>
      ${preview(model)}
      ${history(model)}
    </form>
  </div>`
}

/** Links to the dashboards that can be edited. */
export function roleChoice({
  page,
  current,
  roles,
  mine,
}: {
  readonly page: EditorModel['page']
  readonly current: string | null
  readonly roles: readonly { readonly role: string; readonly label: string; readonly href: string; readonly isOwn: boolean }[]
  readonly mine: string
}): Html {
  const t = translator(messages, page.language)
  return html`
  <nav class="layout-roles" aria-label="${t('role.label')}">
    <ul class="cluster">${roles.map(
      ({ role, label, href, isOwn }) =>
        html`<li><a class="chip layout-roles__one" href="${href}"${role === current ? html` aria-current="page"` : ''}>${label}${isOwn ? html`${icon('check', 16)}<span class="sr-only"> (${t('role.own')})</span>` : ''}</a></li>`,
    )}</ul>
    ${linkButton({ label: t('open.mine'), href: mine, look: 'quiet', icon: 'account_circle' })}
  </nav>`
}
