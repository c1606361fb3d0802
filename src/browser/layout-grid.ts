/** Dragging and resizing of the editor's tiles; a chunk of its own, loaded by the editor only. What a drag means is its order and the size of what was
 *  resized: the server answers with the tab as it will be. */
import { type GridItemHTMLElement, GridStack } from 'gridstack'

const columns = 4
const rowPx = 116
/** Below this a tile of one column would be too small to be read: one column, dragging for the order, sizes by form. */
const leastWidthPx = 640

let grid: GridStack | null = null
let resized: { readonly id: number; readonly w: number; readonly h: number } | null = null

const list = () => document.querySelector<HTMLElement>('[data-layout-grid]')

const whole = (text: string | undefined): number => Number(text ?? 1)

function arrangement(current: GridStack): string {
  const items = [...current.engine.nodes]
    .sort((a, b) => (a.y ?? 0) - (b.y ?? 0) || (a.x ?? 0) - (b.x ?? 0))
    .flatMap(({ el }) => {
      const id = Number(el?.dataset.tile ?? el?.dataset.entryId)
      return id > 0 ? [{ id, ...(resized?.id === id && { w: resized.w, h: resized.h }) }] : []
    })
  return JSON.stringify(items)
}

export function startGrid(onArranged: (arrangement: string) => void): void {
  const element = list()
  if (!element || element.children.length === 0 || grid) return
  const isWide = element.clientWidth >= leastWidthPx
  element.classList.add('grid-stack')
  for (const tile of element.querySelectorAll<HTMLElement>(':scope > [data-tile]')) {
    tile.classList.add('grid-stack-item')
    tile.setAttribute('gs-w', isWide ? (tile.dataset.w ?? '1') : '1')
    if (isWide) tile.setAttribute('gs-min-w', tile.dataset.least ?? '1')
    tile.setAttribute('gs-max-h', '2')
    tile.setAttribute('gs-h', isWide ? (tile.dataset.h ?? '1') : '1')
    tile.querySelector('.layout-tile__box')?.classList.add('grid-stack-item-content')
  }
  const current = GridStack.init(
    {
      column: isWide ? columns : 1,
      cellHeight: rowPx,
      margin: 6,
      animate: !matchMedia('(prefers-reduced-motion: reduce)').matches,
      alwaysShowResizeHandle: true,
      disableResize: !isWide,
      draggable: { handle: '[data-handle]', cancel: '', scroll: true },
      resizable: { handles: 'se' },
    },
    element,
  )
  if (!current) return
  grid = current
  // rows fill as on the dashboard: in the order of the list
  current.compact('list', true)
  const done = () => {
    const text = arrangement(current)
    resized = null
    onArranged(text)
  }
  current.on('dragstop', done)
  current.on('resizestop', (_event: Event, item: GridItemHTMLElement) => {
    const node = item.gridstackNode
    resized = { id: whole(item.dataset.tile), w: Math.min(columns, node?.w ?? 1), h: Math.min(2, node?.h ?? 1) }
    done()
  })
}

/** Before the server's answer takes the place of what was dragged. */
export function stopGrid(): void {
  grid?.destroy(false)
  grid = null
  const element = list()
  element?.classList.remove('grid-stack')
  for (const tile of element?.querySelectorAll<HTMLElement>(':scope > [data-tile]') ?? []) tile.removeAttribute('style')
  element?.removeAttribute('style')
}
