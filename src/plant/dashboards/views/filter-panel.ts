/** The filter panel: drawn from the customer's filter rows. A plain GET form, so a view is its address and works without JavaScript. */
import { lastYear } from '../../../platform/time/index.ts'
import {
  button,
  field,
  type Html,
  html,
  hx,
  icon,
  linkButton,
  multiSelect,
  type Option,
  select,
  toggle,
} from '../../../platform/ui/index.ts'
import { plantPaths } from '../../navigation.ts'
import type { FilterDescription, FilterOption } from '../../scope/index.ts'
import { type DashboardPage, type Preset, words } from './model.ts'

const presets: readonly Preset[] = ['today', 'yesterday', 'last_7_days', 'this_month', 'last_month']

/** These only redraw what is on the page; the browser applies them at once. */
const presentation = new Set(['CurveTypeFilter', 'HighlightPeaksFilter', 'ShowDowntimeFilter'])

const text = (value: unknown): string => (value === null || value === undefined ? '' : String(value))
const isOn = (value: unknown): boolean => value === true || value === 1 || value === '1' || value === 'true' || value === 'on'

type Model = Pick<DashboardPage, 'page' | 'panel'>

/** `action`: the page that it filters, with BASE_PATH. `hidden`: what else its address keeps. */
export function filterPanel(model: Model & { readonly action: string; readonly hidden?: Html }): Html {
  const { page, panel, action } = model
  const t = words(page.language)
  const query = panel.filters.filter((f) => !presentation.has(f.class_name))
  const looks = panel.filters.filter((f) => presentation.has(f.class_name))
  return html`
  <form class="filters" id="filters-form" method="get" action="${action}" autocomplete="off" data-filters${hx(page, { get: action, target: '#board', swap: 'outerHTML', 'push-url': 'true', indicator: '#progress', sync: 'this:replace' })}>
    <header class="filters__head"><h2 class="filters__title">${icon('filter_list')}${t('filters.title')}</h2><a class="icon-btn filters__close" href="#content" data-drawer-close aria-label="${t('filters.close')}">${icon('close')}</a></header>
    <div class="filters__body">
      ${model.hidden ?? ''}
      ${query.map((f) => control(model, f))}
      ${looks.length > 0 ? html`<fieldset class="filters__group"><legend>${t('filters.group.presentation')}</legend>${looks.map((f) => control(model, f))}</fieldset>` : ''}
    </div>
    <footer class="filters__foot">${button({ label: t('filters.apply'), look: 'primary', isWide: true })}${linkButton({ label: t('filters.clear'), href: action, look: 'quiet' })}</footer>
  </form>`
}

/** Where the company has several plants, the way to the page that lays them side by side. */
function comparison({ page }: Model, { options }: FilterDescription): Html {
  const slug = page.user?.company?.slug
  const plants = options.filter(({ value }) => String(value).startsWith('plant_'))
  if (slug === undefined || page.user?.isScreen || plants.length < 2) return html``
  return html`<a class="link" href="${page.url(plantPaths.plants(slug))}">${words(page.language)('filters.compare_plants')}</a>`
}

function control(model: Model, filter: FilterDescription): Html {
  const { panel, page } = model
  const { language } = page
  const t = words(language)
  const name = filter.param_name
  const value = panel.values[name] ?? filter.default_value
  const error = panel.errors.get(name) ?? (name === 'line_id' ? panel.errors.get('line_ids') : undefined)
  const base = { name, label: filter.label, id: `filter-${name}`, error }
  switch (filter.class_name) {
    case 'DateRangeFilter':
      return dateRange(model, filter, error)
    case 'ProductionLineFilter':
      return html`${lineSelect(model, filter, error)}${comparison(model, filter)}`
    case 'ShiftFilter':
      return select({
        ...base,
        options: [{ value: '', label: t('filters.all_shifts') }, ...filter.options.map(shiftOption)],
        value: text(value),
      })
    case 'AreaFilter':
      return multiSelect({
        ...base,
        language,
        values: ids(value),
        allLabel: t('filters.all_areas'),
        options: filter.options.map((o) => ({ ...plain(o), data: { line: text(o.extra?.line_id) } })),
      })
    case 'ProductFilter':
      return multiSelect({
        ...base,
        language,
        values: ids(value),
        allLabel: t('filters.all_products'),
        options: filter.options.map((o) => ({ ...plain(o), color: text(o.extra?.product_color), note: text(o.extra?.product_code) })),
      })
    case 'DowntimeThresholdFilter':
      return field({
        ...base,
        type: 'number',
        value: text(value),
        min: 1,
        max: 86_400,
        step: 1,
        unit: 's',
        hint: t('filters.threshold_hint'),
        placeholder: filter.placeholder,
      })
    case 'ShowDowntimeFilter':
      return toggle({ ...base, isOn: isOn(value), hint: t('filters.overlay_hint') })
    case 'HighlightPeaksFilter':
      return toggle({ ...base, isOn: isOn(value) })
    case 'OnlyFilter': {
      const hour = text(filter.ui_config.target_hour ?? 2).padStart(2, '0')
      return html`${toggle({ ...base, label: t('filters.hour', { hour }), isOn: isOn(value) })}`
    }
    case 'SearchFilter':
      return field({ ...base, type: 'search', value: text(value), placeholder: filter.placeholder, maxLength: 1_000 })
    default:
      return generic(filter, base, value, language, t('filters.all'))
  }
}

