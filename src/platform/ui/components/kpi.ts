/** A figure with its unit, trend and footnotes. Null is "—" with its reason: no data is never zero. */
import { type Html, html } from '../html.ts'
import { icon } from '../icons.ts'

export type Trend = {
  readonly direction: 'up' | 'down' | 'flat'
  /** Whether the movement is good news; colour only adds to arrow and text. */
  readonly mood: 'good' | 'bad' | 'neutral'
  /** "+3,2 pts" */
  readonly text: string
  /** "vs. período anterior" */
  readonly note: string
}

export type Kpi = {
  readonly id: string
  readonly value: string | null
  readonly unit: string
  readonly reason?: string | undefined
  readonly trend?: Trend | null
  readonly notes?: readonly (Html | string)[]
}

const arrows = { up: 'arrow_upward', down: 'arrow_downward', flat: 'trending_flat' } as const

export const trendLine = (trend: Trend): Html =>
  html`<p class="trend trend--${trend.mood}">${icon(arrows[trend.direction], 16)}<span class="trend__text">${trend.text}</span> <span class="trend__note">${trend.note}</span></p>`

export const kpiFigure = ({ id, value, unit, reason, trend, notes = [] }: Kpi): Html => html`
  <div class="kpi">
    <p class="kpi__value" id="${id}-value" data-figure>${value === null ? html`<span class="kpi__none">—</span>` : html`${value}<span class="kpi__unit">${unit}</span>`}</p>
    ${value === null && reason ? html`<p class="kpi__reason">${reason}</p>` : ''}
    ${trend ? trendLine(trend) : ''}
    ${notes.length > 0 ? html`<ul class="kpi__notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>` : ''}
  </div>`
