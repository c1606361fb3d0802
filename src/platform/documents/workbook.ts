/** XLSX: numbers stay numbers, times are dates, and no text is taken for a formula. */
import writeExcelFile, { type Cell, type Sheet as ExcelSheet } from 'write-excel-file/node'
import { safeCell } from '../csv/index.ts'
import type { Sheet, SheetCell, SheetFormat, Workbook } from './document.ts'

const formats: Readonly<Record<Exclude<SheetFormat, 'text'>, string>> = {
  whole: '#,##0',
  decimal: '#,##0.##',
  ratio: '0.0%',
  exact: '0.000000',
  date: 'dd/mm/yyyy',
  moment: 'dd/mm/yyyy hh:mm:ss',
}

export async function workbookBytes({ sheets }: Workbook): Promise<Uint8Array> {
  const pages = sheets.map(
    (sheet): ExcelSheet<never> => ({
      sheet: sheetName(sheet.name),
      orientation: 'landscape',
      stickyRowsCount: 1,
      columns: sheet.columns.map(({ width }) => ({ width })),
      data: [
        sheet.columns.map(({ label, format }) => ({
          value: plain(label),
          type: String,
          fontWeight: 'bold' as const,
          backgroundColor: '#E1EDFD',
          ...(format && format !== 'text' && { align: 'right' as const }),
        })),
        ...sheet.rows.map((row) => row.map((cell, index) => cellOf(cell, sheet.columns[index]?.format))),
        ...((sheet.notes ?? []).length > 0 ? [[null]] : []),
        ...(sheet.notes ?? []).map((note): Cell[] => [{ value: plain(note), type: String, textColor: '#5F6E84' }]),
      ],
    }),
  )
  return writeExcelFile(pages, { fontFamily: 'Calibri', fontSize: 11 }).toBuffer()
}

/** No formula, and none of the characters that XML cannot hold: one of them would make the whole file unreadable. */
const plain = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be in XML
  String(safeCell(text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')))

/** Excel refuses these letters and more than 31 of any. */
const sheetName = (name: Sheet['name']): string => name.replace(/[\\/?*[\]:]/g, ' ').slice(0, 31)

function cellOf(cell: SheetCell, ofColumn: SheetFormat | undefined): Cell {
  if (cell === null) return null
  if (typeof cell === 'string') return { value: plain(cell), type: String }
  const { value, format } = typeof cell === 'number' ? { value: cell, format: ofColumn ?? 'decimal' } : cell
  if (format === 'text') return { value: String(value), type: String }
  // wall time as if it were UTC: the sheet knows no zones and shows what the plant's clock showed
  if (format === 'date' || format === 'moment') return { value: new Date(value * 1_000), type: Date, format: formats[format] }
  return { value, type: Number, format: formats[format] }
}
