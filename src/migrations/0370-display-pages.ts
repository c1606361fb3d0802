import { column, type Migration } from '../platform/db/index.ts'

const columns = { page: column.text(20, { default: 'dashboard' }) }

/** What a screen opens: the dashboard, the operator's view or the board of the hall. */
export const migration: Migration = {
  name: '0370-display-pages',
  up: ({ addColumns }) => addColumns('displays', columns),
  down: ({ dropColumns }) => dropColumns('displays', Object.keys(columns)),
}
