/** Strips of time: drawn as SVG that needs no style and no script, each state with a colour and a pattern of its own, and the same as a table. */
import { formatDuration, formatLocalDate, formatLocalDateTime, formatRatio, type Language } from '../../../platform/i18n/index.ts'
import { formatLocalTime, hourS, minuteS, type Span, type Zone, zoneOf } from '../../../platform/time/index.ts'
import { card, emptyState, type Html, html, hx, icon } from '../../../platform/ui/index.ts'
import { lineNames } from '../../dashboards/index.ts'
import { withView } from '../page-query.ts'
import { downtimePaths } from '../paths.ts'
import { type Segment, type SegmentState, type Strip, segmentStates } from '../segments.ts'
import { refText } from '../stop-ref.ts'
import { type Words, words } from './messages.ts'
import type { DowntimeBoard, DowntimePage } from './model.ts'
import { reasonText } from './reason-text.ts'

const barHeight = 28

/** Hatches, so that states differ without colour. Ids are the page's own: `fill` refers to them. */
const patterns = html`
<svg class="strip-patterns" width="0" height="0" aria-hidden="true" focusable="false"><defs>
  <pattern id="fill-unexplained" width="8" height="8" patternUnits="userSpaceOnUse"><rect class="seg-unexplained" width="8" height="8"/><path class="seg-ink" d="M-2 2l4-4M0 8l8-8M6 10l4-4"/></pattern>
  <pattern id="fill-planned" width="8" height="6" patternUnits="userSpaceOnUse"><rect class="seg-planned" width="8" height="6"/><path class="seg-ink" d="M0 3h8"/></pattern>
  <pattern id="fill-idle" width="8" height="8" patternUnits="userSpaceOnUse"><rect class="seg-idle" width="8" height="8"/><circle class="seg-dot" cx="2" cy="2" r="1"/><circle class="seg-dot" cx="6" cy="6" r="1"/></pattern>
  <pattern id="fill-no_data" width="10" height="10" patternUnits="userSpaceOnUse"><rect class="seg-no_data" width="10" height="10"/><path class="seg-cross" d="M0 0l10 10M10 0L0 10"/></pattern>
</defs></svg>`

const patterned: ReadonlySet<SegmentState> = new Set(['unexplained', 'planned', 'idle', 'no_data'])
const percent = (part: number, whole: number): string => `${Math.round((part / whole) * 1e5) / 1e3}%`

const box = (state: SegmentState, x: string, width: string): Html =>
  patterned.has(state)
    ? html`<rect x="${x}" width="${width}" height="${barHeight}" fill="url(#fill-${state})"/>`
    : html`<rect class="seg-${state}" x="${x}" width="${width}" height="${barHeight}"/>${
        state === 'explained' ? html`<rect class="seg-mark" x="${x}" y="${barHeight - 6}" width="${width}" height="6"/>` : ''
      }`

const legend = (t: Words): Html => html`
<ul class="strip-legend" aria-label="${t('timeline.legend')}">${segmentStates
  .filter((state) => state !== 'ahead')
  .map(
    (state) =>
      html`<li><svg width="20" height="14" aria-hidden="true" focusable="false"><g class="strip-key">${box(state, '0', '20')}</g></svg><span>${t(`state.${state}`)}</span></li>`,
  )}</ul>`

export function timelineView(model: DowntimePage, board: DowntimeBoard): Html {
  const { page, slug, asked } = model
  const t = words(page.language)
  const { strips, pages } = board.timeline
  const shown = asked.view.strips
  const to = (strip: number, label: string, rel: string) =>
    html`<a class="btn btn--secondary" rel="${rel}" href="${page.url(`${downtimePaths.page(slug, withView(asked.filters, { ...asked.view, strips: strip }))}#timeline`)}">${label}</a>`
  return card({
    id: 'timeline',
    title: t('timeline.title'),
    subtitle: t('timeline.subtitle'),
    body: html`${patterns}${legend(t)}
    ${
      strips.length === 0
        ? emptyState({ title: t('timeline.none'), icon: 'schedule' })
        : html`<div class="strips">${strips.map((strip) => stripView(model, board, strip))}</div>`
    }
    ${strips.length > 0 ? stretches(model, board) : ''}
    ${pages > 1 ? html`<nav class="cluster strips-pager" aria-label="${t('timeline.title')}">${shown > 1 ? to(shown - 1, t('timeline.newer'), 'prev') : ''}${shown < pages ? to(shown + 1, t('timeline.older'), 'next') : ''}</nav>` : ''}`,
  })
}

function stripName(board: DowntimeBoard, { kind, shiftId }: Strip, t: Words): string {
  if (kind !== 'shift') return t(`strip.${kind}`)
  return board.model.shifts.find((shift) => shift.shiftId === shiftId)?.shiftName ?? String(shiftId)
}

function timesText(zone: Zone, { fromS, toS }: Span, language: Language): string {
  const [from, to] = [zone.toLocalS(fromS), zone.toLocalS(toS)]
  return `${formatLocalDate(from, language)} ${formatLocalTime(from)}–${formatLocalTime(to)}`
}

