/** Blocks below each other on pages. */
import drawSvg from 'svg-to-pdfkit'
import type { Language } from '../../i18n/i18n.ts'
import type { PdfBlock, PdfTable } from '../document.ts'
import { latinOnly } from './fonts.ts'
import { content, gap, ink, styles, toneInk } from './look.ts'
import type { Pen } from './pen.ts'
import { prepareTable } from './table.ts'

/** What the build makes of the browser's own charts. */
export type ChartModule = {
  readonly chartSvg: (payload: object, look: { width: number; height: number; language: Language }) => string
}
/** Its types take the class for the document. */
const svgToPdf = drawSvg as unknown as (sheet: Pen['sheet'], svg: string, x: number, y: number, options: object) => void

export type Flow = {
  /** Where the next block starts. */
  y: number
  /** Starts a page and sets `y` to its top. */
  readonly newPage: () => void
}

type Drawing = { readonly pen: Pen; readonly flow: Flow; readonly charts: ChartModule | null; readonly language: Language }
type Box = { readonly x: number; readonly y: number; readonly width: number }

const room = ({ y }: Flow): number => content.bottom - y
/** ECharts thinks in pixels of 3/4 point. */
const pixels = (points: number): number => Math.round((points * 4) / 3)

export function drawBlocks(drawing: Drawing, blocks: readonly PdfBlock[]): void {
  const { flow } = drawing
  for (const [index, block] of blocks.entries()) {
    if (block.kind === 'heading') {
      // a heading does not stand alone at the foot of a page
      const next = blocks[index + 1]
      const needed = heightOf(drawing, block, content.width) + (next ? leastOf(drawing, next) : 0)
      if (block.startsPage ? flow.y > content.top : needed > room(flow)) flow.newPage()
    }
    drawBlock(drawing, block)
  }
}

function drawBlock(drawing: Drawing, block: PdfBlock): void {
  const { flow } = drawing
  if (block.kind === 'table') {
    drawTable(drawing, block)
    return
  }
  if (block.kind === 'beside' && besideHeight(drawing, block) > content.bottom - content.top) {
    drawBlock(drawing, block.left)
    drawBlock(drawing, block.right)
    return
  }
  const height = heightOf(drawing, block, content.width)
  if (height > room(flow) && flow.y > content.top) flow.newPage()
  drawAt(drawing, block, { x: content.x, y: flow.y, width: content.width })
  flow.y += height + (block.kind === 'heading' ? 4 : gap)
}

function drawTable({ pen, flow }: Drawing, table: PdfTable): void {
  const { head, rows } = prepareTable(pen, table, { x: content.x, width: content.width })
  const start = (): void => {
    head.draw(flow.y)
    flow.y += head.height
  }
  if (head.height + (rows[0]?.height ?? 0) > room(flow)) flow.newPage()
  start()
  for (const row of rows) {
    if (row.height > room(flow)) {
      flow.newPage()
      start()
    }
    row.draw(flow.y)
    flow.y += row.height
  }
  flow.y += gap
}

type Beside = Extract<PdfBlock, { kind: 'beside' }>
const besideGap = 16
const sides = ({ leftShare }: Beside, { x, width }: Pick<Box, 'x' | 'width'>) => {
  const left = (width - besideGap) * leftShare
  return { left: { x, width: left }, right: { x: x + left + besideGap, width: width - besideGap - left } }
}
const besideHeight = (drawing: Drawing, block: Beside): number => {
  const { left, right } = sides(block, content)
  return Math.max(heightOf(drawing, block.left, left.width), prepareTable(drawing.pen, block.right, right).height)
}

const figureGap = 8
const figureHeight = 68

function heightOf(drawing: Drawing, block: PdfBlock, width: number): number {
  const { pen } = drawing
  switch (block.kind) {
    case 'heading':
      return (
        pen.lineHeight(styles.heading) + (block.note ? pen.lines(block.note, styles.small, width).length * pen.lineHeight(styles.small) : 0)
      )
    case 'text':
      return pen.lines(block.text, styles.body, width).length * pen.lineHeight(styles.body)
    case 'figures':
      return figureHeight
    case 'chart':
      return block.heightPt
    case 'image':
      return block.heightPt + pen.lineHeight(styles.small)
    case 'table':
      return prepareTable(pen, block, { x: content.x, width }).height
    case 'beside':
      return besideHeight(drawing, block)
  }
}

