/** Spreadsheets that stream. May use: platform/csv. */
export { mostSheetRows, type XlsxCell, xlsxStream, xlsxType } from './xlsx.ts'
