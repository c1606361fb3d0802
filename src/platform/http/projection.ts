/** Declared fields of a value, picked by its schema. Pure. */

export type JsonSchema = {
  readonly type?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly additionalProperties?: unknown
  readonly patternProperties?: unknown
  readonly items?: JsonSchema
  readonly maxItems?: number
  readonly anyOf?: readonly JsonSchema[]
  readonly allOf?: unknown
  readonly default?: unknown
}
type Projection = ((value: unknown) => unknown) | null

/** A copy with declared fields only; null when there is nothing to leave out. Values are never changed in place: they may be shared. */
export const projectionOf = (schema: JsonSchema): Projection => {
  if (schema.type === 'array' && schema.items) {
    const each = projectionOf(schema.items)
    return each && ((value) => (Array.isArray(value) ? value.map(each) : value))
  }
  if (schema.type !== 'object' || !schema.properties || schema.additionalProperties || schema.patternProperties) return null
  const fields = Object.entries(schema.properties).map(([name, inner]) => [name, projectionOf(inner)] as const)
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    const picked: Record<string, unknown> = {}
    for (const [name, project] of fields) {
      const field = (value as Record<string, unknown>)[name]
      if (field !== undefined) picked[name] = project ? project(field) : field
    }
    return picked
  }
}

const isPrimitive = ({ type, properties, items, anyOf, allOf }: JsonSchema): boolean =>
  allOf === undefined && properties === undefined && items === undefined && type !== 'object' && (anyOf ?? []).every(isPrimitive)

/** Whether picking declared fields is all that cleaning a value means: no defaults, no lists or objects behind a union, no open objects. */
export const isPickable = (schema: JsonSchema): boolean => {
  if (schema.default !== undefined || schema.allOf !== undefined) return false
  if (schema.anyOf) return schema.anyOf.every((branch) => isPickable(branch) && (isPrimitive(branch) || isListOfPrimitives(branch)))
  if (schema.type === 'array') return schema.items !== undefined && !Array.isArray(schema.items) && isPickable(schema.items)
  if (schema.properties === undefined) return isPrimitive(schema)
  return !schema.additionalProperties && !schema.patternProperties && Object.values(schema.properties).every(isPickable)
}

const isListOfPrimitives = ({ type, items }: JsonSchema): boolean =>
  type === 'array' && items !== undefined && !Array.isArray(items) && isPrimitive(items)
