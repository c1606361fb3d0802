/** Jobs: periodic ones run once across processes; the worker of any process does what is due. */
export { createWorker, type JobDefinition } from './worker.ts'
