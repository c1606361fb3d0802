/** Form fields: a label above, a hint or the error below, tied together for screen readers. */
import type { Language } from '../../i18n/i18n.ts'
import { translator } from '../../i18n/i18n.ts'
import { type Html, html } from '../html.ts'
import { icon } from '../icons.ts'
import { uiMessages } from '../messages.ts'
import type { PageContext } from '../page.ts'

/** In every form that posts. */
export const csrf = ({ csrfToken }: Pick<PageContext, 'csrfToken'>): Html =>
  html`<input type="hidden" name="csrf_token" value="${csrfToken}">`

type FieldBase = {
  readonly name: string
  readonly label: string
  /** Defaults to `f-{name}`. */
  readonly id?: string
  readonly hint?: string | undefined
  /** Already translated; marks the field invalid. */
  readonly error?: string | undefined
  readonly isRequired?: boolean
}

export type Field = FieldBase & {
  readonly type?: 'text' | 'email' | 'password' | 'number' | 'date' | 'time' | 'search' | 'url' | 'tel'
  readonly value?: string | number | null
  readonly placeholder?: string
  readonly autocomplete?: string
  readonly min?: number | string
  readonly max?: number | string
  readonly step?: number | string
  readonly maxLength?: number
  readonly hasAutofocus?: boolean
  /** Shown inside at the right: `s`, `%`. */
  readonly unit?: string
  /** Offered while typing; other text can be sent too, so the server judges it. */
  readonly suggestions?: readonly string[]
}

const notes = (id: string, { hint, error }: FieldBase): Html =>
  html`${hint ? html`<p class="field__hint" id="${id}-hint">${hint}</p>` : ''}${error ? html`<p class="field__error" id="${id}-error">${icon('error', 16)}<span>${error}</span></p>` : ''}`

const describedBy = (id: string, { hint, error }: FieldBase): Html =>
  hint || error ? html` aria-describedby="${[error ? `${id}-error` : '', hint ? `${id}-hint` : ''].join(' ').trim()}"` : html``

export function field(f: Field): Html {
  const id = f.id ?? `f-${f.name}`
  const attribute = (name: string, value: string | number | undefined): Html => (value === undefined ? html`` : html` ${name}="${value}"`)
  return html`
  <div class="field ${f.error ? 'field--invalid' : ''}">
    <label class="field__label" for="${id}">${f.label}</label>
    <div class="field__box ${f.unit ? 'field__box--unit' : ''}">
      <input class="input" id="${id}" name="${f.name}" type="${f.type ?? 'text'}" value="${f.value ?? ''}"${attribute('placeholder', f.placeholder)}${attribute('autocomplete', f.autocomplete)}${attribute('min', f.min)}${attribute('max', f.max)}${attribute('step', f.step)}${attribute('maxlength', f.maxLength)}${describedBy(id, f)}${f.error ? html` aria-invalid="true"` : ''}${f.isRequired ? html` required` : ''}${f.hasAutofocus ? html` autofocus` : ''}${f.suggestions ? html` list="${id}-list"` : ''}>
      ${f.suggestions ? html`<datalist id="${id}-list">${f.suggestions.map((word) => html`<option value="${word}"></option>`)}</datalist>` : ''}
      ${f.unit ? html`<span class="field__unit" aria-hidden="true">${f.unit}</span>` : ''}
    </div>
    ${notes(id, f)}
  </div>`
}

/** `data` becomes `data-*` attributes of the option, for cascades. */
export type Option = { readonly value: string; readonly label: string; readonly data?: Readonly<Record<string, string>> }

const dataAttributes = (data: Readonly<Record<string, string>> = {}): readonly Html[] =>
  Object.entries(data).map(([name, value]) => html` data-${name}="${value}"`)

export type Select = FieldBase & { readonly options: readonly Option[]; readonly value?: string | null }

export function select(f: Select): Html {
  const id = f.id ?? `f-${f.name}`
  return html`
  <div class="field ${f.error ? 'field--invalid' : ''}">
    <label class="field__label" for="${id}">${f.label}</label>
    <div class="field__box field__box--select">
      <select class="input" id="${id}" name="${f.name}"${describedBy(id, f)}${f.error ? html` aria-invalid="true"` : ''}${f.isRequired ? html` required` : ''}>
        ${f.options.map((o) => html`<option value="${o.value}"${dataAttributes(o.data)}${o.value === (f.value ?? '') ? html` selected` : ''}>${o.label}</option>`)}
      </select>
      ${icon('expand_more', 16)}
    </div>
    ${notes(id, f)}
  </div>`
}

