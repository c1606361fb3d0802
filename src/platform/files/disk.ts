/** Files in a folder of this machine. */
import { chmod, copyFile, mkdir, open, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { FileMissingError, type FileStore } from './store.ts'

export function diskStore(folder: string): FileStore {
  const fileOf = (key: string): string => {
    if (!/^[a-z0-9][a-z0-9-]*(\/[a-z0-9][a-z0-9-]*)*$/.test(key)) throw new Error('not a key of ours')
    return path.join(folder, key)
  }
  return {
    /** Whole or not at all, also when the power goes: it gets its name when all of it is on the disk. */
    async put(key, source) {
      const file = fileOf(key)
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
      const part = partOf(file)
      try {
        if ('bytes' in source) await writeFile(part, source.bytes, { mode: 0o600, flush: true })
        else await copyWhole(source.path, part)
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
    async remove(key) {
      for (const name of [fileOf(key), partOf(fileOf(key))]) await rm(name, { force: true })
    },
    directUrl: async () => null,
  }
}

/** Of one name, since a key is written once: what a killed process left goes with its file. */
const partOf = (file: string): string => `${file}.part`

async function copyWhole(from: string, to: string): Promise<void> {
  await copyFile(from, to)
  await chmod(to, 0o600)
  const handle = await open(to, 'r+')
  await handle.sync().finally(() => handle.close())
}
