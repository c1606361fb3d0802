/** What a source said, as data: the part that counts, and a piece of it to look at. Pure. */
import type { Text } from '../../platform/i18n/i18n.ts'
import { type FetchFault, netFaults } from '../../platform/net/index.ts'

/** `{ok,status,data,error}` of the data broker. Asking never throws: what went wrong is `error`. */
export type SourceAnswer = {
  readonly ok: boolean
  /** Of the HTTP answer; null = there was none. */
  readonly status: number | null
  readonly data: unknown
  readonly error: Text | null
  readonly askedAtMs: number
}

export const errorTexts = {
  address: { es: 'La dirección no es válida', en: 'The address is not valid' },
  ...netFaults,
  header: {
    es: 'Un encabezado o la clave tiene caracteres que no se pueden enviar',
    en: 'A header or the key has characters that cannot be sent',
  },
  redirect: {
    es: 'Responde que está en otra dirección, y Andon no la sigue: escriba la dirección final',
    en: 'It answers that it is elsewhere, and Andon does not follow: write the final address',
  },
  status: { es: 'Respondió con un error', en: 'It answered with an error' },
  too_large: { es: 'La respuesta pasa de 5 MB', en: 'The answer is larger than 5 MB' },
  too_many_values: {
    es: 'La respuesta trae demasiados valores: pida menos al servidor',
    en: 'The answer holds too many values: ask the server for less',
  },
  not_kept: {
    es: 'La respuesta es demasiado grande para guardarla junto a las demás: se pregunta otra vez en unos segundos',
    en: 'The answer is too large to be kept beside the others: it is asked again in a few seconds',
  },
  encoding: {
    es: 'La respuesta está comprimida de una forma desconocida o dañada',
    en: 'The answer is packed in an unknown way, or broken',
  },
  not_json: { es: 'La respuesta no es JSON', en: 'The answer is not JSON' },
  no_such_key: { es: 'La respuesta no tiene «{key}»', en: 'The answer has no “{key}”' },
  variable: {
    es: 'La variable {name} no está permitida o está vacía: pida al operador que la agregue como {entry} en SOURCE_VARIABLES',
    en: 'The variable {name} is not allowed or is empty: ask the operator to add it as {entry} to SOURCE_VARIABLES',
  },
  sealed: {
    es: 'Lo oculto no se puede abrir: cambió la clave del servidor (SECRET_KEY). Escríbalo otra vez',
    en: 'What was hidden cannot be opened: the key of the server (SECRET_KEY) changed. Write it again',
  },
  busy: { es: 'Hay demasiadas fuentes respondiendo a la vez', en: 'Too many sources are answering at once' },
  not_found: { es: 'La empresa no tiene esa fuente', en: 'The company has no such source' },
  disabled: { es: 'La fuente está apagada', en: 'The source is switched off' },
  waiting: { es: 'Todavía no respondió', en: 'It has not answered yet' },
  internal: { es: 'No se pudo consultar', en: 'It could not be asked' },
} as const satisfies Record<FetchFault | string, Text>
export type ErrorWord = keyof typeof errorTexts

/** Error texts are this long at most. */
const longestError = 200

export const errorText = (word: ErrorWord, parameters: Readonly<Record<string, string>> = {}, status: number | null = null): Text => {
  const fill = (text: string) => {
    const whole =
      text.replace(/\{(\w+)\}/g, (_mark, name: string) => parameters[name] ?? '') +
      (word === 'status' && status !== null ? ` (${status})` : '')
    return [...whole].slice(0, longestError).join('')
  }
  return { es: fill(errorTexts[word].es), en: fill(errorTexts[word].en) }
}

const most = { items: 5, members: 20, depth: 4, text: 200 } as const

/** To look at: few items, short texts, not deep; `truncated` when it is less than all. */
export function previewOf(data: unknown): { readonly preview: unknown; readonly truncated: boolean } {
  let truncated = false
  const cut = (value: unknown, depth: number): unknown => {
    if (typeof value === 'string' && value.length > most.text) {
      truncated = true
      return `${value.slice(0, most.text)}…`
    }
    if (typeof value !== 'object' || value === null) return value
    if (depth === 0) {
      truncated = true
      return '…'
    }
    if (Array.isArray(value)) {
      truncated ||= value.length > most.items
      return value.slice(0, most.items).map((item) => cut(item, depth - 1))
    }
    const entries = Object.entries(value)
    truncated ||= entries.length > most.members
    return Object.fromEntries(entries.slice(0, most.members).map(([name, item]) => [name.slice(0, most.text), cut(item, depth - 1)]))
  }
  return { preview: cut(data, most.depth), truncated }
}
