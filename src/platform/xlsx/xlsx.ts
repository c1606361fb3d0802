/** One sheet of a spreadsheet, written as its rows come: a hundred thousand rows need no more memory than ten. The library for small workbooks holds
 *  every cell until the end. */
import { Readable } from 'node:stream'
import { safeCell } from '../csv/index.ts'
import { zipped } from './zip.ts'

/** Wall time (seconds since 1970-01-01 00:00 of its own clock): a date of the spreadsheet, which knows no zones either. */
export type WallTime = { readonly wallS: number }
export type XlsxCell = string | number | boolean | null | WallTime

/** A sheet has at most 1,048,576 rows, the header's too. */
export type Sheet = {
  /** At most 31 characters. */
  readonly name: string
  readonly header: readonly string[]
  /** In characters, per column. */
  readonly widths: readonly number[]
  readonly rows: AsyncIterable<readonly XlsxCell[]> | Iterable<readonly XlsxCell[]>
}

export const xlsxType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

const xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const packages = 'http://schemas.openxmlformats.org/package/2006'
const types = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
/** XML 1.0 has no control characters and no half surrogates; `_x0041_` would be read as a character of that number. */
export const xmlText = (text: string): string =>
  text
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be in XML
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replace(/_x(?=[0-9a-fA-F]{4}_)/g, '_x005F_x')
    .replace(/[&<>"]/g, (character) => escapes[character] ?? '')

/** Days since 1899-12-30, as spreadsheets count. */
const serial = (wallS: number): number => wallS / 86_400 + 25_569

/** Styles by number: 0 plain, 1 header, 2 date and time. */
const cellXml = (cell: XlsxCell, style: 0 | 1 = 0): string => {
  if (cell === null || cell === '') return '<c/>'
  if (typeof cell === 'object') return `<c s="2"><v>${serial(cell.wallS)}</v></c>`
  if (typeof cell === 'number') return Number.isFinite(cell) ? `<c><v>${cell}</v></c>` : '<c/>'
  if (typeof cell === 'boolean') return `<c t="b"><v>${cell ? 1 : 0}</v></c>`
  const s = style === 0 ? '' : ` s="${style}"`
  return `<c t="inlineStr"${s}><is><t xml:space="preserve">${xmlText(String(safeCell(cell)))}</t></is></c>`
}

/** Text of about this length goes to the packer at once. */
const chunkLength = 32_768

async function* sheetXml({ header, widths, rows }: Sheet): AsyncGenerator<string> {
  const columns = widths.map((width, i) => `<col min="${i + 1}" max="${i + 1}" width="${width}" customWidth="1"/>`).join('')
  let text = `${xml}<worksheet xmlns="${main}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>${columns}</cols><sheetData><row>${header.map((name) => cellXml(name, 1)).join('')}</row>`
  for await (const row of rows) {
    text += `<row>${row.map((cell) => cellXml(cell)).join('')}</row>`
    if (text.length < chunkLength) continue
    yield text
    text = ''
  }
  yield `${text}</sheetData></worksheet>`
}

const partsOf = (name: string): Record<string, string> => ({
  '[Content_Types].xml': `${xml}<Types xmlns="${packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${types}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${types}.styles+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${types}.worksheet+xml"/></Types>`,
  '_rels/.rels': `${xml}<Relationships xmlns="${packages}/relationships"><Relationship Id="rId1" Type="${relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  'xl/workbook.xml': `${xml}<workbook xmlns="${main}" xmlns:r="${relations}"><sheets><sheet name="${xmlText(name)}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  'xl/_rels/workbook.xml.rels': `${xml}<Relationships xmlns="${packages}/relationships"><Relationship Id="rId1" Type="${relations}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${relations}/styles" Target="styles.xml"/></Relationships>`,
  'xl/styles.xml': `${xml}<styleSheet xmlns="${main}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>`,
})

/** Texts that begin like a formula get an apostrophe in front, as in CSV. The sheet is the archive's last part, so that whoever reads along can count rows. */
export const xlsxStream = (sheet: Sheet): Readable =>
  Readable.from(zipped(partsOf(sheet.name), { name: 'xl/worksheets/sheet1.xml', text: sheetXml(sheet) }), { objectMode: false })
