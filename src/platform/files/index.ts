/** Files: a row each, bytes in a folder or a bucket, signed links that end. Knows nobody and no company but their numbers. */
import path from 'node:path'
import { diskStore } from './disk.ts'
import { s3Store } from './s3.ts'
import type { FileSettings, FileStore } from './store.ts'

export { dropFile, dropUnnamed, keepFile, saveFile, sweepFiles } from './files.ts'
export { reencodeImage } from './image.ts'
export { fileJobs } from './jobs.ts'
export { expiryS, fileLink } from './link.ts'
export { findFile, type StoredFile } from './queries.ts'
export { registerFileRoutes } from './routes.ts'
export { FileMissingError, type FileSettings, type FileStore } from './store.ts'

export const createFileStore = (settings: FileSettings, dataDir: string): FileStore =>
  settings.driver === 's3' ? s3Store(settings.s3) : diskStore(path.join(dataDir, 'files'))
