import { column, type Migration } from '../platform/db/index.ts'

/** The queue: see platform/jobs. */
export const migration: Migration = {
  name: '0001-jobs',
  async up({ createTable }) {
    await createTable(
      'jobs',
      {
        id: column.id(),
        name: column.text(100),
        payload: column.json(),
        status: column.text(20),
        active_key: column.text(200, { nullable: true }),
        run_at: column.epochMs(),
        lease_until: column.epochMs({ nullable: true }),
        fence: column.integer({ default: 0 }),
        attempts: column.integer({ default: 0 }),
        last_error: column.text(1_000, { nullable: true }),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      { unique: [['active_key']], indexes: [['status', 'run_at']] },
    )
    await createTable('job_schedules', { name: column.text(100), next_run_at: column.epochMs() }, { primaryKey: ['name'] })
  },
  async down({ dropTable }) {
    await dropTable('job_schedules')
    await dropTable('jobs')
  },
}
