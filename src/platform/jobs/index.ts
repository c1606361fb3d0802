/** Jobs: periodic ones run once across processes; the worker of any process does what is due. Routines run in each worker. */
export { heartbeat, listWorkers } from './heartbeat.ts'
export { enqueue } from './queue.ts'
export { createRoutines, pause, type Routine } from './routines.ts'
export { queueJobs } from './sweep.ts'
export { createWorker, type JobDefinition } from './worker.ts'
