import { column, type Migration } from '../platform/db/index.ts'

/** Which workers live: see platform/jobs. */
export const migration: Migration = {
  name: '0113-worker-heartbeats',
  up: ({ createTable }) =>
    createTable(
      'worker_heartbeats',
      {
        worker_key: column.text(36),
        name: column.text(50),
        pid: column.integer(),
        host: column.text(255),
        interval_ms: column.integer(),
        started_at: column.epochMs(),
        beat_at: column.epochMs(),
      },
      { primaryKey: ['worker_key'], indexes: [['beat_at']] },
    ),
  down: ({ dropTable }) => dropTable('worker_heartbeats'),
}
