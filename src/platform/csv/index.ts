/** CSV files. */
export { csvStream, safeCell } from './csv.ts'
