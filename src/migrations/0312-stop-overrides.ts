import { column, type Migration } from '../platform/db/index.ts'

const columns = {
  /** The customer's event that this row stands for, where his table may not be written. */
  replaces_event_id: column.integer({ nullable: true }),
  /** 1 = that event is deleted. */
  is_hidden: column.boolean({ default: 0 }),
}
const keys = { unique: [['tenant_id', 'line_id', 'replaces_event_id']] } as const

/** Edits of events in tables that may only be read. */
export const migration: Migration = {
  name: '0312-stop-overrides',
  up: ({ addColumns }) => addColumns('plant_stops', columns, keys),
  down: ({ dropColumns }) => dropColumns('plant_stops', Object.keys(columns), keys),
}
