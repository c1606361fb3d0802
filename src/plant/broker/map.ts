/** A map of sources as YAML or JSON: id → entry. Entries that are not valid are left out and told; the others go on. Pure. */
import type { Document } from 'yaml'
import { formatText, type Language, type Text } from '../../platform/i18n/i18n.ts'
import { problem } from './problems.ts'
import { faultText, readSource, type Source } from './source.ts'

export const longestMap = 200_000
/** 50 sources of 320 characters. Reading hostile YAML of this length takes up to 0.2 s. */
const longestYaml = 16_000
/** What any JSON may have that Andon is sent. A map that stands in itself is deeper than any. */
const deepest = 20
const most = { warnings: 50, warning: 400 } as const
export const importRate = { bucket: 'broker-import', perMinute: 10 } as const

const faults = {
  map: { es: 'Se espera un mapa de fuentes por identificador', en: 'A map of sources by id is expected' },
  long: {
    es: 'No es JSON, y como YAML pasa de {most} letras: impórtelo en partes o como JSON',
    en: 'It is no JSON, and as YAML it has more than {most} characters: import it in parts or as JSON',
  },
  deep: { es: 'Tiene más de {most} niveles', en: 'It has more than {most} levels' },
  aliases: {
    es: 'Repite demasiadas veces lo que lleva ancla (&): escriba los valores',
    en: 'It repeats what has an anchor (&) too often: write the values',
  },
  syntax: { es: 'En la línea {line} deja de ser YAML', en: 'It stops being YAML at line {line}' },
  tab: { es: 'En la línea {line} hay tabulaciones: use espacios', en: 'There are tabs at line {line}: use spaces' },
  indent: { es: 'En la línea {line} los espacios del principio no coinciden', en: 'The spaces in front do not match at line {line}' },
  open: { es: 'En la línea {line} falta cerrar algo', en: 'Something is not closed at line {line}' },
  twice: { es: 'En la línea {line} un nombre está dos veces', en: 'A name stands twice at line {line}' },
  name: { es: 'En la línea {line} un nombre no es un texto', en: 'A name is no text at line {line}' },
  documents: {
    es: 'En la línea {line} empieza otro documento: se lee uno solo',
    en: 'Another document begins at line {line}: one is read',
  },
} as const satisfies Record<string, Text>

/** The words of the library are in English only. */
const faultOfCode: Readonly<Record<string, keyof typeof faults>> = {
  TAB_AS_INDENT: 'tab',
  BAD_INDENT: 'indent',
  MISSING_CHAR: 'open',
  NON_STRING_KEY: 'name',
  MULTIPLE_DOCS: 'documents',
  RESOURCE_EXHAUSTION: 'deep',
}

const refuse = (rule: keyof typeof faults, parameters: Readonly<Record<string, number>> = {}) =>
  problem('source_map_unreadable', { fields: [{ path: 'map', rule, message: faults[rule], parameters: { most: deepest, ...parameters } }] })

type Entries = Readonly<Record<string, unknown>>

/** Throws 422 `source_map_unreadable`. */
export async function parseMap(text: string): Promise<Entries> {
  const value = jsonOf(text) ?? (await yamlOf(text))
  if (isDeeper(value, deepest)) throw refuse('deep')
  const isMap = (one: unknown): one is Entries => typeof one === 'object' && one !== null && !Array.isArray(one)
  if (!isMap(value)) throw refuse('map')
  const inner = value.apis ?? value.sources
  // the whole may stand under `apis`
  return isMap(inner) && !('base_url' in inner) && Object.keys(value).length === 1 ? inner : value
}

/** Undefined: no JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

async function yamlOf(text: string): Promise<unknown> {
  if (text.length > longestYaml) throw refuse('long', { most: longestYaml })
  const yaml = await import('yaml')
  const document = yaml.parseDocument(text, {
    // names are texts: a map as the name of a map would be written out again at each level
    stringKeys: true,
    // takes the square of the names: see `repeatedAt`
    uniqueKeys: false,
    schema: 'core',
    resolveKnownTags: false,
    logLevel: 'error',
    prettyErrors: false,
  })
  const [error] = document.errors
  if (error) throw refuse(faultOfCode[error.code] ?? 'syntax', { line: lineAt(text, error.pos[0]) })
  try {
    const repeated = repeatedAt(yaml, document)
    if (repeated !== null) throw refuse('twice', { line: lineAt(text, repeated) })
    // few aliases, so that a small file does not grow
    return document.toJS({ maxAliasCount: 20 })
  } catch (cause) {
    if (cause instanceof ReferenceError) throw refuse('aliases')
    if (cause instanceof RangeError) throw refuse('deep')
    throw cause
  }
}

/** Where a name stands for the second time in its map. */
function repeatedAt({ visit, isScalar }: typeof import('yaml'), document: Document.Parsed): number | null {
  let found: number | null = null
  visit(document, {
    Map: (_key, { items }) => {
      const names = new Set<unknown>()
      for (const { key } of items) {
        if (!isScalar(key)) continue
        if (names.has(key.value)) {
          found = key.range?.[0] ?? 0
          return visit.BREAK
        }
        names.add(key.value)
      }
      return undefined
    },
  })
  return found
}

const lineAt = (text: string, position: number): number => text.slice(0, position).split('\n').length

const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === 'object' && value !== null && (levels === 0 || Object.values(value).some((one) => isDeeper(one, levels - 1)))

export type ReadMap = {
  readonly sources: readonly Source[]
  /** One line for each of the first entries that were left out, with what is wrong; then how many more there are. */
  readonly warnings: readonly string[]
  readonly leftOut: number
}

const more: Text = { es: 'y {count} más', en: 'and {count} more' }

/** `known`: the company's sources, whose hidden values an entry without them keeps. */
export function readEntries(entries: Entries, known: readonly Source[], language: Language): ReadMap {
  const sources: Source[] = []
  const warnings: string[] = []
  let leftOut = 0
  for (const [key, entry] of Object.entries(entries)) {
    const { source, fields } = readSource(key, entry, known.find((one) => one.key === key) ?? null)
    if (source) sources.push(source)
    else if (++leftOut <= most.warnings) {
      const line = `${key.slice(0, 60)}: ${fields.map((field) => faultText(field, language)).join('; ')}`
      warnings.push(line.length > most.warning ? `${line.slice(0, most.warning - 1)}…` : line)
    }
  }
  if (leftOut > most.warnings) warnings.push(formatText(more, language, { count: leftOut - most.warnings }))
  return { sources, warnings, leftOut }
}
