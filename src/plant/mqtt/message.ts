/** A message becomes the rows that it tells of, or a refusal that names what is wrong. Pure; whatever the bytes are, it does not throw. */
import { createHash } from 'node:crypto'
import type { Text } from '../../platform/i18n/i18n.ts'
import { partOf } from '../../platform/json/index.ts'
import { maxBatchRows } from '../ingest/index.ts'
import { findRule, type Said, type TopicRule } from './rule.ts'

export type Row = { readonly line: unknown; readonly area_id: unknown; readonly product_id: unknown; readonly detected_at: unknown }

export type ReadMessage =
  | { readonly kind: 'rows'; readonly key: string; readonly batchKey: string; readonly rows: readonly Row[] }
  /** `key` is the message's id where it could be read. */
  | { readonly kind: 'refused'; readonly key: string; readonly detail: Text }

/** `maxBatchRows` pieces of a hundred bytes each, which is line, area, product, time and names of their fields. */
export const maxPayloadBytes = 2 ** 20

/** A whole number that JavaScript would round: kept as it was written, so that it is refused, not changed. */
class WideNumber {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

const refusals = {
  no_rule: { es: 'Ningún tema configurado corresponde a {topic}', en: 'No topic of the map is that of {topic}' },
  too_large: { es: 'El mensaje pasa de 1 MB', en: 'The message is larger than 1 MB' },
  empty: { es: 'El mensaje está vacío', en: 'The message is empty' },
  not_text: { es: 'El mensaje no es texto UTF-8', en: 'The message is no UTF-8 text' },
  not_json: { es: 'El mensaje no es JSON', en: 'The message is not JSON' },
  no_id: { es: 'Falta el identificador del mensaje en «{path}»', en: 'The id of the message is missing at “{path}”' },
  bad_id: {
    es: 'El identificador en «{path}» debe ser un texto de hasta 100 letras o un número entero',
    en: 'The id at “{path}” must be a text of at most 100 characters or a whole number',
  },
  no_items: { es: 'En «{path}» se espera una lista de piezas', en: 'A list of pieces is expected at “{path}”' },
  too_many: { es: 'Trae {count} piezas; el máximo es {most}', en: 'It holds {count} pieces; the most is {most}' },
  missing: { es: 'Pieza {at}: falta «{path}»', en: 'Piece {at}: “{path}” is missing' },
  wide: {
    es: 'Pieza {at}: el número en «{path}» es demasiado grande ({value})',
    en: 'Piece {at}: the number at “{path}” is too large ({value})',
  },
} as const satisfies Record<string, Text>

const refused = (name: keyof typeof refusals, parameters: Readonly<Record<string, string | number>> = {}, key = ''): ReadMessage => {
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (_mark, word: string) => String(parameters[word] ?? '').slice(0, 100))
  return { kind: 'refused', key, detail: { es: fill(refusals[name].es), en: fill(refusals[name].en) } }
}

const decoder = new TextDecoder('utf-8', { fatal: true })

export function readMessage(rules: readonly TopicRule[], topic: string, payload: Uint8Array): ReadMessage {
  const found = findRule(rules, topic)
  if (!found) return refused('no_rule', { topic })
  if (payload.length > maxPayloadBytes) return refused('too_large')
  if (payload.length === 0) return refused('empty')
  let text: string
  try {
    text = decoder.decode(payload)
  } catch {
    return refused('not_text')
  }
  const message = parsed(text)
  if (message === undefined) return refused('not_json')
  return rowsOf(found.rule, found.said, topic, message)
}

type Reviver = (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown
/** Only numbers with as many digits, or with an exponent, are larger than `Number.MAX_SAFE_INTEGER`: looking at every value costs ten times the reading. */
const mayBeWide = /\d{16}|\d[eE]/

/** Undefined: no JSON, or nested beyond reading. */
function parsed(text: string): unknown {
  const keepWide: Reviver = (_key, value, context) =>
    typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER ? new WideNumber(context.source ?? String(value)) : value
  try {
    return JSON.parse(text, mayBeWide.test(text) ? (keepWide as (key: string, value: unknown) => unknown) : undefined) as unknown
  } catch {
    return undefined
  }
}

function rowsOf(rule: TopicRule, said: Said, topic: string, message: unknown): ReadMessage {
  const id = partOf(message, rule.messageId)
  if (id === undefined || id === null || id === '') return refused('no_id', { path: rule.messageId })
  const key = id instanceof WideNumber ? id.text : typeof id === 'string' || Number.isSafeInteger(id) ? String(id) : ''
  if (key === '' || [...key].length > 100) return refused('bad_id', { path: rule.messageId })

  const items = rule.items === '' ? [message] : partOf(message, rule.items)
  if (!Array.isArray(items)) return refused('no_items', { path: rule.items }, key)
  if (items.length > maxBatchRows) return refused('too_many', { count: items.length, most: maxBatchRows }, key)
  const rows: Row[] = []
  for (const [i, item] of items.entries()) {
    /** Of the piece, else of the message around it. */
    const pick = (path: string) => partOf(item, path) ?? partOf(message, path)
    const read = (name: 'line' | 'area' | 'product'): unknown =>
      rule[name] === '' ? said[name] : rule[name].startsWith('=') ? rule[name].slice(1) : pick(rule[name])
    const parts = { line: read('line'), area: read('area'), product: read('product'), detectedAt: pick(rule.detectedAt) }
    for (const [name, value] of Object.entries(parts) as [keyof typeof parts, unknown][]) {
      const path = rule[name] || `{${name}}`
      if (value === undefined || value === null) return refused('missing', { at: i + 1, path }, key)
      if (value instanceof WideNumber) return refused('wide', { at: i + 1, path, value: value.text }, key)
    }
    rows.push({
      line: numberIfId(parts.line, rule.line),
      area_id: asNumber(parts.area),
      product_id: asNumber(parts.product),
      detected_at: asTime(parts.detectedAt),
    })
  }
  return { kind: 'rows', key, batchKey: createHash('sha256').update(`${topic}\n${key}`).digest('base64url'), rows }
}

/** Ids are often sent as text, and a topic is nothing but text. */
const asNumber = (value: unknown): unknown => (typeof value === 'string' && /^\d{1,15}$/.test(value.trim()) ? Number(value) : value)

/** A line is named by its code; digits mean its number only where a person wrote them into the map, or the message sent a number. */
const numberIfId = (value: unknown, from: string): unknown => (from.startsWith('=') ? asNumber(value) : value)

/** Epoch seconds or milliseconds, as devices send them, become an instant; text stays as it is. */
function asTime(value: unknown): unknown {
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) return value
  const ms = value < 100_000_000_000 ? value * 1_000 : value
  return ms < 253_402_300_800_000 ? new Date(Math.floor(ms)).toISOString() : value
}
