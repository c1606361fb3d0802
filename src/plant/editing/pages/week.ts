/** The shifts of a week from Monday 00:00 as bars, hours of more than one of them hatched. Attributes of an SVG: the CSP refuses style attributes. */

import { type Html, html } from '../../../platform/ui/index.ts'
import { type Shift, type WeekPiece, weekPieces } from '../../model/index.ts'
import type { Word, Words } from './messages.ts'

const rowHeight = 28
const barHeight = 18
/** Hours of the week are the units across. */
const width = 168

/** Stretches that more than one shift holds. */
export function doubled(shifts: readonly Shift[]): WeekPiece[] {
  const edges = shifts
    .flatMap((shift) => weekPieces(shift))
    .flatMap(({ fromS, toS }) => [
      { atS: fromS, by: 1 },
      { atS: toS, by: -1 },
    ])
  edges.sort((a, b) => a.atS - b.atS || a.by - b.by)
  const found: WeekPiece[] = []
  let depth = 0
  let sinceS = 0
  for (const { atS, by } of edges) {
    if (depth < 2 && depth + by >= 2) sinceS = atS
    if (depth >= 2 && depth + by < 2 && atS > sinceS) found.push({ fromS: sinceS, toS: atS })
    depth += by
  }
  return found
}

const hours = (seconds: number): string => String(Math.round((seconds / 3_600) * 100) / 100)
const bar = ({ fromS, toS }: WeekPiece, y: number, look: string): Html =>
  html`<rect class="week__bar week__bar--${look}" x="${hours(fromS)}" y="${y}" width="${hours(toS - fromS)}" height="${barHeight}"/>`

/** One row per shift, in use ones only. The table beside it says the same in words. */
export function weekChart(shifts: readonly Shift[], t: Words): Html {
  const active = shifts.filter(({ isActive }) => isActive)
  if (active.length === 0) return html``
  const both = doubled(active)
  const height = active.length * rowHeight
  return html`
  <div class="week" role="img" aria-label="${t('week')}: ${active.map(({ shiftName }) => shiftName).join(', ')}">
    <ul class="week__names" aria-hidden="true">${active.map(({ shiftName }) => html`<li title="${shiftName}">${shiftName}</li>`)}</ul>
    <div class="week__chart" aria-hidden="true">
      <ol class="week__days">${[1, 2, 3, 4, 5, 6, 7].map((day) => html`<li>${t(`day.${day}` as Word)}</li>`)}</ol>
      <svg viewBox="0 0 ${width} ${height}" width="100%" height="${height}" preserveAspectRatio="none">
        <defs><pattern id="week-hatch" width="2" height="4" patternUnits="userSpaceOnUse"><path class="week__hatch" d="M0 4 2 0"/></pattern></defs>
        ${[1, 2, 3, 4, 5, 6].map((day) => html`<path class="week__midnight" d="M${day * 24} 0V${height}"/>`)}
        ${active.flatMap((shift, index) => weekPieces(shift).map((piece) => bar(piece, index * rowHeight + 5, String(index % 5))))}
        ${both.map(({ fromS, toS }) => html`<rect class="week__both" x="${hours(fromS)}" y="0" width="${hours(toS - fromS)}" height="${height}" fill="url(#week-hatch)"/>`)}
      </svg>
    </div>
  </div>
  ${both.length > 0 ? html`<p class="muted">${t('week.legend')}</p>` : ''}`
}