/** What must follow a heading on its page. */
function leastOf(drawing: Drawing, block: PdfBlock): number {
  if (block.kind !== 'table') return Math.min(heightOf(drawing, block, content.width), content.bottom - content.top - 60)
  const { head, rows } = prepareTable(drawing.pen, { ...block, rows: block.rows.slice(0, 1) }, { x: content.x, width: content.width })
  return head.height + (rows[0]?.height ?? 0)
}

function drawAt(drawing: Drawing, block: PdfBlock, box: Box): void {
  const { pen } = drawing
  switch (block.kind) {
    case 'heading':
      pen.put(block.text, box.x, box.y, styles.heading, { width: box.width })
      if (block.note) pen.paragraph(block.note, box.x, box.y + pen.lineHeight(styles.heading), styles.small, box.width)
      return
    case 'text':
      pen.paragraph(block.text, box.x, box.y, { ...styles.body, color: toneInk[block.tone ?? 'neutral'] }, box.width)
      return
    case 'figures':
      drawFigures(pen, block, box)
      return
    case 'chart':
      drawChart(drawing, block, box)
      return
    case 'image': {
      pen.put(block.title, box.x, box.y, styles.small, { width: box.width })
      const y = box.y + pen.lineHeight(styles.small)
      pen.sheet.image(Buffer.from(block.png), box.x, y, { fit: [box.width, block.heightPt], align: 'center', valign: 'center' })
      return
    }
    case 'table': {
      const { head, rows } = prepareTable(pen, block, box)
      head.draw(box.y)
      let y = box.y + head.height
      for (const row of rows) {
        row.draw(y)
        y += row.height
      }
      return
    }
    case 'beside': {
      const { left, right } = sides(block, box)
      drawAt(drawing, block.left, { ...left, y: box.y })
      drawAt(drawing, block.right, { ...right, y: box.y })
    }
  }
}

function drawFigures(pen: Pen, { figures }: Extract<PdfBlock, { kind: 'figures' }>, { x, y, width }: Box): void {
  const own = (width - (figures.length - 1) * figureGap) / Math.max(1, figures.length)
  for (const [index, { label, value, unit, note, tone }] of figures.entries()) {
    const left = x + index * (own + figureGap)
    const inside = { width: own - 20 }
    pen.sheet.roundedRect(left, y, own, figureHeight, 5).lineWidth(0.75).strokeColor(ink.line).stroke()
    pen.put(label, left + 10, y + 8, styles.head, inside)
    const unitWidth = unit ? pen.width(unit, styles.small) + 3 : 0
    const figure = fitting(pen, value, inside.width - unitWidth)
    const down = (styles.figure.size - figure.size) * 0.8
    pen.put(value, left + 10, y + 20 + down, figure, inside)
    if (unit) pen.put(unit, left + 13 + pen.width(value, figure), y + 29.5, styles.small)
    const noteStyle = { ...styles.small, size: 7, color: toneInk[tone ?? 'neutral'] }
    for (const [row, text] of pen.lines(note, noteStyle, inside.width).slice(0, 2).entries())
      pen.put(text, left + 10, y + 45 + row * pen.lineHeight(noteStyle), noteStyle, inside)
  }
}

/** A figure is never cut: it is set smaller. */
function fitting(pen: Pen, value: string, width: number): { readonly size: number; readonly weight: 600; readonly color: string } {
  const wanted = pen.width(value, styles.figure)
  return wanted <= width ? styles.figure : { ...styles.figure, size: Math.max(8, Math.floor((styles.figure.size * width) / wanted)) }
}

function drawChart({ pen, charts, language }: Drawing, block: Extract<PdfBlock, { kind: 'chart' }>, { x, y, width }: Box): void {
  if (!charts) {
    pen.put(block.missingText, x, y, styles.small, { width })
    return
  }
  const svg = charts.chartSvg(plainTexts(block.payload), { width: pixels(width), height: pixels(block.heightPt), language })
  const fontCallback = (_family: string, isBold: boolean): string => {
    // known to the sheet once the pen used it
    const name = isBold ? 'latin-600' : 'latin-400'
    pen.width(' ', { size: 8, weight: isBold ? 600 : 400 })
    return name
  }
  pen.sheet.save()
  svgToPdf(pen.sheet, svg, x, y, { width, height: block.heightPt, fontCallback, warningCallback: () => {} })
  pen.sheet.restore()
}

/** A chart is set in one file of letters. */
const plainTexts = (payload: object): object =>
  JSON.parse(JSON.stringify(payload), (_, value: unknown) => (typeof value === 'string' ? latinOnly(value) : value)) as object
