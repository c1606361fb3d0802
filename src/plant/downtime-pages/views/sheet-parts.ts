/** Parts that the sheets share: heading, refusals, reason buttons, forms. */
import type { Problem } from '../../../platform/http/index.ts'
import { formatText, type Language } from '../../../platform/i18n/index.ts'
import { formatLocal, type LocalS } from '../../../platform/time/index.ts'
import { banner, csrf, type Html, html, hx, icon, type NavItem, type PageContext, shell } from '../../../platform/ui/index.ts'
import type { ReasonTree } from '../../stops/index.ts'
import { sheetWords } from './sheet-messages.ts'

export type SheetPlace = {
  readonly page: PageContext
  readonly nav: readonly NavItem[]
  /** Of the list behind it, with BASE_PATH. */
  readonly back: string
}

/** A form that htmx sends into the sheet, and the browser by itself. */
export const sheetForm = ({ page }: SheetPlace, action: string, body: Html, className = 'stack'): Html =>
  html`<form class="${className}" method="post" action="${page.url(action)}"${hx(page, { post: page.url(action), target: '#sheet-body', swap: 'innerHTML', disable: 'find button' })}>${csrf(page)}${body}</form>`

/** Focus goes to the heading: a key that is still held down saves nothing. */
export const sheetHead = (title: string, facts: Html = html``): Html =>
  html`<header class="sheet__head"><h2 class="sheet__title" id="sheet-title" tabindex="-1" autofocus>${title}</h2>${facts}</header>`

/** Fragment for the dialog, or a page of its own. */
export const sheetPage = (place: SheetPlace, title: string, body: Html): Html =>
  shell({
    page: place.page,
    title,
    nav: place.nav,
    body: html`<div class="sheet-page"><p><a class="link" href="${place.back}">${sheetWords(place.page.language)('back')}</a></p><section class="card"><div class="card__body" id="sheet-body">${body}</div></section></div>`,
  })

export function refusalBanner(problem: Problem, language: Language, now: Html = html``): Html {
  const fields = problem.options.fields ?? []
  return banner({
    tone: problem.status === 409 ? 'warning' : 'danger',
    title: formatText(problem.spec.title, language, problem.options.parameters),
    body: html`${
      fields.length === 0
        ? html`<p>${problem.detail(language)}</p>`
        : html`<ul>${fields.map(({ message, parameters }) => html`<li>${formatText(message, language, parameters)}</li>`)}</ul>`
    }${now}`,
  })
}

/** For `datetime-local`, with seconds. */
export const inputTime = (localS: LocalS): string => formatLocal(localS).replace(' ', 'T')

export const timeField = (name: string, label: string, value: string): Html => html`
  <div class="field"><label class="field__label" for="sheet-${name}">${label}</label><input class="input" id="sheet-${name}" name="${name}" type="datetime-local" step="1" value="${value}" required></div>`

const codeButton = (code: number | null, label: Html | string, isChosen: boolean, id: string): Html =>
  html`<button class="reason ${isChosen ? 'reason--chosen' : ''}" type="submit" name="code" value="${code ?? ''}" id="${id}"${isChosen ? html` aria-current="true"` : ''}>${isChosen ? icon('check', 16) : ''}<span>${label}</span></button>`

/** Recent ones first, one tap each; then kind of failure and incident. Buttons send the form they stand in. */
export function reasonButtons(tree: ReasonTree, chosen: number | null, language: Language): Html {
  const t = sheetWords(language)
  if (tree.failures.length === 0) return html`<p class="muted">${t('reason.none')}</p>`
  const recent =
    tree.recent.length === 0
      ? html``
      : html`<div class="reasons" role="group" aria-label="${t('reason.recent')}"><p class="reasons__title">${t('reason.recent')}</p><div class="reasons__grid">${tree.recent.map(({ code, label }) => codeButton(code, label, code === chosen, `recent-${code}`))}</div></div>`
  const isFlat = tree.failures.every(({ incidents }) => incidents.length === 0)
  return html`${recent}
  <div class="reasons" role="group" aria-label="${t('reason.all')}"><p class="reasons__title">${t('reason.all')}</p>${
    isFlat
      ? html`<div class="reasons__grid">${tree.failures.map((failure) => codeButton(failure.code, failure.description || failure.name, failure.code === chosen, `code-${failure.code}`))}</div>`
      : tree.failures.map(
          (failure) => html`
    <details class="reasons__failure" name="failure" id="failure-${failure.failureId}"${failure.incidents.some(({ code }) => code === chosen) ? html` open` : ''}><summary><span>${failure.name}</span><span class="reasons__count">${failure.incidents.length}</span>${icon('expand_more', 16)}</summary>
      <div class="reasons__grid">${failure.code === null ? '' : codeButton(failure.code, t('reason.itself', { failure: failure.name }), failure.code === chosen, `code-f${failure.code}`)}${failure.incidents.map(({ code, incidentCode, description }) => codeButton(code, html`${description} <small>${incidentCode}</small>`, code === chosen, `code-${code}`))}</div></details>`,
        )
  }</div>`
}

/** The same as a list, where the form has other fields to fill first. */
export function reasonSelect(tree: ReasonTree, chosen: number | null, label: string, emptyLabel: string): Html {
  const option = (code: number, text: string): Html =>
    html`<option value="${code}"${code === chosen ? html` selected` : ''}>${text}</option>`
  return html`
  <div class="field"><label class="field__label" for="sheet-code">${label}</label><div class="field__box field__box--select"><select class="input" id="sheet-code" name="code"><option value="">${emptyLabel}</option>${tree.failures.map(
    (failure) =>
      html`<optgroup label="${failure.name}">${failure.code === null ? '' : option(failure.code, failure.description || failure.name)}${failure.incidents.map(({ code, description }) => option(code, description))}</optgroup>`,
  )}</select>${icon('expand_more', 16)}</div></div>`
}

export const textField = (language: Language, text: string): Html => {
  const t = sheetWords(language)
  return html`<div class="field"><label class="field__label" for="sheet-text">${t('reason.text')}</label><textarea class="input sheet__text" id="sheet-text" name="text" maxlength="500" rows="2" aria-describedby="sheet-text-hint">${text}</textarea><p class="field__hint" id="sheet-text-hint">${t('reason.text.hint')}</p></div>`
}
