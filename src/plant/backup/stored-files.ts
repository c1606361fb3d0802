/** Putting stored files back: those that are missing or are otherwise. */
import { createHash } from 'node:crypto'
import type { BackupFolder } from '../../platform/backup/index.ts'
import { FileMissingError, type FileStore } from '../../platform/files/index.ts'
import type { FileBackup } from './manifest.ts'

export async function restoreFiles(
  { files }: { readonly files: FileStore },
  folder: BackupFolder,
  wanted: readonly FileBackup[],
  onProgress: (text: string) => void,
): Promise<{ readonly count: number; readonly faults: readonly string[] }> {
  if (wanted.length > 0) onProgress(`${wanted.length} stored files`)
  const faults: string[] = []
  let count = 0
  for (const { key, mime, sha256, sizeBytes } of wanted) {
    try {
      if ((await sumOf(files, key)) === sha256) continue
      await files.put(key, { path: folder.pathOf(`files/${key}`), sizeBytes }, mime)
      count += 1
    } catch (error) {
      faults.push(`stored file ${key}: ${(error as Error).message}`)
    }
  }
  return { count, faults }
}

async function sumOf(files: FileStore, key: string): Promise<string | null> {
  try {
    const hash = createHash('sha256')
    for await (const chunk of await files.open(key)) hash.update(chunk as Buffer)
    return hash.digest('hex')
  } catch (error) {
    if (error instanceof FileMissingError) return null
    throw error
  }
}
