/** All migrations of the platform database. Each module adds its line. */
import type { Migration } from '../platform/db/index.ts'
import { migration as jobs } from './0001-jobs.ts'

export const migrations: readonly Migration[] = [jobs]
