/** A map of sources as YAML or JSON: id → entry. Entries that are not valid are left out and told; the others go on. Pure. */
import type { Language } from '../../platform/i18n/i18n.ts'
import { problem } from './problems.ts'
import { faultText, readSource, type Source } from './source.ts'

export const longestMap = 200_000
/** Reading YAML costs the square of its length: a text of 200,000 characters stops the process for half a minute. */
const longestYaml = 40_000
/** What is allowed still costs up to half a second. */
export const importRate = { bucket: 'broker-import', perMinute: 10 } as const

export type ReadMap = {
  readonly sources: readonly Source[]
  /** One line per entry that was left out, with what is wrong. */
  readonly warnings: readonly string[]
}

/** `known`: the company's sources, whose hidden values an entry without them keeps. Throws 422 `source_map_unreadable`. */
export async function readMap(text: string, known: readonly Source[], language: Language): Promise<ReadMap> {
  const map = await parsedMap(text)
  const sources: Source[] = []
  const warnings: string[] = []
  for (const [key, entry] of Object.entries(map)) {
    const before = known.find((source) => source.key === key) ?? null
    const { source, fields } = readSource(key, entry, before)
    if (source) sources.push(source)
    else warnings.push(`${key.slice(0, 60)}: ${fields.map((field) => faultText(field, language)).join('; ')}`)
  }
  return { sources, warnings }
}

async function parsedMap(text: string): Promise<Readonly<Record<string, unknown>>> {
  const { parse, YAMLParseError } = await import('yaml')
  const refuse = (reason: string) => problem('source_map_unreadable', { parameters: { reason: reason.slice(0, 120) } })
  let value = jsonOf(text)
  if (value === undefined) {
    if (text.length > longestYaml) throw refuse(`YAML > ${longestYaml}`)
    try {
      // few aliases, so that a small file does not grow
      value = parse(text, { maxAliasCount: 20, logLevel: 'error', prettyErrors: false })
    } catch (error) {
      throw refuse(error instanceof YAMLParseError ? `${error.message} (${lineAt(text, error.pos[0])})` : String(error))
    }
  }
  const isMap = (one: unknown): one is Record<string, unknown> => typeof one === 'object' && one !== null && !Array.isArray(one)
  if (!isMap(value)) throw refuse('?')
  const inner = value.apis ?? value.sources
  // the whole may stand under `apis`
  return isMap(inner) && !('base_url' in inner) && Object.keys(value).length === 1 ? inner : value
}

const lineAt = (text: string, position: number): number => text.slice(0, position).split('\n').length

/** Undefined: no JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
