/** Spreadsheets, written as their rows come: a hundred thousand rows need no more memory than ten. */
import { Readable } from 'node:stream'
import { safeCell } from '../csv/index.ts'
import { bookParts, sheetPart } from './parts.ts'
import { styleOf, type XlsxFormat } from './styles.ts'
import { spreadsheets, xmlHead, xmlText } from './xml.ts'
import { zipped } from './zip.ts'

export const xlsxType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** A bare number has its column's format. */
export type XlsxCell = string | number | null | { readonly value: number; readonly format: XlsxFormat }
export type XlsxRow = readonly XlsxCell[]

/** A sheet has at most 1,048,576 rows, the header's too. */
export type XlsxSheet = {
  readonly name: string
  /** Width in characters. */
  readonly columns: readonly { readonly label: string; readonly width: number; readonly format?: XlsxFormat }[]
  readonly rows: AsyncIterable<XlsxRow> | Iterable<XlsxRow>
  /** Below the rows. */
  readonly notes?: readonly string[]
}

/** Days since 1899-12-30, as spreadsheets count: a date of the sheet, which knows no zones, is wall time. */
const serial = (wallS: number): number => wallS / 86_400 + 25_569

function numberXml(value: number, format: XlsxFormat | undefined): string {
  if (!Number.isFinite(value)) return '<c/>'
  if (format === undefined) return `<c><v>${value}</v></c>`
  return `<c s="${styleOf[format]}"><v>${format === 'date' || format === 'moment' ? serial(value) : value}</v></c>`
}

/** One that begins like a formula gets an apostrophe in front, as in CSV. */
const textXml = (text: string, style?: number): string =>
  `<c t="inlineStr"${style === undefined ? '' : ` s="${style}"`}><is><t xml:space="preserve">${xmlText(String(safeCell(text)))}</t></is></c>`

function cellXml(cell: XlsxCell, ofColumn: XlsxFormat | undefined): string {
  if (cell === null || cell === '') return '<c/>'
  if (typeof cell === 'string') return textXml(cell)
  return typeof cell === 'number' ? numberXml(cell, ofColumn) : numberXml(cell.value, cell.format)
}

const rowXml = (cells: readonly string[]): string => `<row>${cells.join('')}</row>`

/** Text of about this length goes to the packer at once. */
const chunkLength = 32_768

async function* sheetXml({ columns, rows, notes = [] }: XlsxSheet): AsyncGenerator<string> {
  const widths = columns.map(({ width }, i) => `<col min="${i + 1}" max="${i + 1}" width="${width}" customWidth="1"/>`)
  const header = columns.map(({ label, format }) => textXml(label, format ? styleOf.numberHeader : styleOf.header))
  let text = `${xmlHead}<worksheet xmlns="${spreadsheets}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>${widths.join('')}</cols><sheetData>${rowXml(header)}`
  for await (const row of rows) {
    text += rowXml(row.map((cell, i) => cellXml(cell, columns[i]?.format)))
    if (text.length < chunkLength) continue
    yield text
    text = ''
  }
  const below = notes.length > 0 ? [rowXml([]), ...notes.map((note) => rowXml([textXml(note, styleOf.note)]))] : []
  yield `${text}${below.join('')}</sheetData><pageSetup orientation="landscape"/></worksheet>`
}

/** The sheets are the archive's last parts, one after the other, so that whoever reads along can count rows. */
export const xlsxStream = (sheets: readonly XlsxSheet[]): Readable =>
  Readable.from(
    zipped(
      bookParts(sheets.map(({ name }) => name)),
      sheets.map((sheet, i) => ({ name: sheetPart(i), text: sheetXml(sheet) })),
    ),
    { objectMode: false },
  )
