/** Care of the detection tables: what a company decided, the work on them, their pages and API. May use: archive, partitions, configuration, system, model, source, identity. */
export { maintain, tableJobs } from './jobs.ts'
export { registerTablePages } from './pages.ts'
export { readPolicy } from './policy.ts'
export { indexSql, reportTables, sqlText } from './report.ts'
export { registerTableRoutes } from './routes.ts'
export { doNow } from './run.ts'
export type { Task, Work } from './tasks.ts'
export { currentMonth, demandMonth, ensureLines, planLines, tableOf } from './work.ts'
