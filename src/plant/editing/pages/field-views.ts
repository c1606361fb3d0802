/** A record's fields as form controls: the same for adding and changing. */
import { field, type Html, html, select, swatch, toggle } from '../../../platform/ui/index.ts'
import type { Entity, Line, PlantModel } from '../../model/index.ts'
import { classOf, type FilterClass, filterTypes } from '../../scope/index.ts'
import { areaTypes, definitions } from '../definitions.ts'
import type { Field } from '../fields.ts'
import type { JsonValue } from '../values.ts'
import { filterTyped, groupSlots } from './filter-form.ts'
import { listOf, type Typed, textOf } from './form.ts'
import { maybeWord, type Word, type Words } from './messages.ts'

export type FieldsView = {
  readonly entity: Entity
  readonly typed: Typed
  /** What the record says now; nothing of a new one. */
  readonly was: Typed
  readonly errors: Readonly<Record<string, string>>
  /** What somebody else saved meanwhile, by field. */
  readonly now: Readonly<Record<string, string>>
  readonly model: PlantModel
  readonly language: 'es' | 'en'
  readonly t: Words
}

const units: Readonly<Record<string, string>> = { availability: '%', downtime_threshold: 's', product_weight: 'kg' }
const maxLengths: Readonly<Record<string, number>> = {
  line_name: 100,
  line_code: 50,
  area_name: 50,
  product_name: 100,
  product_code: 50,
  shift_name: 50,
  type_failure: 100,
  incident_code: 10,
}

export function fieldsOf(view: FieldsView): Html {
  const { entity } = view
  if (entity === 'filter') return filterFields(view)
  const { fields } = definitions[entity]
  const flags = fields.filter(({ kind }) => kind === 'flag')
  return html`
  <div class="form-grid">${fields.filter(({ kind }) => kind !== 'flag').map((one) => control(view, one))}</div>
  ${flags.length > 0 ? html`<div class="form-grid">${flags.map((one) => control(view, one))}</div>` : ''}`
}

const labelOf = ({ entity, t }: FieldsView, name: string): string => t(`${entity}.${name}` as Word)

function hintOf({ entity, t, now }: FieldsView, name: string): string | undefined {
  const word = maybeWord(`${entity}.${name}.hint`)
  const parts = [now[name] === undefined ? null : t('conflict.now', { value: now[name] }), word && t(word)].filter((part) => part !== null)
  return parts.length > 0 ? parts.join(' ') : undefined
}

function control(view: FieldsView, one: Field): Html {
  const { name, kind } = one
  const { typed, errors, t } = view
  const shared = { name, label: labelOf(view, name), hint: hintOf(view, name), error: errors[name] }
  const value = textOf(typed, name)
  switch (kind) {
    case 'flag':
      return html`<div>${toggle({ name, label: shared.label, isOn: value === '1', ...(shared.hint !== undefined && { hint: shared.hint }) })}${fault(errors[name])}</div>`
    case 'choice':
      return select({ ...shared, value, isRequired: true, options: typeOptions(value, t) })
    case 'reference':
      return select({ ...shared, value, isRequired: true, options: referenceOptions(view, one, value) })
    case 'days':
      return dayBoxes(view, name)
    case 'color':
      return colorChoice(view, name)
    case 'number':
      return field({
        ...shared,
        value,
        type: 'number',
        ...limitsOf(view, name),
        isRequired: one.initial === undefined,
        ...unitOf(view, name),
      })
    case 'time':
      return field({ ...shared, value, type: 'time', isRequired: true, ...(value.length > 5 && { step: 1 }) })
    default:
      return field({
        ...shared,
        value,
        isRequired: one.initial === undefined,
        autocomplete: 'off',
        maxLength: maxLengths[name] ?? 255,
        ...unitOf(view, name),
      })
  }
}

/** What the customer wrote may stay: a browser would not send a form with a number that its own limits refuse. */
function limitsOf({ was }: FieldsView, name: string): { readonly step: number | 'any'; readonly min?: number } {
  const stored = Number(textOf(was, name))
  return { step: Number.isInteger(stored) ? 1 : 'any', ...(stored >= 0 && { min: 0 }) }
}

/** A line's speed is in the unit that the company chose in its settings. */
const unitOf = ({ entity, model, t }: FieldsView, name: string): { readonly unit?: string } => {
  if (entity === 'line' && name === 'performance') return { unit: t(`unit.${model.settings.performanceUnit}`) }
  const unit = name === 'production_std' ? t('unit.per_hour') : units[name]
  return unit === undefined ? {} : { unit }
}

const fault = (error: string | undefined): Html => (error === undefined ? html`` : html`<p class="field__error" role="alert">${error}</p>`)

/** A type of the customer's own stays among the choices. */
const typeOptions = (value: string, t: Words) => {
  const own = value !== '' && !areaTypes.some((type) => type === value) ? [{ value, label: value }] : []
  return [...areaTypes.map((type) => ({ value: type, label: t(`type.${type}`) })), ...own]
}

