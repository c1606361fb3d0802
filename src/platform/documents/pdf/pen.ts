/** Text on a page: measured, wrapped, cut, and set in the fonts that have its letters. Sizes and places in points. */
import type PDFDocument from 'pdfkit'
import { fontFile, runsOf, type Weight } from './fonts.ts'

export type Style = { readonly size: number; readonly weight?: Weight; readonly color?: string }
export type Sheet = InstanceType<typeof PDFDocument>

export type Pen = {
  readonly sheet: Sheet
  readonly width: (text: string, style: Style) => number
  readonly lineHeight: (style: Style) => number
  /** Words that are wider than the line are cut. */
  readonly lines: (text: string, style: Style, width: number) => readonly string[]
  /** One line, ended with "…" where it does not fit. */
  readonly put: (
    text: string,
    x: number,
    y: number,
    style: Style,
    box?: { readonly width: number; readonly align?: 'end' | 'center' },
  ) => void
  /** Wrapped; gives back its height. */
  readonly paragraph: (text: string, x: number, y: number, style: Style, width: number) => number
}

/** Figures of one width stand below each other. Looking for contextual shapes, which no figure and hardly a word has, would cost four fifths of the time;
 *  fontkit takes an object to say so, which the types of pdfkit do not know. */
const features = {
  tnum: true,
  kern: true,
  calt: false,
  rclt: false,
  clig: false,
  rlig: false,
  ccmp: false,
  locl: false,
} as unknown as PDFKit.Mixins.OpenTypeFeatures[]

export function createPen(sheet: Sheet): Pen {
  const known = new Set<string>()
  const useFont = (name: string, size: number): void => {
    if (!known.has(name)) sheet.registerFont(name, fontFile(name))
    known.add(name)
    sheet.font(name).fontSize(size)
  }
  const widths = new Map<string, number>()
  const width: Pen['width'] = (text, { size, weight = 400 }) => {
    const key = `${size} ${weight} ${text}`
    const measured = widths.get(key)
    if (measured !== undefined) return measured
    let total = 0
    for (const run of runsOf(text, weight)) {
      useFont(run.font, size)
      total += sheet.widthOfString(run.text, { features })
    }
    if (widths.size < 20_000) widths.set(key, total)
    return total
  }
  /** The longest start that fits, with its "…". */
  const cut = (text: string, style: Style, most: number): string => {
    if (width(text, style) <= most) return text
    const letters = [...text]
    let [low, high] = [0, letters.length]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if (width(`${letters.slice(0, middle).join('')}…`, style) <= most) low = middle
      else high = middle - 1
    }
    return `${letters.slice(0, low).join('').trimEnd()}…`
  }
  const lines: Pen['lines'] = (text, style, most) => {
    const wrapped: string[] = []
    const space = width(' ', style)
    let used = Number.POSITIVE_INFINITY
    // word by word: the same words come again and again, whole lines do not
    for (const word of text.split(/\s+/).filter(Boolean)) {
      const own = width(word, style)
      if (used + space + own <= most) {
        wrapped[wrapped.length - 1] += ` ${word}`
        used += space + own
      } else {
        wrapped.push(own <= most ? word : cut(word, style, most))
        used = own
      }
    }
    return wrapped
  }
  const put: Pen['put'] = (text, x, y, style, box) => {
    // a hair more than its own measure, which adds up words
    const shown = box ? cut(text, style, box.width + 0.5) : text
    const spare = box?.align ? box.width - width(shown, style) : 0
    let at = x + (box?.align === 'end' ? spare : box?.align === 'center' ? spare / 2 : 0)
    const runs = runsOf(shown, style.weight ?? 400)
    for (const run of runs) {
      useFont(run.font, style.size)
      sheet.fillColor(style.color ?? '#1e293b').text(run.text, at, y, { lineBreak: false, features })
      if (run !== runs.at(-1)) at += sheet.widthOfString(run.text, { features })
    }
  }
  const lineHeight: Pen['lineHeight'] = ({ size }) => size * 1.35
  const paragraph: Pen['paragraph'] = (text, x, y, style, most) => {
    const wrapped = lines(text, style, most)
    for (const [index, line] of wrapped.entries()) put(line, x, y + index * lineHeight(style), style)
    return wrapped.length * lineHeight(style)
  }
  return { sheet, width, lineHeight, lines, put, paragraph }
}