export type MultiSelect = FieldBase & {
  readonly options: readonly (Option & { readonly color?: string; readonly note?: string })[]
  readonly values: readonly string[]
  /** Shown when nothing is chosen: "Todas las áreas". */
  readonly allLabel: string
  readonly language: Language
}

/** Check boxes behind a summary: works without JavaScript; with it, it searches and says how many are chosen. */
export function multiSelect(f: MultiSelect): Html {
  const t = translator(uiMessages, f.language)
  const id = f.id ?? `f-${f.name}`
  const chosen = new Set(f.values)
  const summary =
    chosen.size === 0
      ? f.allLabel
      : chosen.size === 1
        ? (f.options.find((o) => chosen.has(o.value))?.label ?? f.allLabel)
        : t('multiselect.chosen', { count: chosen.size })
  return html`
  <div class="field ${f.error ? 'field--invalid' : ''}">
    <span class="field__label" id="${id}-label">${f.label}</span>
    <details class="multi" id="${id}" data-multi data-all="${f.allLabel}" data-chosen="${t('multiselect.chosen', { count: '{count}' })}">
      <summary class="input multi__summary" aria-labelledby="${id}-label ${id}-value"><span id="${id}-value" data-multi-value>${summary}</span>${icon('expand_more', 16)}</summary>
      <div class="multi__panel">
        ${f.options.length > 7 ? html`<label class="multi__search">${icon('search', 16)}<input class="multi__query" type="search" aria-label="${t('multiselect.search')}" placeholder="${t('multiselect.search')}" data-multi-query autocomplete="off"></label>` : ''}
        <ul class="multi__list" aria-labelledby="${id}-label">
          ${f.options.map(
            (
              o,
            ) => html`<li${dataAttributes(o.data)}><label class="check"><input type="checkbox" name="${f.name}" value="${o.value}"${chosen.has(o.value) ? html` checked` : ''}>
              ${o.color ? swatch(o.color) : ''}<span class="check__text">${o.label}</span>${o.note ? html`<span class="check__note">${o.note}</span>` : ''}</label></li>`,
          )}
        </ul>
        <p class="multi__none" hidden data-multi-none>${t('multiselect.none')}</p>
      </div>
    </details>
    ${notes(id, f)}
  </div>`
}

/** A colour from data: an SVG attribute, because the CSP refuses style attributes. Anything but #RGB or #RRGGBB is grey. */
export const swatch = (color: string): Html =>
  html`<svg class="swatch" width="10" height="10" viewBox="0 0 10 10" aria-hidden="true"><circle cx="5" cy="5" r="5" fill="${/^#([0-9a-f]{3}|[0-9a-f]{6})$/i.test(color) ? color : '#888888'}"/></svg>`

/** A file to send. With the script a button in the page's language opens the choice and says what was chosen; without it, the browser's own field. */
export const fileField = ({
  name,
  label,
  choose,
  accept,
  id = `f-${name}`,
  hint,
}: FieldBase & { readonly choose: string; readonly accept: string }): Html => html`
  <div class="field">
    <label class="field__label" for="${id}">${label}</label>
    <div class="file">
      <input class="input file__input" id="${id}" name="${name}" type="file" accept="${accept}" required${describedBy(id, { name, label, hint })}>
      <span class="btn btn--secondary js-only" aria-hidden="true" data-file-for="${id}">${icon('add')}<span>${choose}</span></span>
      <span class="file__name js-only" id="${id}-name" data-file-name></span>
    </div>
    ${notes(id, { name, label, hint })}
  </div>`

/** A switch. The hidden field before it makes "off" travel in a GET form; readers take the last value. */
export const toggle = ({
  name,
  label,
  isOn,
  hint,
  id = `f-${name}`,
}: {
  name: string
  label: string
  isOn: boolean
  hint?: string
  id?: string
}): Html => html`
  <div class="field">
    <input type="hidden" name="${name}" value="0">
    <label class="switch" for="${id}"><span class="switch__text">${label}</span><input class="switch__input" id="${id}" type="checkbox" role="switch" name="${name}" value="1"${isOn ? html` checked` : ''}${hint ? html` aria-describedby="${id}-hint"` : ''}><span class="switch__track" aria-hidden="true"></span></label>
    ${hint ? html`<p class="field__hint" id="${id}-hint">${hint}</p>` : ''}
  </div>`