/** A record that is gone stays among the choices: a browser would take the first of the others. */
function referenceOptions({ model, t }: FieldsView, { refersTo }: Field, value: string) {
  const all =
    refersTo === 'line'
      ? model.lines.map(({ lineId, lineName, isActive }) => ({ id: lineId, label: lineName, isOffered: isActive }))
      : [...model.failures.values()].map(({ failureId, typeFailure, isRetired }) => ({
          id: failureId,
          label: typeFailure,
          isOffered: !isRetired,
        }))
  const options = all
    .filter(({ id, isOffered }) => isOffered || String(id) === value)
    .map(({ id, label }) => ({ value: String(id), label }))
  if (value === '' || options.some((option) => option.value === value)) return options
  return [...options, { value, label: missing(t, refersTo === 'line' ? 'line' : 'failure', value) }]
}

const missing = (t: Words, entity: Entity, id: string | number): string => t('missing', { what: t(`${entity}.one`), id })

function dayBoxes(view: FieldsView, name: string): Html {
  const { t, typed, errors } = view
  const chosen = new Set(listOf(typed, name))
  const hint = hintOf(view, name)
  return html`
  <fieldset class="field day-boxes ${errors[name] ? 'field--invalid' : ''}"${errors[name] ? html` aria-describedby="f-${name}-error"` : ''}>
    <legend class="field__label">${labelOf(view, name)}</legend>
    <div class="checks">${[1, 2, 3, 4, 5, 6, 7].map(
      (day) =>
        html`<label class="check"><input type="checkbox" name="${name}" value="${day}"${chosen.has(String(day)) ? html` checked` : ''}><span class="check__text">${t(`day.${day}` as Word)}</span></label>`,
    )}</div>
    ${hint ? html`<p class="field__hint">${hint}</p>` : ''}${errors[name] ? html`<p class="field__error" id="f-${name}-error">${errors[name]}</p>` : ''}
  </fieldset>`
}

/** Colours of the charts, easy to tell apart. */
const palette = ['#3b82f6', '#22c55e', '#ef4444', '#f59e0b', '#8b5cf6', '#ec4899', '#14b8a6', '#f97316'] as const

const isColor = (value: string): boolean => /^#[0-9a-f]{6}$/i.test(value)

/** Choices that work without a script; a colour that the customer wrote as a word may stay. */
function colorChoice(view: FieldsView, name: string): Html {
  const { t, typed, was, errors } = view
  const stored = textOf(was, name)
  const isKept = typed[name] === undefined || textOf(typed, name) === 'keep'
  const value = isKept ? stored : textOf(typed, name)
  const lower = value.toLowerCase()
  const isHex = isColor(value)
  const isOther = value === 'other' || (isHex && !palette.some((color) => color === lower))
  const own = stored !== '' && !isColor(stored) ? stored : null
  const other = textOf(typed, 'other_color') || (isHex ? value : '#2b7cee')
  const option = (choice: string, label: Html | string, isChosen: boolean): Html =>
    html`<label class="check"><input type="radio" name="${name}" value="${choice}"${isChosen ? html` checked` : ''}><span class="check__text">${label}</span></label>`
  return html`
  <fieldset class="field ${errors[name] ? 'field--invalid' : ''}">
    <legend class="field__label">${labelOf(view, name)}</legend>
    <div class="checks colors">
      ${option('', t('color.none'), value === '')}
      ${own === null ? '' : option('keep', own, value === own)}
      ${palette.map((color) => option(color, html`${swatch(color)}<span class="sr-only">${color}</span>`, lower === color))}
      ${option('other', t('color.other'), isOther)}
      <input class="colors__own" type="color" name="other_color" value="${other}" aria-label="${t('color.own')}">
    </div>
    ${fault(errors[name])}
  </fieldset>`
}

const classNames = Object.keys(filterTypes) as readonly FilterClass[]

/** The kind decides which fields make sense; without a script they show once it is saved. */
function filterFields(view: FieldsView): Html {
  const { typed, errors, t, language, model } = view
  const name = textOf(typed, 'filter_name')
  const className = name === '' ? null : classOf({ filterName: name, additionalFilter: readExtra(typed) })
  const known = classNames.filter((one) => filterTypes[one].isAvailable)
  const isOwn = name !== '' && !known.some((one) => one === name)
  const options = [
    ...(isOwn ? [{ value: name, label: className ? `${name} (${filterTypes[className].label[language]})` : name }] : []),
    ...known.map((one) => ({ value: one, label: filterTypes[one].label[language] })),
  ]
  const plain = definitions.filter.fields.filter(({ name: one }) => one === 'display_order' || one === 'is_active' || one === 'description')
  const isShaped = textOf(typed, 'had') !== '' || name === ''
  return html`
  <div class="form-grid">
    ${select({ name: 'filter_name', label: t('filter.filter_name'), value: name, options, error: errors.filter_name, hint: isOwn && className === null ? t('filter.unknown') : hintOf(view, 'filter_name') })}
    ${plain.filter(({ kind }) => kind !== 'flag').map((one) => control(view, one))}
    ${isShaped ? shapedFields(view, className) : ''}
  </div>
  ${plain.filter(({ kind }) => kind === 'flag').map((one) => control(view, one))}
  ${className === 'ProductionLineFilter' && isShaped ? groupFields(view, model.lines) : ''}
  <details class="disclosure"${errors.additional_filter || errors.default_value ? html` open` : ''}><summary>${t('advanced')}</summary>
    <div class="stack">${jsonBox(view, 'additional_filter')}${jsonBox(view, 'default_value')}</div>
  </details>
  <input type="hidden" name="had" value="${textOf(typed, 'had')}">`
}

