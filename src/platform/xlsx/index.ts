/** Spreadsheets that stream. May use: platform/csv. */
export { type XlsxCell, type XlsxSheet, xlsxStream, xlsxType } from './xlsx.ts'
