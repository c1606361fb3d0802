/** The page of settings: one form, its effect on yesterday before it is saved. */
import { formatInstant, formatNumber, formatRatio, type Text, translator } from '../../../platform/i18n/index.ts'
import { type Clock, formatLocalTime, zoneOf } from '../../../platform/time/index.ts'
import {
  banner,
  button,
  card,
  csrf,
  field,
  type Html,
  html,
  linkButton,
  multiSelect,
  type PageContext,
  select,
  table,
  toggle,
} from '../../../platform/ui/index.ts'
import { isTimeZone, type PlantModel, performanceUnits } from '../../model/index.ts'
import type { Effect } from '../effect.ts'
import { effectCard } from '../effect-view.ts'
import { configurationPaths } from '../paths.ts'
import { type Asker, configurationPage } from '../shell.ts'
import type { SettingsForm, Shown } from './form.ts'
import type { ImpliedRate } from './implied.ts'
import { settingsMessages } from './messages.ts'

export type SettingsPage = {
  readonly model: PlantModel
  readonly nowMs: ReturnType<Clock['nowMs']>
  /** What the form starts from, sent along so that only what was touched is changed. */
  readonly shown: Shown
  readonly version: string
  readonly form: SettingsForm
  readonly edited: { readonly by: string | null; readonly atMs: number } | null
  readonly warnings: readonly Text[]
  readonly implied: readonly ImpliedRate[]
  readonly errors: Readonly<Record<string, string>>
  readonly refusal: string | null
  readonly note: 'saved' | 'nothing' | null
  /** Undefined: not asked for. */
  readonly effect?: Effect | null
}

type Words = (key: keyof typeof settingsMessages & string, parameters?: Readonly<Record<string, string | number>>) => string

const timeZones = Intl.supportedValuesOf('timeZone')

export function settingsPage(page: PageContext, actor: Asker, view: SettingsPage): Html {
  const t: Words = translator(settingsMessages, page.language)
  const path = page.url(configurationPaths.settings(actor.tenant.slug))
  const { edited, shown } = view
  return configurationPage({
    page,
    actor,
    current: 'settings',
    subtitle: t('subtitle'),
    body: html`
      ${notes(page, view, t)}
      <form class="stack" id="settings" method="post" action="${path}">
        ${csrf(page)}
        <input type="hidden" name="version" value="${view.version}">
        <input type="hidden" name="shown" value="${JSON.stringify(shown)}">
        ${view.effect === undefined ? '' : effectPart(page, view, path, t)}
        ${timeCard(view, t)}
        ${speedCard(page, view, t)}
        ${stopsCard(page, view, t)}
        ${linesCard(page, view, t)}
        <div class="cluster">
          ${button({ label: t('preview'), look: view.effect === undefined ? 'primary' : 'secondary', name: 'action', value: 'preview' })}
          <span class="muted">${t('preview.hint')}</span>
        </div>
      </form>
      ${edited ? html`<p class="muted">${t('edited', { by: edited.by ?? t('someone'), at: formatInstant(edited.atMs, page.language, shown.timezone) })}</p>` : ''}`,
  })
}

function notes(page: PageContext, { note, refusal, errors, warnings }: SettingsPage, t: Words): Html {
  return html`
    ${note === 'saved' ? banner({ tone: 'success', body: t('saved') }) : ''}
    ${note === 'nothing' ? banner({ tone: 'info', body: t('nothing') }) : ''}
    ${refusal ? banner({ tone: 'danger', title: t('refused'), body: refusal }) : ''}
    ${Object.keys(errors).length > 0 ? banner({ tone: 'danger', title: t('refused'), body: t('check') }) : ''}
    ${warnings.length > 0 ? banner({ tone: 'warning', title: t('unreadable'), body: warnings.map((warning) => warning[page.language]).join(' ') }) : ''}`
}

function effectPart(page: PageContext, { effect = null, form, shown }: SettingsPage, path: string, t: Words): Html {
  const moved = form.timezone.trim() !== shown.timezone
  const actions = html`<div class="cluster">
    ${button({ label: t('save'), look: 'primary', name: 'action', value: 'save' })}
    ${linkButton({ label: t('discard'), href: path })}
  </div>`
  return html`
    ${moved ? banner({ tone: 'warning', body: t('timezone.change', { from: shown.timezone, to: form.timezone.trim() }) }) : ''}
    ${effectCard(effect, page.language, actions)}`
}

function timeCard({ form, errors, nowMs, shown }: SettingsPage, t: Words): Html {
  const timeZone = isTimeZone(form.timezone) ? form.timezone : shown.timezone
  const now = formatLocalTime(zoneOf(timeZone).toLocalS(Math.floor(nowMs / 1_000)))
  return card({
    title: t('time'),
    body: html`<div class="form-grid">
      ${field({
        name: 'timezone',
        label: t('timezone'),
        value: form.timezone,
        hint: t('timezone.hint', { now }),
        error: errors.timezone,
        suggestions: timeZones,
        isRequired: true,
        maxLength: 60,
        autocomplete: 'off',
      })}
      ${select({
        name: 'shift_range_mode',
        label: t('shift_range_mode'),
        value: form.shiftRangeMode,
        hint: t('shift_range_mode.hint'),
        error: errors.shift_range_mode,
        options: (['clip', 'extend'] as const).map((value) => ({ value, label: t(`shift_range_mode.${value}`) })),
      })}
    </div>`,
  })
}

