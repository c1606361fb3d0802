/** Documents: PDF and XLSX from plain descriptions, drawn in a thread. Knows no business. */
export type { PdfBlock, PdfCell, PdfDocument, PdfTable, Sheet, Workbook } from './document.ts'
export { createDocuments, type Documents } from './maker.ts'
