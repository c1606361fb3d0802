/** A document as PDF: A4 landscape, a head on the first page, page numbers on all. The same document gives the same bytes. */
import { pathToFileURL } from 'node:url'
import PDFDocument from 'pdfkit'
import { formatText } from '../../i18n/i18n.ts'
import type { PdfDocument } from '../document.ts'
import { type ChartModule, drawBlocks, type Flow } from './blocks.ts'
import { clean } from './fonts.ts'
import { content, ink, page, styles } from './look.ts'
import { createPen, type Pen } from './pen.ts'

/** `chartModule`: file of the charts that the build made; null draws none and says so. */
export async function pdfBytes(document: PdfDocument, chartModule: string | null): Promise<Uint8Array> {
  const charts = chartModule === null ? null : ((await import(pathToFileURL(chartModule).href)) as ChartModule)
  const sheet = new PDFDocument({
    size: [page.width, page.height],
    margin: 0,
    autoFirstPage: false,
    bufferPages: true,
    lang: document.language,
    displayTitle: true,
    info: {
      Title: clean(`${document.title} – ${document.company}`),
      Author: clean(document.author),
      Creator: 'Andon',
      Producer: 'Andon',
      CreationDate: new Date(document.createdAtMs),
      ModDate: new Date(document.createdAtMs),
    },
  })
  const parts: Uint8Array[] = []
  const ended = new Promise<void>((resolve, reject) => {
    sheet.on('data', (part: Uint8Array) => parts.push(part))
    sheet.on('end', resolve)
    sheet.on('error', reject)
  })
  const pen = createPen(sheet)
  const flow: Flow = {
    y: 0,
    newPage: () => {
      sheet.addPage()
      flow.y = content.top
    },
  }
  flow.newPage()
  flow.y = drawHead(pen, document)
  drawBlocks({ pen, flow, charts, language: document.language }, document.blocks)
  drawFrames(pen, document)
  sheet.end()
  await ended
  return Buffer.concat(parts)
}

/** Gives back where the page goes on. */
function drawHead(pen: Pen, { company, logo, title, subtitle, about }: PdfDocument): number {
  const { x, width } = content
  let y: number = page.margin
  const logoBox: [number, number] = [150, 40]
  const hasLogo = logo !== null && drawLogo(pen, logo, x + width - logoBox[0], y, logoBox)
  const room = { width: hasLogo ? width - logoBox[0] - 16 : width }
  pen.put(company, x, y, { ...styles.strong, size: 9.5, color: ink.accent }, room)
  y += 14
  pen.put(title, x, y, styles.title, room)
  y += 25
  pen.put(subtitle, x, y, { ...styles.body, color: ink.soft }, room)
  y += 17
  pen.sheet.rect(x, y, width, 1.5).fill(ink.accent)
  y += 9
  const columns = 3
  const own = width / columns
  for (let at = 0; at < about.length; at += columns) {
    const heights = about.slice(at, at + columns).map(([label, value], index) => {
      const left = x + index * own
      pen.put(label, left, y, styles.head, { width: own - 12 })
      return 10 + pen.paragraph(value, left, y + 10, styles.body, own - 12)
    })
    y += Math.max(...heights) + 5
  }
  return y + 7
}

/** False when it cannot be drawn: a document without logo is better than none. */
function drawLogo({ sheet }: Pen, logo: Uint8Array, x: number, y: number, fit: [number, number]): boolean {
  try {
    sheet.image(Buffer.from(logo), x, y, { fit, align: 'right', valign: 'center' })
    return true
  } catch {
    return false
  }
}

/** Head of the later pages, foot of all: written last, when their number is known. */
function drawFrames(pen: Pen, { company, title, subtitle, pageText, language }: PdfDocument): void {
  const { start, count } = pen.sheet.bufferedPageRange()
  const { x, width } = content
  for (let index = 0; index < count; index++) {
    pen.sheet.switchToPage(start + index)
    if (index > 0) {
      pen.put(`${company} · ${title}`, x, page.margin, styles.head, { width: width * 0.55 })
      pen.put(subtitle, x + width * 0.55, page.margin, styles.small, { width: width * 0.45, align: 'end' })
      pen.sheet.rect(x, page.margin + 13, width, 0.75).fill(ink.line)
    }
    const y = page.height - page.margin - 8
    pen.put('Andon', x, y, styles.small)
    const number = formatText({ es: pageText, en: pageText }, language, { page: index + 1, pages: count })
    pen.put(number, x, y, styles.small, { width, align: 'end' })
  }
}
