/** A workbook of several sheets, read back: rows of texts and numbers. */
import { unzip } from './sheet-file.ts'

export type XlsxCell = string | number | null
export type XlsxSheet = { readonly name: string; readonly rows: readonly (readonly XlsxCell[])[] }

export function xlsxSheets(bytes: Uint8Array): XlsxSheet[] {
  const parts = unzip(Buffer.from(bytes))
  const texts = [...part(parts, 'xl/sharedStrings.xml').matchAll(/<si>([\s\S]*?)<\/si>/g)].map(([, item]) =>
    [...(item ?? '').matchAll(/<t[^>]*>([\s\S]*?)<\/t>/g)].map(([, text]) => unescaped(text ?? '')).join(''),
  )
  const names = [...part(parts, 'xl/workbook.xml').matchAll(/<sheet [^>]*name="([^"]*)"/g)].map(([, name]) => unescaped(name ?? ''))
  return names.map((name, index) => ({
    name,
    rows: [...part(parts, `xl/worksheets/sheet${index + 1}.xml`).matchAll(/<row[^>]*>([\s\S]*?)<\/row>/g)].map(([, row]) =>
      cellsOf(row ?? '', texts),
    ),
  }))
}

/** Serial day of a spreadsheet → `YYYY-MM-DDTHH:MM:SS`. */
export const wallTime = (serial: XlsxCell): string =>
  new Date(Math.round((Number(serial) - 25_569) * 86_400) * 1_000).toISOString().slice(0, 19)

function cellsOf(row: string, texts: readonly string[]): XlsxCell[] {
  const cells: XlsxCell[] = []
  for (const [, column = '', attributes = '', body = ''] of row.matchAll(/<c r="([A-Z]+)\d+"([^>]*?)(?:\/>|>([\s\S]*?)<\/c>)/g)) {
    const at = [...column].reduce((index, letter) => index * 26 + letter.charCodeAt(0) - 64, 0) - 1
    const value = /<v>([^<]*)<\/v>/.exec(body)?.[1]
    while (cells.length < at) cells.push(null)
    cells[at] = value === undefined ? null : attributes.includes('t="s"') ? (texts[Number(value)] ?? null) : Number(value)
  }
  return cells
}

const unescaped = (text: string): string =>
  text.replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => ({ lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' })[name] ?? '')

const part = (parts: ReadonlyMap<string, Buffer>, name: string): string => parts.get(name)?.toString('utf8') ?? ''