/** Types that look like any other control of their kind. */
function generic(
  filter: FilterDescription,
  base: { name: string; label: string; id: string; error: string | undefined },
  value: unknown,
  language: 'es' | 'en',
  allLabel: string,
): Html {
  switch (filter.filter_type) {
    case 'dropdown':
      return select({
        ...base,
        options: [...(filter.required ? [] : [{ value: '', label: allLabel }]), ...filter.options.map(plain)],
        value: text(value),
      })
    case 'multiselect':
      return multiSelect({ ...base, language, values: ids(value), allLabel, options: filter.options.map(plain) })
    case 'toggle':
      return toggle({ ...base, isOn: isOn(value) })
    case 'number':
      return field({ ...base, type: 'number', value: text(value) })
    default:
      return field({ ...base, value: text(value), placeholder: filter.placeholder })
  }
}

const plain = (o: FilterOption): Option => ({ value: text(o.value), label: o.label })
const lineOption = (o: FilterOption): Option => ({
  ...plain(o),
  data: {
    lines: Array.isArray(o.extra?.line_ids) ? o.extra.line_ids.join(',') : text(o.value),
    group: o.extra?.is_group === true ? '1' : '',
  },
})

/** Several lines of the address are one more choice: without it the next "Apply" would show others. */
function lineSelect({ panel, page }: Model, filter: FilterDescription, error: string | undefined): Html {
  const { param_name: name, label, default_value: fallback } = filter
  const chosen = ids(panel.values.line_ids)
  const several: Option = {
    value: '',
    label: words(page.language)('filters.lines_chosen', { count: chosen.length }),
    data: { lines: chosen.join(','), group: '1', several: '1' },
  }
  const value = chosen.length > 1 ? '' : text(chosen[0] ?? panel.values[name] ?? fallback)
  const options = [...(chosen.length > 1 ? [several] : []), ...filter.options.map(lineOption)]
  return select({ name, label, id: `filter-${name}`, error, options, value })
}

const shiftOption = (o: FilterOption): Option => ({
  value: text(o.value),
  label:
    o.extra?.start_time === undefined
      ? o.label
      : `${o.label} · ${text(o.extra.start_time).slice(0, 5)}–${text(o.extra.end_time).slice(0, 5)}`,
})
const ids = (value: unknown): string[] =>
  Array.isArray(value)
    ? value.map(String)
    : text(value)
        .split(',')
        .filter((id) => id !== '')

function dateRange({ panel, page }: Model, filter: FilterDescription, error: string | undefined): Html {
  const t = words(page.language)
  const defaults = filter.default_value as Readonly<Record<string, string>> | null
  const value = (name: string) => text(panel.values[name] ?? defaults?.[name])
  const part = (name: 'start_date' | 'start_time' | 'end_date' | 'end_time', type: 'date' | 'time') => html`
    <input class="input" id="filter-${name}" name="${name}" type="${type}"${type === 'date' ? html` min="2000-01-01" max="${lastYear}-12-31"` : ''} value="${value(name).slice(0, type === 'time' ? 5 : 10)}" aria-label="${t(`filters.${name}`)}"${error ? html` aria-invalid="true"` : ''}>`
  return html`
  <fieldset class="range" id="filter-range">
    <legend class="field__label">${filter.label}</legend>
    <div class="presets" role="group" aria-label="${t('filters.presets')}">${presets.map(
      (preset) =>
        html`<button class="chip" id="preset-${preset}" type="submit" formnovalidate name="preset" value="${preset}" aria-pressed="${preset === panel.preset ? 'true' : 'false'}">${t(`preset.${preset}`)}</button>`,
    )}</div>
    <div class="range__row"><span class="range__word">${t('filters.start_date')}</span>${part('start_date', 'date')}${part('start_time', 'time')}</div>
    <div class="range__row"><span class="range__word">${t('filters.end_date')}</span>${part('end_date', 'date')}${part('end_time', 'time')}</div>
    ${error ? html`<p class="field__error" id="filter-daterange-error">${icon('error', 16)}<span>${error}</span></p>` : ''}
  </fieldset>`
}

/** The dates as the server understood them, beside a fragment: after a preset, or corrected. */
export function rangePartial(model: Model): Html {
  const filter = model.panel.filters.find((f) => f.class_name === 'DateRangeFilter')
  return filter
    ? html`<hx-partial hx-target="#filter-range" hx-swap="outerHTML">${dateRange(model, filter, model.panel.errors.get('daterange'))}</hx-partial>`
    : html``
}
