/** The seven kinds of records and their fields (spec plant 2.3 and 9). */
import type { Entity } from '../model/index.ts'
import {
  activeField,
  choiceField,
  colorField,
  daysField,
  decimalField,
  type Field,
  flagField,
  jsonField,
  numberField,
  referenceField,
  textField,
  timeField,
} from './fields.ts'

export type Definition = {
  readonly fields: readonly Field[]
  /** Records with the same values of these would be confounded; empty texts never are. */
  readonly codes: readonly string[]
  /** Columns that must hold something and that nobody edits. */
  readonly insertDefaults: Readonly<Record<string, unknown>>
  /** What people call a record. */
  readonly title: string
}

export const areaTypes = ['input', 'process', 'output', 'discard'] as const

const code = (name: string, maxLength: number) =>
  textField(name, maxLength, {
    isUpper: true,
    pattern: /^[A-Z0-9_-]+$/,
    patternFault: { es: 'Solo letras sin acento, números, guion y guion bajo', en: 'Only letters, digits, hyphen and underscore' },
  })
const any = { minimum: 0, maximum: 1_000_000 }

export const definitions: Readonly<Record<Entity, Definition>> = {
  line: {
    title: 'line_name',
    codes: ['line_code'],
    insertDefaults: {},
    fields: [
      textField('line_name', 100),
      code('line_code', 50),
      flagField('is_active', true),
      numberField('availability', { minimum: 0, maximum: 100 }, { initial: 0 }),
      numberField('performance', any, { initial: 0 }),
      // Shorter ones of customers stay; a new line starts with a sensible one.
      numberField('downtime_threshold', { minimum: 1, maximum: 86_400 }, { whenNew: { minimum: 60, maximum: 3_600 } }),
      flagField('auto_detect_downtime', true),
    ],
  },
  area: {
    title: 'area_name',
    codes: [],
    insertDefaults: { coord_x1: 0, coord_y1: 0, coord_x2: 0, coord_y2: 0 },
    fields: [
      referenceField('line_id', 'line'),
      textField('area_name', 50),
      choiceField('area_type', areaTypes),
      numberField('area_order', { minimum: 1, maximum: 1_000 }),
      activeField,
    ],
  },
  product: {
    title: 'product_name',
    codes: ['product_code'],
    insertDefaults: {},
    fields: [
      textField('product_name', 100),
      textField('product_code', 50),
      decimalField('product_weight', 99_999, '0.00'),
      colorField('product_color'),
      numberField('production_std', any, { initial: 0 }),
      numberField('product_per_batch', any, { initial: 1 }),
      activeField,
    ],
  },
  shift: {
    title: 'shift_name',
    codes: [],
    insertDefaults: {},
    fields: [
      textField('shift_name', 50),
      textField('description', 255, { initial: '' }),
      flagField('is_active', true, { column: 'shift_status' }),
      daysField('days', 'days_implemented'),
      timeField('start_time'),
      timeField('end_time'),
      flagField('is_overnight', false),
    ],
  },
  filter: {
    title: 'filter_name',
    codes: [],
    insertDefaults: {},
    fields: [
      textField('filter_name', 50),
      textField('description', 255, { initial: '' }),
      flagField('is_active', true, { column: 'filter_status' }),
      numberField('display_order', { minimum: 0, maximum: 10_000 }, { initial: 0 }),
      jsonField('default_value'),
      jsonField('additional_filter'),
    ],
  },
  failure: {
    title: 'type_failure',
    codes: [],
    insertDefaults: {},
    fields: [textField('type_failure', 100), textField('description', 100, { initial: '' }), activeField],
  },
  incident: {
    title: 'description',
    codes: ['failure_id', 'incident_code'],
    insertDefaults: {},
    fields: [
      referenceField('failure_id', 'failure'),
      textField('incident_code', 10),
      textField('description', 255),
      flagField('has_solution', false),
      numberField('solution', { minimum: 0, maximum: 2_147_483_647 }, { initial: null, isNullable: true }),
      activeField,
    ],
  },
}

/** One of each, typed. */
export const byEntity = <T>(make: (entity: Entity) => T): Readonly<Record<Entity, T>> => ({
  line: make('line'),
  area: make('area'),
  product: make('product'),
  shift: make('shift'),
  filter: make('filter'),
  failure: make('failure'),
  incident: make('incident'),
})
