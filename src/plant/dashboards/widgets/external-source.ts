/** A figure or a table of another system: what an external source of the company said. */
import { formatNumber } from '../../../platform/i18n/index.ts'
import { partOf } from '../../../platform/json/index.ts'
import { zoneOf } from '../../../platform/time/index.ts'
import type { ExternalAnswer } from '../../facts/index.ts'
import type { ExternalSourceData } from './data.ts'
import { localIso } from './local-time.ts'
import type { Widget } from './widget.ts'

const most = { rows: 20, columns: 6, text: 80 } as const
export const externalDisplays = ['number', 'table'] as const
type Config = Readonly<Record<string, unknown>>

const textOf = (value: unknown, limit: number): string => (typeof value === 'string' ? [...value].slice(0, limit).join('') : '')

/** The source that a layout names; null = none yet. */
export const sourceIdOf = ({ api_source_id: id }: Config): string | null => (typeof id === 'string' && id !== '' ? id : null)

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A number, also as text; null when it is none. */
function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : null
}

const cellOf = (value: unknown, language: 'es' | 'en'): string => {
  if (value === null || value === undefined) return '—'
  if (typeof value === 'number') {
    const rounded = Number(value.toFixed(3))
    return formatNumber(rounded, language, /\.(\d{1,3})$/.exec(String(rounded))?.[1]?.length ?? 0)
  }
  if (typeof value === 'boolean') return value ? '✓' : '—'
  return textOf(typeof value === 'string' ? value : '…', most.text)
}

/** Rows of objects by their members, of lists by place, of plain values in one column; an object is a row for each member. */
function tableOf(value: unknown, language: 'es' | 'en'): { columns: string[]; rows: string[][]; total: number } | null {
  const list = Array.isArray(value) ? value : isObject(value) ? Object.entries(value) : null
  if (list === null) return null
  const shown = list.slice(0, most.rows)
  if (shown.every(isObject)) {
    const columns = [...new Set(shown.flatMap((row) => Object.keys(row)))].slice(0, most.columns)
    const rows = shown.map((row) => columns.map((name) => cellOf(Object.hasOwn(row, name) ? row[name] : null, language)))
    return { columns: columns.map((name) => textOf(name, most.text)), rows, total: list.length }
  }
  const rows = shown.map((row) => (Array.isArray(row) ? row.slice(0, most.columns) : [row]).map((cell) => cellOf(cell, language)))
  return { columns: [], rows, total: list.length }
}

const faults = {
  not_chosen: {
    es: 'Elija una fuente: en «Editar tablero», opciones de este widget.',
    en: 'Choose a source: in “Edit dashboard”, options of this widget.',
  },
  no_answer: { es: 'No se consultó la fuente.', en: 'The source was not asked.' },
  no_number: { es: 'La respuesta no tiene un número en «{path}».', en: 'The answer has no number at “{path}”.' },
  no_table: { es: 'La respuesta no tiene una lista en «{path}».', en: 'The answer has no list at “{path}”.' },
} as const

export const externalSource = {
  className: 'ExternalSource',
  displayName: { es: 'Fuente externa', en: 'External source' },
  explanation: {
    es: 'Lo que respondió otro sistema, tal como lo dijo: Andon no lo calcula, y el período y los filtros del tablero no lo cambian. Se vuelve a preguntar cuando vence el tiempo que fija la fuente (a lo sumo cada 10 s).',
    en: 'What another system answered, as it said it: Andon does not work it out, and period and filters of the dashboard do not change it. It is asked again after the time that the source sets (every 10 s at most).',
  },
  render: 'external',
  tab: 'produccion',
  columnSpan: 1,
  rowSpan: 1,
  order: 20,
  downtimeOnly: false,
  compute: ({ facts, model, language, config }) => {
    const key = sourceIdOf(config)
    const answer: ExternalAnswer | undefined = key === null ? undefined : facts.external.get(key)
    const display = externalDisplays.find((word) => word === config.display) ?? 'number'
    const path = textOf(config.value_path, 200)
    const base = {
      api_source_id: key,
      source_name: answer?.name ?? null,
      display,
      value: null,
      unit: textOf(config.unit, 20),
      columns: [],
      rows: [],
      total_rows: 0,
      asked_local: answer ? localIso(zoneOf(model.settings.timeZone).toLocalS(Math.floor(answer.askedAtMs / 1_000))) : null,
      error: null,
    }
    const failed = (word: keyof typeof faults) => ({ ...base, error: faults[word][language].replace('{path}', path || '.') })
    if (key === null) return failed('not_chosen')
    if (!answer) return failed('no_answer')
    if (!answer.ok) return { ...base, error: answer.error?.[language] ?? '' }
    const part = partOf(answer.data, path)
    if (display === 'number') {
      const value = numberOf(part)
      return value === null ? failed('no_number') : { ...base, value }
    }
    const table = tableOf(part, language)
    return table === null ? failed('no_table') : { ...base, columns: table.columns, rows: table.rows, total_rows: table.total }
  },
} satisfies Widget<ExternalSourceData>
