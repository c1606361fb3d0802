/** The box beside the pointer. Our own element filled with text nodes: ECharts would need innerHTML for one, and its drawn one knows no columns. */
import { make } from '../dom.ts'
import type { EChartsType } from './echarts.ts'

export type TipRow = { readonly color?: string; readonly name: string; readonly value: string; readonly isTotal?: boolean }
export type Tip = {
  readonly head: string
  readonly rows: readonly TipRow[]
  readonly notes?: readonly { readonly color: string; readonly text: string }[]
}

/** What the pointer is over: a bucket of the axis, or one drawn item. */
export type TipSource =
  | { readonly trigger: 'axis'; readonly tip: (bucket: number) => Tip | null }
  | { readonly trigger: 'item'; readonly tip: (item: { readonly seriesIndex: number; readonly dataIndex: number }) => Tip | null }

const marginPx = 14

function dot(color: string, className: string): HTMLElement {
  const element = make('span', className)
  element.style.backgroundColor = color
  return element
}

function fill(box: HTMLElement, { head, rows, notes = [] }: Tip): void {
  const list = rows.map((row) => {
    const line = make('div', row.isTotal ? 'tip__row tip__row--total' : 'tip__row')
    line.append(
      row.color ? dot(row.color, 'tip__dot') : make('span', ''),
      make('span', 'tip__name', row.name),
      make('span', 'tip__value', row.value),
    )
    return line
  })
  const remarks = notes.map(({ color, text }) => {
    const line = make('div', 'tip__note')
    line.append(dot(color, 'tip__mark'), make('span', '', text))
    return line
  })
  box.replaceChildren(...(head ? [make('p', 'tip__head', head)] : []), ...list, ...remarks)
}

/** Shows what `source()` says of the place under the pointer; asked each time, because data and look change below it. */
export function attachTip(chart: EChartsType, element: HTMLElement, source: () => TipSource): void {
  const box = make('div', 'tip')
  box.hidden = true
  box.setAttribute('aria-hidden', 'true')
  element.append(box)
  let pointer = { x: 0, y: 0 }
  const hide = () => {
    box.hidden = true
  }
  const place = () => {
    const room = element.getBoundingClientRect()
    const isLeft = pointer.x + marginPx + box.offsetWidth > room.width
    box.style.left = `${Math.max(0, isLeft ? pointer.x - marginPx - box.offsetWidth : pointer.x + marginPx)}px`
    box.style.top = `${Math.max(0, Math.min(pointer.y + marginPx, room.height - box.offsetHeight))}px`
  }
  const show = (tip: Tip | null) => {
    if (!tip) return hide()
    fill(box, tip)
    box.hidden = false
    place()
  }
  chart.getZr().on('mousemove', ({ offsetX, offsetY }: { offsetX: number; offsetY: number }) => {
    pointer = { x: offsetX, y: offsetY }
    if (!box.hidden) place()
  })
  chart.getZr().on('globalout', hide)
  chart.on('updateAxisPointer', (event) => {
    const current = source()
    if (current.trigger !== 'axis') return
    const bucket = (event as { axesInfo?: { value: number }[] }).axesInfo?.[0]?.value
    show(bucket === undefined ? null : current.tip(bucket))
  })
  chart.on('mouseover', (event) => {
    const current = source()
    if (current.trigger === 'item') show(current.tip(event as { seriesIndex: number; dataIndex: number }))
  })
  chart.on('mouseout', () => {
    if (source().trigger === 'item') hide()
  })
}
