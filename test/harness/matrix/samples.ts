/** Something that fits a schema, so that a request gets past validation to the check that matters. */

type JsonSchema = {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly JsonSchema[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly items?: JsonSchema
  readonly minimum?: number
  readonly minLength?: number
  readonly format?: string
  readonly default?: unknown
}

const texts: Readonly<Record<string, string>> = {
  email: 'nadie@example.com',
  username: 'nadie',
  password: 'Otra123!clave',
  new_password: 'Otra123!clave',
  confirm_password: 'Otra123!clave',
  current_password: 'Segura123!',
  role: 'VIEWER',
  code: '000000',
  interval: 'hour',
  start_date: '2026-10-14',
  end_date: '2026-10-14',
  from: '2026-10-14',
  to: '2026-10-14',
  timezone: 'UTC',
  time_zone: 'UTC',
}

export function sample(schema: JsonSchema, name = ''): unknown {
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  if (schema.default !== undefined && schema.type !== 'object') return schema.default
  if (schema.anyOf) return sample(schema.anyOf.find(({ type }) => type !== 'null') ?? {}, name)
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([key, inner]) => [key, sample(inner, key)]))
    case 'array':
      return []
    case 'integer':
    case 'number':
      return schema.minimum ?? 1
    case 'boolean':
      return false
    default:
      return texts[name] ?? 'x'.repeat(Math.max(1, schema.minLength ?? 1))
  }
}
