/** What goes to the drawing thread and back. */
import type { PdfDocument, Workbook } from './document.ts'

export type DocumentJob =
  | { readonly kind: 'pdf'; readonly document: PdfDocument; readonly distDir: string }
  | { readonly kind: 'xlsx'; readonly workbook: Workbook }

export type DocumentReply =
  | { readonly kind: 'made'; readonly bytes: Uint8Array }
  | { readonly kind: 'failed'; readonly message: string; readonly stack: string }
