/** Tables that go on over pages: the head is repeated, a row is never cut in two. */
import type { PdfCell, PdfTable } from '../document.ts'
import { ink, styles, toneInk } from './look.ts'
import type { Pen, Style } from './pen.ts'

export type Place = { readonly x: number; readonly width: number }
type Prepared = { readonly height: number; readonly draw: (y: number) => void }

const pad = { x: 5, y: 3 }
const dot = 9

export type DrawnTable = { readonly head: Prepared; readonly rows: readonly Prepared[]; readonly height: number }

export function prepareTable(pen: Pen, table: PdfTable, { x, width }: Place): DrawnTable {
  const whole = table.columns.reduce((sum, { share }) => sum + share, 0)
  let left = x
  const columns = table.columns.map((column) => {
    const own = { ...column, x: left, width: (column.share / whole) * width }
    left += own.width
    return own
  })
  type Column = (typeof columns)[number]

  const line = (y: number): void =>
    void pen.sheet
      .moveTo(x, y)
      .lineTo(x + width, y)
      .lineWidth(0.5)
      .strokeColor(ink.line)
      .stroke()
  const partsOf = (cell: PdfCell, column: Column, style: Style) => {
    const given = typeof cell === 'string' ? { text: cell } : cell
    const own: Style = {
      ...(given.isStrong ? styles.strong : style),
      ...(given.tone && given.tone !== 'neutral' && { color: toneInk[given.tone] }),
    }
    const room = column.width - 2 * pad.x - (given.swatch ? dot : 0)
    return {
      ...given,
      style: own,
      text: pen.lines(given.text, own, room),
      sub: given.sub ? pen.lines(given.sub, styles.small, room) : [],
      room,
    }
  }
  const prepare = (cells: readonly PdfCell[], style: Style, fill?: string): Prepared => {
    const parts = columns.map((column, index) => ({ column, ...partsOf(cells[index] ?? '', column, style) }))
    const tallest = parts.map((part) => part.text.length * pen.lineHeight(part.style) + part.sub.length * pen.lineHeight(styles.small))
    const height = Math.max(pen.lineHeight(style), ...tallest) + 2 * pad.y
    return {
      height,
      draw: (y) => {
        if (fill) pen.sheet.rect(x, y, width, height).fill(fill)
        for (const { column, text, sub, swatch, style: own, room } of parts) {
          const at = column.x + pad.x + (swatch ? dot : 0)
          const box = { width: room, ...(column.align && { align: column.align }) }
          let row = y + pad.y
          if (swatch) pen.sheet.circle(column.x + pad.x + 2.5, row + pen.lineHeight(own) / 2 - 1, 2.5).fill(swatch)
          for (const one of text) {
            pen.put(one, at, row, own, box)
            row += pen.lineHeight(own)
          }
          for (const one of sub) {
            pen.put(one, at, row, styles.small, box)
            row += pen.lineHeight(styles.small)
          }
        }
        line(y + height)
      },
    }
  }
  const head = prepare(
    table.columns.map(({ label }) => label),
    styles.head,
    ink.fill,
  )
  const rows = table.rows.map((cells) => prepare(cells, styles.body))
  if (table.total) rows.push(prepare(table.total, styles.strong, ink.fill))
  if (rows.length === 0 && table.emptyText) {
    const height = pen.lineHeight(styles.body) + 2 * pad.y
    const text = table.emptyText
    rows.push({ height, draw: (y) => pen.put(text, x + pad.x, y + pad.y, { ...styles.body, color: ink.faint }) })
  }
  return { head, rows, height: head.height + rows.reduce((sum, { height }) => sum + height, 0) }
}
