/** Records as the API shows and takes them. */
import { type TProperties, type TSchema, Type } from 'typebox'
import { PageMeta } from '../../platform/http/index.ts'
import { type Entity, entities } from '../model/index.ts'
import { areaTypes } from './definitions.ts'
import type { PlantRecord } from './values.ts'

const text = Type.String()
const whole = Type.Integer()
const flag = Type.Boolean()
const nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()])
/** What a customer wrote and we cannot read is null. */
const clock = nullable(text)
const shown: Readonly<Record<Entity, TProperties>> = {
  line: {
    line_name: text,
    line_code: text,
    is_active: flag,
    availability: Type.Number({ description: 'Target in percent; shown, never computed with' }),
    performance: Type.Number({ description: 'Rated speed; its unit is the company’s performance_unit' }),
    downtime_threshold: Type.Number({ description: 'Seconds of silence that are no stop yet' }),
    auto_detect_downtime: flag,
  },
  area: {
    line_id: whole,
    area_name: text,
    area_type: Type.String({ description: areaTypes.join(', ') }),
    area_order: Type.Number(),
    is_active: flag,
  },
  product: {
    product_name: text,
    product_code: text,
    product_weight: Type.String({ description: 'Kilograms, two decimals' }),
    product_color: Type.String({ description: '#RRGGBB' }),
    production_std: Type.Number({ description: 'Nominal pieces per hour; 0 is unknown' }),
    product_per_batch: Type.Number(),
    is_active: flag,
  },
  shift: {
    shift_name: text,
    description: text,
    is_active: flag,
    days: Type.Array(whole, { description: 'ISO weekdays on which it begins: 1 is Monday' }),
    start_time: clock,
    end_time: clock,
    is_overnight: Type.Boolean({ description: 'Ends on the next day' }),
  },
  filter: {
    filter_name: text,
    description: text,
    is_active: flag,
    display_order: Type.Number(),
    default_value: Type.Unknown(),
    additional_filter: Type.Unknown(),
  },
  failure: { type_failure: text, description: text, is_active: flag },
  incident: {
    failure_id: whole,
    incident_code: text,
    description: text,
    has_solution: flag,
    solution: nullable(Type.Number()),
    is_active: flag,
  },
}

/** What may be sent. Lengths and ranges are the service's to check: it knows what stays as it is. */
const given: Readonly<Record<Entity, TProperties>> = {
  ...shown,
  product: { ...shown.product, product_weight: Type.Union([text, Type.Number()]) },
  shift: {
    ...shown.shift,
    days: Type.Array(Type.Union([whole, Type.String({ maxLength: 20 })]), { maxItems: 7 }),
    start_time: text,
    end_time: text,
  },
}

const optional = (properties: TProperties): TProperties =>
  Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, Type.Optional(schema)]))

/** The one that a path names. */
export const idName = (entity: Entity): string => entities[entity].idColumn

export const recordSchema = (entity: Entity) =>
  Type.Object({
    [idName(entity)]: whole,
    ...shown[entity],
    version: Type.String({ description: 'Send it back with the change: another text after any change of a value' }),
    origin: Type.Union([Type.Literal('database'), Type.Literal('overlay')], {
      description: 'overlay: changed or added in Andon, not in the customer’s database',
    }),
    database: nullable(Type.Object(shown[entity], { description: 'What the customer’s database says; null when it was added in Andon' })),
    edited_by: nullable(text),
    edited_at: nullable(text),
    edit_id: nullable(Type.Integer({ description: 'Of the last edit made in Andon, for undoing it' })),
  })

export const listSchema = (entity: Entity) => Type.Object({ items: Type.Array(recordSchema(entity)), meta: PageMeta })

export const addBody = (entity: Entity) => Type.Object(optional(given[entity]))

export const changeBody = (entity: Entity) =>
  Type.Object({ ...optional(given[entity]), version: Type.String({ maxLength: 40, description: 'Of the record as it was read' }) })

export const DoneSchema = Type.Object({
  outcome: Type.String({ description: 'added, changed, unchanged, removed, deactivated (something still names it), reverted' }),
  edit_id: nullable(Type.Integer({ description: 'For undoing it' })),
})

export const recordObject = ({ entity, id, values, version, origin, base, edited }: PlantRecord) => ({
  [idName(entity)]: id,
  ...values,
  version,
  origin,
  database: base,
  edited_by: edited?.by ?? null,
  edited_at: edited ? new Date(edited.atMs).toISOString() : null,
  edit_id: edited?.editId ?? null,
})
