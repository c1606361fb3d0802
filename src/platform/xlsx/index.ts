/** Spreadsheets that stream. May use: platform/csv. */
export { type XlsxCell, xlsxStream, xlsxType } from './xlsx.ts'
