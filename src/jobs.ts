/** Everything the worker does, one line per module's jobs. */
import type { Context } from './context.ts'
import type { JobDefinition } from './platform/jobs/index.ts'

export const jobDefinitions = (_ctx: Omit<Context, 'close'>): readonly JobDefinition[] => []
