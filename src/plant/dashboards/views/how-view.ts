/** "How is this computed?": the rule in words, the formula with this answer's own numbers, its inputs per line, and what was left out. */

import { formatNumber, type Language } from '../../../platform/i18n/index.ts'
import { type Html, html } from '../../../platform/ui/index.ts'
import type { KpiInputs } from '../widgets/kpi-data.ts'
import type { WidgetResult } from '../widgets/widget.ts'
import { amount, localText, secondsText } from './amounts.ts'
import { formulas } from './formulas.ts'
import { type WidgetView, words } from './model.ts'
import { scopeText } from './scope-text.ts'

function inputsTable(inputs: KpiInputs, caption: string, language: Language): Html {
  const t = words(language)
  const unit = inputs.performance_unit
  const unitText = unit === 'units_per_minute' || unit === 'units_per_hour' || unit === 'percent' ? t(`how.unit.${unit}`) : unit
  const heads = [
    t('chart.line_name'),
    t('how.scheduled'),
    t('how.planned_stop'),
    t('how.pbt'),
    t('how.downtime'),
    t('how.apt'),
    t('how.rated'),
    t('how.ideal'),
    t('how.pq'),
    t('how.gq'),
  ]
  return html`
  <div class="table-scroll" tabindex="0" role="region" aria-label="${caption}"><table class="table"><caption class="sr-only">${caption}</caption>
    <thead><tr>${heads.map((head, i) => html`<th scope="col" class="${i === 0 ? '' : 'num'}">${head}</th>`)}</tr></thead>
    <tbody>${inputs.lines.map(
      (line) => html`<tr><th scope="row" class="row-head">${line.line_name}</th>
        <td class="num">${secondsText(line.scheduled_seconds)}</td><td class="num">${secondsText(line.planned_stop_seconds)}</td><td class="num">${secondsText(line.planned_busy_time_seconds)}</td>
        <td class="num">${secondsText(line.downtime_seconds)}</td><td class="num">${secondsText(line.actual_production_time_seconds)}</td>
        <td class="num">${amount(line.rated_performance, language, 2)} ${unitText}</td><td class="num">${line.ideal_minutes === null ? '—' : `${formatNumber(line.ideal_minutes, language, 1)} min`}</td>
        <td class="num">${amount(line.processed_quantity, language)}</td><td class="num">${amount(line.good_quantity, language)}</td></tr>`,
    )}</tbody></table></div>`
}

export function howView(view: WidgetView, result: WidgetResult): Html {
  const { language, board } = view
  const t = words(language)
  const { metadata } = result
  const explanation = typeof metadata.explanation === 'string' ? metadata.explanation : ''
  const steps = result.data === null ? [] : formulas(String(metadata.class_name), result.data, language)
  const inputs = (result.data as { inputs?: KpiInputs } | null)?.inputs
  const unplanned = inputs?.lines.reduce((sum, line) => sum + line.unplanned_production, 0) ?? 0
  const unaccounted = inputs?.lines.reduce((sum, line) => sum + (line.unaccounted_quantity ?? 0), 0) ?? 0
  const newest = typeof metadata.newest_detection === 'string' ? metadata.newest_detection : null
  const notes = [
    t('how.excluded.future'),
    ...(inputs ? [t('how.excluded.filters')] : []),
    ...(unplanned > 0 ? [t('how.excluded.unplanned', { value: amount(unplanned, language) })] : []),
    ...(unaccounted !== 0 ? [t('how.unaccounted', { value: amount(unaccounted, language) })] : []),
  ]
  return html`
  <div class="how">
    <p>${explanation}</p>
    ${
      steps.length > 0
        ? html`<section><h3 class="how__head">${t('how.formula')}</h3><dl class="formula">${steps.map(
            (step) =>
              html`<div class="formula__row"><dt>${step.name}</dt><dd><span class="formula__parts">${step.parts}</span><span class="formula__result">= ${step.result}</span></dd></div>`,
          )}</dl></section>`
        : ''
    }
    ${inputs && inputs.lines.length > 0 ? html`<section><h3 class="how__head">${t('how.inputs')}</h3>${inputsTable(inputs, t('how.inputs'), language)}</section>` : ''}
    <section><h3 class="how__head">${t('how.scope')}</h3>
      <dl class="facts">${scopeText(board, language).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}${newest ? html`<dt>${t('how.newest')}</dt><dd>${localText(newest, language, true)}</dd>` : ''}</dl>
      ${view.rowsHref ? html`<p class="how__rows"><a class="link" href="${view.rowsHref}">${t('how.rows')}</a></p>` : ''}</section>
    <section><h3 class="how__head">${t('how.not_included')}</h3><ul class="how__notes">${notes.map((note) => html`<li>${note}</li>`)}</ul></section>
  </div>`
}
