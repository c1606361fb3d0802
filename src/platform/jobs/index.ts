/** Jobs: `enqueue` in your transaction; the worker of any process does them. */
export { enqueue, type NewJob } from './queue.ts'
export { createWorker, type JobDefinition, type JobRun, type JobWorker } from './worker.ts'