function speedCard({ language }: PageContext, { form, errors, implied }: SettingsPage, t: Words): Html {
  const mean = (perMinute: number, effectiveness: number | null): Html =>
    html`${formatNumber(perMinute, language, perMinute < 10 ? 2 : 0)}/min · <strong>${formatRatio(effectiveness, language)}</strong>`
  const figures = table({
    id: 'implied',
    caption: t('implied'),
    language,
    isStacked: true,
    columns: [
      { key: 'line', label: t('line'), isSortable: false },
      { key: 'stored', label: t('stored'), align: 'end', isSortable: false },
      { key: 'minute', label: t('unit.units_per_minute'), align: 'end', isSortable: false },
      { key: 'hour', label: t('unit.units_per_hour'), align: 'end', isSortable: false },
    ],
    rows: implied.map((line) => ({
      key: String(line.lineId),
      cells: [
        { content: line.lineName },
        { content: formatNumber(line.performance, language, Number.isInteger(line.performance) ? 0 : 2) },
        { content: mean(line.performance, line.effectivenessPerMinute) },
        { content: mean(line.performance / 60, line.effectivenessPerHour) },
      ],
    })),
  })
  return card({
    title: t('speed'),
    body: html`<div class="stack">
      <div class="form-grid">${select({
        name: 'performance_unit',
        label: t('performance_unit'),
        value: form.performanceUnit,
        error: errors.performance_unit,
        options: performanceUnits.map((value) => ({ value, label: t(`unit.${value}`) })),
      })}</div>
      <details class="disclosure"><summary>${t('implied')}</summary><div class="stack"><p class="muted">${t('implied.hint')}</p>${figures}</div></details>
    </div>`,
  })
}

function stopsCard({ language }: PageContext, { form, errors, model }: SettingsPage, t: Words): Html {
  const known =
    form.reasonTarget === 'failure'
      ? [...model.failures.values()].map((failure) => ({ code: failure.failureId, label: failure.description, note: failure.typeFailure }))
      : [...model.incidents.values()].map((incident) => ({
          code: incident.incidentId,
          label: incident.description,
          note: model.failures.get(incident.failureId)?.typeFailure ?? '',
        }))
  const unknown = form.plannedCodes.filter((code) => !known.some((one) => String(one.code) === code))
  const options = [
    ...known.map(({ code, label, note }) => ({ value: String(code), label: label || t('code', { code }), ...(note && { note }) })),
    ...unknown.map((code) => ({ value: code, label: t('code', { code }) })),
  ]
  const plannedError = Object.entries(errors).find(([path]) => path.startsWith('planned_stop_codes'))?.[1]
  const seconds = (name: 'stop_from' | 'breakdown_from', value: string) =>
    field({
      name,
      label: t(name),
      hint: t(`${name}.hint`),
      value,
      type: 'number',
      min: 1,
      max: 86_400,
      unit: 's',
      isRequired: true,
      error: errors[`downtime.${name}_seconds`],
    })
  return card({
    title: t('stops'),
    body: html`<div class="form-grid">
      ${multiSelect({
        name: 'planned_stop_codes',
        label: t('planned'),
        hint: t('planned.hint'),
        allLabel: t('planned.none'),
        options,
        values: form.plannedCodes,
        error: plannedError,
        language,
      })}
      ${select({
        name: 'reason_target',
        label: t('reason_target'),
        value: form.reasonTarget,
        error: errors['downtime.reason_target'],
        options: (['incident', 'failure'] as const).map((value) => ({ value, label: t(`reason_target.${value}`) })),
      })}
      ${seconds('stop_from', form.stopFromS)}
      ${seconds('breakdown_from', form.breakdownFromS)}
      ${toggle({ name: 'job', label: t('job'), isOn: form.isJobOn, hint: t('job.hint') })}
    </div>`,
  })
}

function linesCard({ language }: PageContext, { form, errors, model }: SettingsPage, t: Words): Html {
  const shifts = model.shifts.filter(({ isActive }) => isActive)
  const lines = model.lines.filter(({ isActive }) => isActive)
  const shiftsOf = (lineId: number): Html =>
    shifts.length === 0
      ? html`<span class="muted">${t('shifts.none')}</span>`
      : html`<span class="checks">${shifts.map(
          ({ shiftId, shiftName }) =>
            html`<label class="check"><input type="checkbox" name="shifts" value="${lineId}:${shiftId}"${form.shifts.includes(`${lineId}:${shiftId}`) ? html` checked` : ''}><span class="check__text">${shiftName}</span></label>`,
        )}</span>${fault(errors[`line_shifts.${lineId}`])}`
  const limitOf = (lineId: number, lineName: string): Html =>
    html`<input type="hidden" name="limit_line" value="${lineId}"><span class="limit"><input class="input" type="number" name="limit" min="1" max="44640" step="any" value="${form.limits[lineId] ?? ''}" placeholder="${t('limit.none')}" aria-label="${t('limit.of', { line: lineName })}"> ${t('minutes')}</span>${fault(errors[`no_data_after.${lineId}`])}`
  return card({
    title: t('lines'),
    subtitle: t('lines.hint'),
    body: table({
      id: 'lines',
      caption: t('lines'),
      language,
      isStacked: true,
      columns: [
        { key: 'line', label: t('line'), isSortable: false },
        { key: 'shifts', label: t('shifts'), isSortable: false },
        { key: 'limit', label: t('limit'), isSortable: false },
      ],
      rows: lines.map(({ lineId, lineName }) => ({
        key: String(lineId),
        cells: [{ content: lineName }, { content: shiftsOf(lineId) }, { content: limitOf(lineId, lineName) }],
      })),
    }),
  })
}

const fault = (error: string | undefined): Html => (error ? html`<p class="field__error" role="alert">${error}</p>` : html``)
