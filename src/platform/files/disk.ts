/** Files in a folder of this machine. */
import { randomUUID } from 'node:crypto'
import { chmod, copyFile, mkdir, open, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { FileMissingError, type FileStore } from './store.ts'

export function diskStore(folder: string): FileStore {
  const fileOf = (key: string): string => {
    if (!/^[a-z0-9][a-z0-9-]*(\/[a-z0-9][a-z0-9-]*)*$/.test(key)) throw new Error('not a key of ours')
    return path.join(folder, key)
  }
  return {
    /** Whole or not at all: it gets its name when it is complete. */
    async put(key, source) {
      const file = fileOf(key)
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
      const part = `${file}.${randomUUID()}.part`
      try {
        if ('bytes' in source) await writeFile(part, source.bytes, { mode: 0o600, flush: true })
        else {
          await copyFile(source.path, part)
          await chmod(part, 0o600)
        }
        await rename(part, file)
      } catch (error) {
        await rm(part, { force: true })
        throw error
      }
    },
    async open(key) {
      try {
        const handle = await open(fileOf(key))
        return handle.createReadStream()
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new FileMissingError({ cause: error })
        throw error
      }
    },
    remove: (key) => rm(fileOf(key), { force: true }),
    directUrl: async () => null,
  }
}
