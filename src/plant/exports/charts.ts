/** Charts that a program sends instead of ours: base64 PNG per widget id. Each is decoded and made anew, so that what is set in the file is pixels. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { reencodeImage } from '../../platform/files/index.ts'
import type { ProblemField } from '../../platform/http/index.ts'
import type { Text } from '../../platform/i18n/index.ts'
import { problem } from './problems.ts'

export const mostCharts = 12
const mostBytes = 512 * 1_024
/** Twelve of the largest in base64, and the filters beside them. */
export const chartsBodyBytes = 9 * 2 ** 20
const maxSidePx = 2_000
const pngMark = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

export type SentChart = { readonly widgetId: number; readonly png: Uint8Array }

const faults = {
  unknown_widget: { es: 'El tablero no tiene ese widget.', en: 'The dashboard has no such widget.' },
  type: { es: 'Debe ser un PNG en base64.', en: 'Must be a PNG in base64.' },
  too_large: { es: 'Cada gráfico pesa 512 KB como máximo.', en: 'Each chart weighs at most 512 KB.' },
  unreadable: { es: 'La imagen está dañada o es demasiado grande.', en: 'The image is damaged or too large.' },
  too_many: { es: 'Son 12 gráficos como máximo.', en: 'At most 12 charts.' },
} as const satisfies Record<string, Text>

const fault = (id: string, rule: keyof typeof faults): ProblemField => ({
  path: id === '' ? 'charts' : `charts.${id.slice(0, 40)}`,
  rule,
  message: faults[rule],
})

/** Throws 422 `invalid_charts` with a field per bad one. */
export async function readCharts(sent: Readonly<Record<string, string>>, widgetIds: ReadonlySet<number>): Promise<SentChart[]> {
  const entries = Object.entries(sent)
  const fields: ProblemField[] = entries.length > mostCharts ? [fault('', 'too_many')] : []
  const charts: SentChart[] = []
  for (const [id, text] of entries.slice(0, mostCharts)) {
    const read = await readChart(id, text, widgetIds)
    if (typeof read === 'string') fields.push(fault(id, read))
    else charts.push(read)
  }
  if (fields.length > 0) throw problem('invalid_charts', { fields, parameters: { count: fields.length } })
  return charts
}

async function readChart(id: string, text: string, widgetIds: ReadonlySet<number>): Promise<SentChart | keyof typeof faults> {
  const widgetId = /^\d{1,9}$/.test(id) ? Number(id) : 0
  if (!widgetIds.has(widgetId)) return 'unknown_widget'
  const base64 = text.replace(/^data:image\/png;base64,/, '')
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return 'type'
  if (base64.length > (mostBytes * 4) / 3 + 4) return 'too_large'
  const bytes = Buffer.from(base64, 'base64')
  if (!bytes.subarray(0, 8).equals(pngMark)) return 'type'
  const png = await anew(bytes)
  return png ? { widgetId, png } : 'unreadable'
}

async function anew(bytes: Buffer): Promise<Uint8Array | null> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'andon-chart-'))
  try {
    const file = path.join(folder, 'chart.png')
    await writeFile(file, bytes)
    return (await reencodeImage(file, { format: 'png', maxSidePx })).bytes
  } catch {
    return null
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
