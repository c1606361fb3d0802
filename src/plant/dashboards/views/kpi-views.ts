/** KPI cards. Trends are told by arrow and words, colour only repeats them; null shows its reason. */
import type { Language } from '../../../platform/i18n/index.ts'
import { badge, type Html, html, kpiFigure, type Trend } from '../../../platform/ui/index.ts'
import type {
  KpiAvailabilityData,
  KpiCountData,
  KpiOeeData,
  KpiPerformanceData,
  KpiQualityData,
  KpiRejectedRateData,
  KpiTotalDowntimeData,
  KpiWeightEfficiencyData,
} from '../widgets/kpi-data.ts'
import type { WidgetResult } from '../widgets/widget.ts'
import { amount, kpiText, minutesText, percentText, signed } from './amounts.ts'
import { type WidgetView, words } from './model.ts'

const lessIsBetter = new Set(['KpiTotalDowntime', 'KpiRejectedRate'])

/** A count of an unfinished range lies below that of the whole range before it: that is the hour, not good or bad news, and the note says so. */
export function trendOf(
  { language, board }: { readonly language: Language; readonly board: Pick<WidgetView['board'], 'scope'> },
  className: string,
  value: number | null,
  unit: string,
): Trend | null {
  if (value === null) return null
  const t = words(language)
  const isUnfinishedCount = unit !== '%' && board.scope.range.toS > board.scope.now.epochS
  const rising = value > 0
  const figure = signed(value, language, unit === 'kg' ? 2 : 1)
  const isGood = lessIsBetter.has(className) ? !rising : rising
  return {
    direction: value === 0 ? 'flat' : rising ? 'up' : 'down',
    mood: value === 0 || isUnfinishedCount ? 'neutral' : isGood ? 'good' : 'bad',
    text: value === 0 ? t('trend.same') : unit === '%' ? t('trend.points', { value: figure }) : unit === 'kg' ? `${figure} kg` : figure,
    note: t(isUnfinishedCount ? 'trend.note_unfinished' : 'trend.note'),
  }
}

/** The small lines below the figure: what it was made from. */
function notes(view: WidgetView, className: string, data: unknown): (Html | string)[] {
  const { language } = view
  const t = words(language)
  const n = (value: number, decimals = 0) => amount(value, language, decimals)
  switch (className) {
    case 'KpiAvailability': {
      const d = data as KpiAvailabilityData
      return [
        t('kpi.planned', { value: minutesText(d.scheduled_minutes, language) }),
        t('kpi.stopped', { value: minutesText(d.downtime_minutes, language) }),
        ...(d.mtbf_seconds === null || d.mttr_seconds === null
          ? []
          : [
              html`<abbr title="${t('kpi.mtbf')}">MTBF</abbr> ${minutesText(d.mtbf_seconds / 60, language)} · <abbr title="${t('kpi.mttr')}">MTTR</abbr> ${minutesText(d.mttr_seconds / 60, language)}`,
            ]),
      ]
    }
    case 'KpiPerformance': {
      const d = data as KpiPerformanceData
      return d.rated_speed_exceeded && d.raw !== null
        ? [badge({ label: t('kpi.speed_exceeded', { raw: percentText(d.raw, language) }), tone: 'warning', icon: 'bolt' })]
        : []
    }
    case 'KpiQuality': {
      const d = data as KpiQualityData
      if (d.basis === null) return []
      const basis = t(d.basis === 'scrap_area' || d.basis === 'input_output' ? `kpi.basis.${d.basis}` : 'kpi.basis.mixed')
      return [t('kpi.good', { good: n(d.good), processed: n(d.processed) }), basis]
    }
    case 'KpiRejectedRate':
      return [t('kpi.rejected_pieces', { value: n((data as KpiRejectedRateData).rejected) })]
    case 'KpiWeightEfficiency': {
      const d = data as KpiWeightEfficiencyData
      return [t('kpi.weight', { actual: n(d.actual_weight_kg, 1), theoretical: n(d.theoretical_weight_kg, 1) })]
    }
    case 'KpiTotalDowntime':
      return [t('kpi.stop_time', { value: minutesText((data as KpiTotalDowntimeData).total_minutes, language) })]
    default:
      return []
  }
}

export function kpiView(view: WidgetView, result: WidgetResult): Html {
  const data = result.data as KpiCountData & Partial<KpiAvailabilityData>
  const className = String(result.metadata.class_name)
  const { language } = view
  const value = kpiText(data.value, data.unit, language)
  return kpiFigure({
    id: `w-${result.widget_id}`,
    value,
    unit: data.unit,
    reason: data.reason?.text,
    trend: trendOf(view, className, data.trend, data.unit),
    notes: value === null ? [] : notes(view, className, result.data),
  })
}

/** A horizontal bar from 0 to 100: drawn with attributes, the CSP refuses styles. */
export const meter = (percent: number | null, tone: string): Html =>
  html`<svg class="meter" width="100%" height="6" aria-hidden="true" focusable="false"><rect class="meter__track" width="100%" height="6" rx="3"/>${
    percent === null
      ? ''
      : html`<rect class="meter__fill meter__fill--${tone}" width="${Math.min(100, Math.max(0, percent))}%" height="6" rx="3"/>`
  }</svg>`

const gauge = (percent: number | null): Html => {
  const length = 2 * Math.PI * 42
  const filled = ((percent ?? 0) / 100) * length
  return html`<svg class="gauge" viewBox="0 0 100 100" aria-hidden="true" focusable="false"><circle class="gauge__track" cx="50" cy="50" r="42"/>${
    percent
      ? html`<circle class="gauge__fill" cx="50" cy="50" r="42" stroke-dasharray="${filled.toFixed(2)} ${length.toFixed(2)}" transform="rotate(-90 50 50)"/>`
      : ''
  }</svg>`
}

/** OEE with its three factors beside it. */
export function oeeView(view: WidgetView, result: WidgetResult): Html {
  const data = result.data as KpiOeeData
  const { language } = view
  const t = words(language)
  const factor = (label: string, value: number | null, tone: string) => html`
    <li class="oee__factor"><span class="oee__name">${label}</span><span class="oee__figure">${value === null ? '—' : html`${percentText(value, language)}<span class="oee__unit">%</span>`}</span>${meter(value, tone)}</li>`
  return html`
  <div class="oee">
    <div class="oee__main">${gauge(data.value)}${kpiFigure({
      id: `w-${result.widget_id}`,
      value: data.value === null ? null : percentText(data.value, language),
      unit: data.unit,
      reason: data.reason?.text,
      trend: trendOf(view, 'KpiOee', data.trend, '%'),
    })}</div>
    <ul class="oee__factors">
      ${factor(t('kpi.availability'), data.availability, 'a')}
      ${factor(t('kpi.performance'), data.performance, 'p')}
      ${factor(t('kpi.quality'), data.quality, 'q')}
    </ul>
    ${
      data.value !== null && (data.quality_assumed || data.rated_speed_exceeded)
        ? html`<p class="oee__flags">${data.quality_assumed ? badge({ label: t('kpi.quality_assumed'), tone: 'neutral', icon: 'info' }) : ''}${
            data.rated_speed_exceeded && data.raw !== null
              ? badge({
                  label: t('kpi.speed_exceeded', {
                    raw: percentText(data.ratios.effectiveness === null ? data.raw : data.ratios.effectiveness * 100, language),
                  }),
                  tone: 'warning',
                  icon: 'bolt',
                })
              : ''
          }</p>`
        : ''
    }
  </div>`
}
