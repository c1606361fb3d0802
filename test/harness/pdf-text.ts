/** The text of a PDF of ours, read back: page by page, in the order it was set. Knows what pdfkit writes: deflated streams, subset fonts with a map to Unicode. */
import { inflateSync } from 'node:zlib'

export type PdfPage = { readonly text: string; readonly lines: readonly string[] }

export function pdfPages(bytes: Uint8Array): PdfPage[] {
  const file = Buffer.from(bytes).toString('latin1')
  const objects = new Map([...file.matchAll(/(\d+) 0 obj\n([\s\S]*?)\nendobj/g)].map((match) => [Number(match[1]), match[2] ?? '']))
  const at = (text: string, name: string): string => objects.get(Number(new RegExp(`/${name} (\\d+) 0 R`).exec(text)?.[1])) ?? ''
  return [...objects.values()]
    .filter((object) => /\/Type \/Page\b/.test(object))
    .map((page) => {
      const fonts = new Map(
        [...at(page, 'Resources').matchAll(/\/(F\d+) (\d+) 0 R/g)].map((match) => [
          match[1],
          lettersOf(streamOf(at(objects.get(Number(match[2])) ?? '', 'ToUnicode'))),
        ]),
      )
      const lines = linesOf(streamOf(at(page, 'Contents')), fonts)
      return { lines, text: lines.join('\n') }
    })
}

function streamOf(object: string): string {
  const start = object.indexOf('stream\n')
  if (start < 0) return ''
  const data = Buffer.from(object.slice(start + 7, object.lastIndexOf('\nendstream')), 'latin1')
  return (object.slice(0, start).includes('/FlateDecode') ? inflateSync(data) : data).toString('latin1')
}

/** Glyph number → text. */
function lettersOf(map: string): ReadonlyMap<number, string> {
  const letters = new Map<number, string>()
  for (const [, from = '', list = ''] of map.matchAll(/<(\w+)> <\w+> \[([^\]]*)\]/g))
    for (const [index, [, hex = '']] of [...list.matchAll(/<([\w ]+)>/g)].entries())
      letters.set(Number.parseInt(from, 16) + index, String.fromCharCode(...hex.split(' ').map((unit) => Number.parseInt(unit, 16))))
  return letters
}

/** One line per text object: a run of ours, or a text of a chart, which is set letter by letter. */
function linesOf(content: string, fonts: ReadonlyMap<string | undefined, ReadonlyMap<number, string>>): string[] {
  return [...content.matchAll(/^BT$([\s\S]*?)^ET$/gm)].map(([, text = '']) => {
    let letters: ReadonlyMap<number, string> = new Map()
    let line = ''
    for (const [, font, glyphs] of text.matchAll(/\/(F\d+) [\d.]+ Tf|([^\n]*) T[jJ]$/gm)) {
      if (font) letters = fonts.get(font) ?? new Map()
      for (const [, run = ''] of (glyphs ?? '').matchAll(/<(\w+)>/g))
        line += (run.match(/.{4}/g) ?? []).map((glyph) => letters.get(Number.parseInt(glyph, 16)) ?? '\ufffd').join('')
    }
    return line
  })
}
