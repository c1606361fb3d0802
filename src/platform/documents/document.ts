/** What a document says, as plain data: it travels to the thread that draws it. Every text comes translated and every figure formatted, so that nothing
 *  here can disagree with the page it was taken from. */
import type { Language } from '../i18n/i18n.ts'
import type { XlsxCell, XlsxSheet } from '../xlsx/index.ts'

export type PdfCell =
  | string
  | {
      readonly text: string
      /** A second line, smaller. */
      readonly sub?: string
      /** `#rrggbb`, drawn as a dot before the text. */
      readonly swatch?: string
      readonly isStrong?: boolean
      readonly tone?: Tone
    }
export type Tone = 'neutral' | 'good' | 'bad' | 'warning'

export type PdfTable = {
  readonly kind: 'table'
  readonly columns: readonly { readonly label: string; readonly share: number; readonly align?: 'end' }[]
  readonly rows: readonly (readonly PdfCell[])[]
  readonly total?: readonly PdfCell[]
  readonly emptyText?: string
}

export type PdfBlock =
  | { readonly kind: 'heading'; readonly text: string; readonly note?: string; readonly startsPage?: boolean }
  | { readonly kind: 'text'; readonly text: string; readonly tone?: Tone }
  | {
      readonly kind: 'figures'
      readonly figures: readonly {
        readonly label: string
        readonly value: string
        readonly unit: string
        readonly note: string
        readonly tone?: Tone
      }[]
    }
  | PdfTable
  /** Drawn by the charts' own module from what the page's element would carry. */
  | { readonly kind: 'chart'; readonly payload: object; readonly heightPt: number; readonly missingText: string }
  /** PNG that somebody sent, checked before. */
  | { readonly kind: 'image'; readonly png: Uint8Array; readonly heightPt: number; readonly title: string }
  /** Side by side when the table fits on the page, else one below the other. */
  | { readonly kind: 'beside'; readonly left: PdfBlock; readonly right: PdfTable; readonly leftShare: number }

export type PdfDocument = {
  readonly language: Language
  readonly company: string
  /** PNG; null without one. */
  readonly logo: Uint8Array | null
  readonly title: string
  readonly subtitle: string
  /** What it is about: period, lines, filters, who made it and when. */
  readonly about: readonly (readonly [label: string, value: string])[]
  readonly author: string
  readonly createdAtMs: number
  /** `{page}` and `{pages}` are filled in. */
  readonly pageText: string
  readonly blocks: readonly PdfBlock[]
}

/** Its rows are at hand. */
export type Sheet = XlsxSheet & { readonly rows: readonly (readonly XlsxCell[])[] }

export type Workbook = { readonly sheets: readonly Sheet[] }