const readExtra = (typed: Typed): unknown => {
  try {
    return JSON.parse(textOf(typed, 'had') || '{}')
  } catch {
    return null
  }
}

function shapedFields({ typed, t }: FieldsView, className: FilterClass | null): Html {
  const value = (name: string): string => textOf(typed, name)
  const type = className && filterTypes[className]
  return html`
    ${select({
      name: 'required',
      label: t('filter.required'),
      value: value('required'),
      options: [
        { value: '', label: t('filter.own') },
        { value: 'yes', label: t('filter.yes') },
        { value: 'no', label: t('filter.no') },
      ],
    })}
    ${field({ name: 'placeholder', label: t('filter.placeholder'), value: value('placeholder'), maxLength: 100, autocomplete: 'off' })}
    ${className === 'DateRangeFilter' ? field({ name: 'days_back', label: t('filter.days_back'), value: value('days_back'), type: 'number', min: 0, max: 3650 }) : html`<input type="hidden" name="days_back" value="${value('days_back')}">`}
    ${type?.uiType === 'toggle' || type?.uiType === 'number' || type?.valueType === 'choice' ? initialField(className, value('initial'), t) : html`<input type="hidden" name="initial" value="${value('initial')}">`}`
}

function initialField(className: FilterClass | null, value: string, t: Words): Html {
  const shared = { name: 'initial', label: t('filter.initial'), value }
  if (className && filterTypes[className].uiType === 'toggle')
    return select({
      ...shared,
      options: [
        { value: '', label: t('filter.own') },
        { value: 'true', label: t('filter.yes') },
        { value: 'false', label: t('filter.no') },
      ],
    })
  return field({ ...shared, type: className === 'DowntimeThresholdFilter' ? 'number' : 'text', maxLength: 100 })
}

/** A form that did not show them has sent none: what the record says. */
function groupFields({ typed: sent, t }: FieldsView, lines: readonly Line[]): Html {
  const typed = sent.group_alias === undefined ? filterTyped({ additional_filter: readExtra(sent) as JsonValue }) : sent
  const aliases = listOf(typed, 'group_alias')
  const chosen = new Set(listOf(typed, 'group_line'))
  const slots = Math.max(aliases.length, Math.min(groupSlots, aliases.length + 1))
  return html`
  <fieldset class="field"><legend class="field__label">${t('filter.groups')}</legend>
    <p class="field__hint">${t('filter.groups.hint')}</p>
    ${Array.from({ length: slots }, (_, index) => {
      const mine = lines.filter(({ lineId, isActive }) => isActive || chosen.has(`${index}:${lineId}`))
      const gone = [...chosen].flatMap((one) => {
        const [at, id] = one.split(':')
        return at === String(index) && !lines.some(({ lineId }) => String(lineId) === id)
          ? [{ lineId: Number(id), lineName: missing(t, 'line', id ?? '') }]
          : []
      })
      return html`<fieldset class="group-row"><legend class="sr-only">${t('filter.group', { number: index + 1 })}</legend>
        ${field({ name: 'group_alias', id: `f-group-${index}`, label: t('filter.alias'), value: aliases[index] ?? '', maxLength: 100, autocomplete: 'off' })}
        <div class="checks">${[...mine, ...gone].map(
          ({ lineId, lineName }) =>
            html`<label class="check"><input type="checkbox" name="group_line" value="${index}:${lineId}"${chosen.has(`${index}:${lineId}`) ? html` checked` : ''}><span class="check__text">${lineName}</span></label>`,
        )}</div></fieldset>`
    })}
  </fieldset>`
}

const jsonBox = (view: FieldsView, name: 'additional_filter' | 'default_value'): Html => {
  const [error, hint] = [view.errors[name], hintOf(view, name)]
  return html`<div class="field ${error ? 'field--invalid' : ''}"><label class="field__label" for="f-${name}">${labelOf(view, name)}</label>
    <textarea class="input mono" id="f-${name}" name="${name}" rows="5" maxlength="20000" spellcheck="false"${hint ? html` aria-describedby="f-${name}-hint"` : ''}${error ? html` aria-invalid="true"` : ''}>${textOf(view.typed, name)}</textarea>
    ${hint ? html`<p class="field__hint" id="f-${name}-hint">${hint}</p>` : ''}${fault(error)}</div>`
}
