/** A company's configuration as one file: what it holds, and whether a text is one. Pure. */
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { isPlainJson } from '../../platform/http/index.ts'
import { SettingsBody } from '../configuration/index.ts'
import { mostRecords } from '../editing/index.ts'
import { problem } from './problems.ts'

export const fileFormat = 'andon-configuration'
/** Raised when a file of the new kind would be misread by the code of the old one. */
export const fileVersion = 1
/** Of the text; a company of 10 000 products needs 2 MB. */
export const maxFileBytes = 4 * 2 ** 20

/** In the order in which they may name each other. */
export const recordKinds = ['line', 'failure', 'product', 'shift', 'filter', 'area', 'incident'] as const
export type RecordKind = (typeof recordKinds)[number]
/** What a record names of another kind. */
export const referenceOf: Readonly<Partial<Record<RecordKind, { readonly field: string; readonly kind: RecordKind }>>> = {
  area: { field: 'line_id', kind: 'line' },
  incident: { field: 'failure_id', kind: 'failure' },
}

const FileRecord = Type.Object({ id: Type.Integer({ minimum: 1 }), values: Type.Record(Type.String(), Type.Unknown()) })
export type FileRecord = Static<typeof FileRecord>
const records = (kind: RecordKind) => Type.Array(FileRecord, { maxItems: mostRecords[kind] })
const optional = (schema: ReturnType<typeof Type.Integer> | ReturnType<typeof Type.String>) =>
  Type.Optional(Type.Union([schema, Type.Null()]))

const FileWidget = Type.Object({
  /** As in the catalogue: its number is another one in another installation. */
  widget: Type.String({ maxLength: 100 }),
  tab: optional(Type.String({ maxLength: 40 })),
  title: optional(Type.String({ maxLength: 200 })),
  col_span: optional(Type.Integer()),
  row_span: optional(Type.Integer()),
  refresh_seconds: optional(Type.Integer()),
  params: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
})
const FileLayout = Type.Object({
  role: Type.String({ minLength: 1, maxLength: 50 }),
  widgets: Type.Array(FileWidget, { maxItems: 500 }),
  filters: Type.Array(Type.Integer({ minimum: 1 }), { maxItems: 500 }),
  tabs: Type.Array(
    Type.Object({
      key: Type.String({ maxLength: 40 }),
      name: optional(Type.String({ maxLength: 100 })),
      line_ids: Type.Optional(Type.Union([Type.Array(Type.Integer({ minimum: 1 }), { maxItems: 1_000 }), Type.Null()])),
    }),
    { maxItems: 50 },
  ),
})
export type FileLayout = Static<typeof FileLayout>

/** No secrets, no people: addresses, passwords and layouts of persons are not in it. */
export const ConfigurationFile = Type.Object({
  format: Type.Literal(fileFormat),
  version: Type.Literal(fileVersion),
  exported_at: Type.String({ maxLength: 40 }),
  company: Type.Object({ uuid: Type.String({ maxLength: 40 }), name: Type.String({ maxLength: 200 }) }),
  settings: SettingsBody,
  records: Type.Object({
    line: records('line'),
    failure: records('failure'),
    product: records('product'),
    shift: records('shift'),
    filter: records('filter'),
    area: records('area'),
    incident: records('incident'),
  }),
  layouts: Type.Array(FileLayout, { maxItems: 200 }),
})
export type ConfigurationFile = Static<typeof ConfigurationFile>

const maxFaults = 20
const validator = Compile(ConfigurationFile)

/** Throws 422 `configuration_broken`, `configuration_not_recognised`, `configuration_newer`, `validation_failed` naming the first faults. */
export function parseFile(text: string): ConfigurationFile {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw problem('configuration_broken', {
      parameters: { reason: error instanceof Error ? error.message.slice(0, 150) : '' },
      cause: error,
    })
  }
  return checkFile(value)
}

export function checkFile(value: unknown): ConfigurationFile {
  // it came past the checks of bodies: inside of one, or as a file
  if (!isPlainJson(value)) throw problem('configuration_not_recognised')
  const head = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
  if (head.format !== fileFormat) throw problem('configuration_not_recognised')
  if (typeof head.version === 'number' && head.version > fileVersion)
    throw problem('configuration_newer', { parameters: { version: head.version, known: fileVersion } })
  const crowded = tooMany(head.records)
  if (crowded.length > 0) throw problem('validation_failed', { fields: crowded })
  if (!validator.Check(value)) {
    const fields = validator
      .Errors(value)
      .slice(0, maxFaults)
      .map(({ instancePath, message }) => ({
        path: instancePath.slice(1).replaceAll('/', '.') || 'file',
        rule: 'schema',
        message: { es: `No es válido (${message})`, en: `Is not valid (${message})` },
      }))
    throw problem('validation_failed', { fields })
  }
  const twice = repeated(value)
  if (twice) throw problem('validation_failed', { fields: [twice] })
  return value
}

/** In words of its own: it is no mistake of form. */
function tooMany(records: unknown) {
  const all = typeof records === 'object' && records !== null ? (records as Readonly<Record<string, unknown>>) : {}
  return recordKinds.flatMap((kind) => {
    const [list, maximum] = [all[kind], mostRecords[kind]]
    if (!Array.isArray(list) || list.length <= maximum) return []
    const message = {
      es: 'Trae {count} y una planta puede tener hasta {maximum}',
      en: 'Brings {count}, and a plant may have up to {maximum}',
    }
    return [{ path: `records.${kind}`, rule: 'too_many', message, parameters: { count: list.length, maximum } }]
  })
}

function repeated({ records: all, layouts }: ConfigurationFile) {
  const fault = (path: string) => ({ path, rule: 'twice', message: { es: 'Está dos veces', en: 'Stands twice' } })
  for (const kind of recordKinds) {
    const ids = new Set<number>()
    for (const [i, { id }] of all[kind].entries()) {
      if (ids.has(id)) return fault(`records.${kind}.${i}.id`)
      ids.add(id)
    }
  }
  const roles = layouts.map(({ role }) => role.trim().toUpperCase())
  const at = roles.findIndex((role, i) => roles.indexOf(role) !== i)
  return at < 0 ? null : fault(`layouts.${at}.role`)
}
