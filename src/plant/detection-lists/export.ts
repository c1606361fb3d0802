/** Detections as a file, CSV or spreadsheet, written while it is sent. */
import type { Readable } from 'node:stream'
import { csvStream } from '../../platform/csv/index.ts'
import { defineMessages, type Language, translator } from '../../platform/i18n/index.ts'
import { formatLocal } from '../../platform/time/index.ts'
import { type XlsxCell, type XlsxSheet, xlsxStream, xlsxType } from '../../platform/xlsx/index.ts'
import { type DetectionRow, detectionRows } from '../dashboards/index.ts'
import type { PlantModel } from '../model/index.ts'
import type { Scope } from '../scope/index.ts'
import { areaTypeText } from './area-types.ts'
import type { Row } from './line-rows.ts'

export const formats = ['csv', 'xlsx'] as const
export type Format = (typeof formats)[number]

export const contentTypes: Readonly<Record<Format, string>> = { csv: 'text/csv; charset=utf-8', xlsx: xlsxType }

const messages = defineMessages({
  sheet: { es: 'Detecciones', en: 'Detections' },
  detection_id: { es: 'Detección', en: 'Detection' },
  detected_at: { es: 'Fecha y hora', en: 'Date and time' },
  line_name: { es: 'Línea', en: 'Line' },
  line_code: { es: 'Código de línea', en: 'Line code' },
  area_name: { es: 'Área', en: 'Area' },
  area_type: { es: 'Tipo de área', en: 'Area type' },
  product_name: { es: 'Producto', en: 'Product' },
  product_code: { es: 'Código de producto', en: 'Product code' },
  product_weight: { es: 'Peso (kg)', en: 'Weight (kg)' },
})

const columns = [
  { key: 'detection_id', width: 12 },
  { key: 'detected_at', width: 20, format: 'moment' },
  { key: 'line_name', width: 24 },
  { key: 'line_code', width: 14 },
  { key: 'area_name', width: 22 },
  { key: 'area_type', width: 13 },
  { key: 'product_name', width: 28 },
  { key: 'product_code', width: 18 },
  { key: 'product_weight', width: 11 },
] as const satisfies readonly (Omit<XlsxSheet['columns'][number], 'label'> & { key: keyof DetectionRow & keyof typeof messages })[]

export type FileWish = {
  readonly format: Format
  readonly language: Language
  /** The columns' names: words for people, the API's field names for programs. */
  readonly header: 'words' | 'names'
}

/** `detections_{line}_{YYYYMMDD_HHMMSS}.{ext}`; time of the plant. Several lines are `lineas`. */
export function fileName(scope: Scope, format: Format): string {
  const [first, ...others] = scope.lines
  const stamp = formatLocal(scope.now.localS).replace(/[-:]/g, '').replace(' ', '_')
  const name = others.length > 0 || !first ? 'lineas' : plainName(first.lineName) || `${first.lineId}`
  return `detections_${name}_${stamp}.${format}`
}

const plainName = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 48)

/** Memory does not grow with the rows. */
export function fileOf(
  batches: AsyncIterable<{ readonly rows: readonly Row[] }>,
  model: PlantModel,
  { format, language, header }: FileWish,
): Readable {
  const t = translator(messages, language)
  const labelled = columns.map((column) => ({ ...column, label: header === 'names' ? column.key : t(column.key) }))
  const shown = detectionRows(model, language)
  async function* cells<Cell>(cell: (row: Row, value: DetectionRow, key: (typeof columns)[number]['key']) => Cell): AsyncGenerator<Cell[]> {
    for await (const { rows } of batches)
      for (const row of rows) {
        const known = shown(row)
        const values = header === 'names' ? known : { ...known, area_type: areaTypeText(known.area_type, language) }
        yield columns.map(({ key }) => cell(row, values, key))
      }
  }
  if (format === 'csv')
    return csvStream(
      labelled.map(({ label }) => label),
      cells(({ localS }, values, key) => (key === 'detected_at' ? formatLocal(localS) : values[key])),
    )
  const rows = cells(({ localS }, values, key): XlsxCell => (key === 'detected_at' ? localS : values[key]))
  return xlsxStream([{ name: t('sheet'), columns: labelled, rows }])
}