function stripView(model: DowntimePage, board: DowntimeBoard, strip: Strip): Html {
  const { language } = model.page
  const t = words(language)
  const zone = zoneOf(board.model.settings.timeZone)
  const { span, figures, segments, lineId } = strip
  const line = lineNames(board.model).get(lineId) ?? ''
  const name = `${line} · ${stripName(board, strip, t)} · ${timesText(zone, span, language)}`
  const id = `strip-${lineId}-${strip.kind}-${strip.shiftId ?? 0}-${span.fromS}`
  const parts = figures
    ? [
        figures.stopCount === 0
          ? t('strip.no_stops')
          : figures.stopCount === 1
            ? t('strip.stop')
            : t('strip.stops', { count: figures.stopCount }),
        ...(figures.downtimeS > 0 ? [t('strip.lost', { time: minutesText(figures.downtimeS) })] : []),
        ...(figures.unexplainedS > 0 ? [t('strip.unexplained', { time: minutesText(figures.unexplainedS) })] : []),
        ...(figures.availability === null ? [] : [t('strip.availability', { value: formatRatio(figures.availability, language) })]),
        ...(figures.mtbfS === null || figures.mttrS === null
          ? []
          : [t('strip.means', { mtbf: minutesText(figures.mtbfS), mttr: minutesText(figures.mttrS) })]),
      ]
    : []
  return html`
  <section class="strip strip--${strip.kind}" id="${id}" aria-label="${name}">
    <header class="strip__head"><h3 class="strip__name"><strong>${stripName(board, strip, t)}</strong> <span>${line}</span> <span>${timesText(zone, span, language)}</span></h3>
    ${parts.length > 0 ? html`<p class="strip__figures">${parts.join(' · ')}</p>` : ''}</header>
    <svg class="strip__bar" width="100%" height="${barHeight + 18}" aria-hidden="true" focusable="false">${segments.map((segment) => segmentView(model, zone, strip, segment))}${axis(zone, span)}</svg>
  </section>`
}

/** The pointer's way to a stop; the list below is the keyboard's, so that a strip is no row of sixty tab stops. */
function segmentView({ page, slug, asked }: DowntimePage, zone: Zone, strip: Strip, { span, state, stop }: Segment): Html {
  const t = words(page.language)
  const whole = strip.span.toS - strip.span.fromS
  const drawn = box(state, percent(span.fromS - strip.span.fromS, whole), percent(span.toS - span.fromS, whole))
  const told = `${t(`state.${state}`)} · ${timesText(zone, span, page.language)} · ${formatDuration(span.toS - span.fromS)}${stop ? ` · ${reasonText(stop, page.language)}` : ''}`
  if (!stop) return html`<g><title>${told}</title>${drawn}</g>`
  const href = page.url(downtimePaths.stop(slug, stop.lineId, refText(stop), asked.query))
  return html`<a class="strip__stop" href="${href}" tabindex="-1"${hx(page, { get: href, target: '#sheet-body', swap: 'innerHTML' })}><title>${told}</title>${drawn}</a>`
}

const steps = [15 * minuteS, 30 * minuteS, hourS, 2 * hourS, 3 * hourS, 6 * hourS, 12 * hourS, 24 * hourS, 72 * hourS, 168 * hourS]

/** At most six round wall times. */
function axis(zone: Zone, { fromS, toS }: Span): Html {
  const step = steps.find((one) => (toS - fromS) / one <= 6) ?? (steps.at(-1) as number)
  const firstLocalS = Math.ceil((zone.toLocalS(fromS) + 1) / step) * step
  const ticks: number[] = []
  for (let localS = firstLocalS; ticks.length < 8; localS += step) {
    const atS = zone.toEpochS(localS)
    if (atS >= toS) break
    if (atS > fromS) ticks.push(atS)
  }
  return html`${ticks.map((atS) => {
    const x = percent(atS - fromS, toS - fromS)
    return html`<line class="strip__tick" x1="${x}" x2="${x}" y1="0" y2="${barHeight + 4}"/><text class="strip__time" x="${x}" y="${barHeight + 16}" text-anchor="middle">${formatLocalTime(zone.toLocalS(atS))}</text>`
  })}`
}

/** All of the page's strips in one table, for whoever does not see the bars. */
function stretches({ page }: DowntimePage, board: DowntimeBoard): Html {
  const t = words(page.language)
  const zone = zoneOf(board.model.settings.timeZone)
  const names = lineNames(board.model)
  const at = (epochS: number): string => formatLocalDateTime(zone.toLocalS(epochS), page.language, true)
  const row = (strip: Strip, { span, state, stop }: Segment): Html =>
    html`<tr><th scope="row" class="row-head">${names.get(strip.lineId) ?? ''} · ${stripName(board, strip, t)}</th><td>${t(`state.${state}`)}</td><td class="nowrap">${at(span.fromS)}</td><td class="nowrap">${at(span.toS)}</td><td class="num">${formatDuration(span.toS - span.fromS)}</td><td>${stop ? reasonText(stop, page.language) : ''}</td></tr>`
  return html`
  <details class="chart-data" id="timeline-data"><summary class="chart-data__summary">${t('timeline.data')}${icon('expand_more', 16)}</summary>
    <div class="table-scroll table-scroll--tall" tabindex="0" role="region" aria-label="${t('timeline.title')}"><table class="table"><caption class="sr-only">${t('timeline.title')}</caption>
      <thead><tr><th scope="col">${t('column.strip')}</th><th scope="col">${t('column.state')}</th><th scope="col">${t('column.start')}</th><th scope="col">${t('column.end')}</th><th scope="col" class="num">${t('column.duration')}</th><th scope="col">${t('column.reason')}</th></tr></thead>
      <tbody>${board.timeline.strips.flatMap((strip) => strip.segments.map((segment) => row(strip, segment)))}</tbody></table></div>
  </details>`
}

/** From a minute up, whole minutes: a strip has one line for all its figures. */
const minutesText = (seconds: number): string =>
  formatDuration(seconds < 60 ? seconds : Math.round(seconds / 60) * 60).replace(/ 00 s$/, '')
