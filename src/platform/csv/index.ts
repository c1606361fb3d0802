/** CSV files. */
export { csvStream } from './csv.ts'
