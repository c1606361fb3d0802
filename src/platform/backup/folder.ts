/** A backup is a folder: `manifest.json` says what is in it, `SHA256SUMS` (as `sha256sum -c` reads it) holds every file. It gets its name
 *  when it is complete and was read back; what a killed process left behind is called `….part` and is swept. */
import { createHash, randomBytes } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'

/** What is wrong with a backup, in words that name the file. */
export class BackupFaultError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'BackupFaultError'
  }
}

const manifestFile = 'manifest.json'
const sumsFile = 'SHA256SUMS'
const partSuffix = '.part'

/** Signal of a process that is about to end. */
type Signal = AbortSignal | undefined

export type NewFolder = {
  readonly path: string
  /** Text chunks, compressed, into a file of that name below the folder. */
  readonly writeText: (file: string, chunks: AsyncIterable<string>, signal?: Signal) => Promise<void>
  /** Bytes as they are; answers what they come to. */
  readonly writeBytes: (file: string, bytes: Readable, signal?: Signal) => Promise<{ readonly sha256: string; readonly sizeBytes: number }>
  /** Writes manifest and sums, reads everything back, gives the folder its name and answers its path. */
  readonly finish: (manifest: object, check: (written: BackupFolder) => Promise<void>) => Promise<string>
  readonly discard: () => Promise<void>
}

/** Nothing in it can be read by other accounts of the machine. */
export async function newFolder(root: string, name: string): Promise<NewFolder> {
  await mkdir(root, { recursive: true, mode: 0o700 })
  const part = path.join(root, `.${name}.${randomBytes(4).toString('hex')}${partSuffix}`)
  await mkdir(part, { mode: 0o700 })
  const sums = new Map<string, string>()
  const write = async (file: string, streams: readonly (NodeJS.ReadableStream | NodeJS.ReadWriteStream)[], signal: Signal) => {
    const target = path.join(part, file)
    await mkdir(path.dirname(target), { recursive: true, mode: 0o700 })
    const hash = createHash('sha256')
    let sizeBytes = 0
    const tap = new Transform({
      transform(chunk: Buffer, _, done) {
        hash.update(chunk)
        sizeBytes += chunk.length
        done(null, chunk)
      },
    })
    const out = createWriteStream(target, { flags: 'wx', mode: 0o600, flush: true })
    await pipeline([...streams, tap, out] as NodeJS.ReadWriteStream[], signal ? { signal } : {})
    const sha256 = hash.digest('hex')
    sums.set(file, sha256)
    return { sha256, sizeBytes }
  }
  return {
    path: part,
    writeText: async (file, chunks, signal) => void (await write(file, [Readable.from(chunks), createGzip({ level: 4 })], signal)),
    writeBytes: (file, bytes, signal) => write(file, [bytes], signal),
    async finish(manifest, check) {
      await write(manifestFile, [Readable.from([`${JSON.stringify(manifest, null, 1)}\n`])], undefined)
      const lines = [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([file, sum]) => `${sum}  ${file}\n`)
      await write(sumsFile, [Readable.from([lines.join('')])], undefined)
      await check(await openFolder(part))
      const final = await giveName(part, path.join(root, name))
      await syncFolder(root)
      return final
    },
    discard: () => rm(part, { recursive: true, force: true }),
  }
}

/** Two that were begun in the same second get two names. */
async function giveName(part: string, wanted: string): Promise<string> {
  for (let count = 1; ; count += 1) {
    const final = count === 1 ? wanted : `${wanted}-${count}`
    try {
      await rename(part, final)
      return final
    } catch (error) {
      if (!['ENOTEMPTY', 'EEXIST', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '') || count > 100) throw error
    }
  }
}

/** The name itself is on the disk. Windows cannot, and need not. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder).catch(() => null)
  await handle?.sync().catch(() => {})
  await handle?.close()
}

export type BackupFolder = {
  readonly path: string
  readonly name: string
  /** As its writer wrote it; its checksum held. */
  readonly manifest: unknown
  /** Every file below the folder is as it was written, and none is missing. Throws `BackupFaultError`. */
  readonly verify: () => Promise<void>
  /** Lines of a compressed file. Throws `BackupFaultError`. */
  readonly readLines: (file: string) => AsyncGenerator<string>
  readonly pathOf: (file: string) => string
}

/** Throws `BackupFaultError` when it is no backup, or its list of contents is not as it was written. */
export async function openFolder(folder: string): Promise<BackupFolder> {
  const name = path.basename(folder)
  const text = async (file: string) => {
    try {
      return await readFile(path.join(folder, file), 'utf8')
    } catch (cause) {
      throw new BackupFaultError(`${folder} is no backup: ${file} cannot be read`, { cause })
    }
  }
  const sums = new Map<string, string>()
  for (const line of (await text(sumsFile)).split('\n').filter((one) => one !== '')) {
    const [, sum = '', file = ''] = /^([0-9a-f]{64}) {2}([\w./-]+)$/.exec(line) ?? []
    if (file === '' || file.split('/').includes('..')) throw new BackupFaultError(`${name}: ${sumsFile} is damaged`)
    sums.set(file, sum)
  }
  const check = async (file: string) => {
    const expected = sums.get(file)
    if (expected === undefined) throw new BackupFaultError(`${name}: ${sumsFile} does not name ${file}`)
    const found = await sumOf(path.join(folder, file)).catch((cause: unknown) => {
      throw new BackupFaultError(`${name}: ${file} is missing or cannot be read`, { cause })
    })
    if (found !== expected)
      throw new BackupFaultError(`${name}: ${file} is damaged: its SHA-256 is ${found}, it was written as ${expected}`)
  }
  await check(manifestFile)
  let manifest: unknown
  try {
    manifest = JSON.parse(await text(manifestFile))
  } catch (cause) {
    throw new BackupFaultError(`${name}: ${manifestFile} is damaged`, { cause })
  }
  return {
    path: folder,
    name,
    manifest,
    async verify() {
      for (const file of sums.keys()) await check(file)
    },
    async *readLines(file) {
      const source = createReadStream(path.join(folder, file))
      const unpacked = createGunzip()
      source.on('error', (error) => unpacked.destroy(error))
      let rest = ''
      try {
        for await (const chunk of source.pipe(unpacked).setEncoding('utf8') as AsyncIterable<string>) {
          const lines = (rest + chunk).split('\n')
          rest = lines.pop() ?? ''
          yield* lines
        }
      } catch (cause) {
        throw new BackupFaultError(`${name}: ${file} cannot be read: ${(cause as Error).message}`, { cause })
      }
      if (rest !== '') throw new BackupFaultError(`${name}: ${file} ends in the middle of a line`)
    },
    pathOf: (file) => path.join(folder, file),
  }
}

async function sumOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

export type FolderReport = {
  readonly name: string
  readonly path: string
  readonly sizeBytes: number
  /** Null when `fault` says why. */
  readonly manifest: unknown
  readonly fault: string | null
}

/** Backups below `root`, by name: their lists of contents, not their contents, are checked. One that cannot be read does not hide the others. No
 *  folder, no backups. */
export async function listFolders(root: string): Promise<FolderReport[]> {
  const reports: FolderReport[] = []
  for (const name of await entriesOf(root)) {
    // at the root of a disk of its own
    if (name.startsWith('.') || name === 'lost+found') continue
    const folder = path.join(root, name)
    let sizeBytes = 0
    try {
      if (!(await stat(folder)).isDirectory()) continue
      sizeBytes = await sizeOf(folder)
      const { manifest } = await openFolder(folder)
      reports.push({ name, path: folder, sizeBytes, manifest, fault: null })
    } catch (error) {
      const fault = error instanceof BackupFaultError ? error.message : `${name} cannot be read: ${(error as Error).message}`
      reports.push({ name, path: folder, sizeBytes, manifest: null, fault })
    }
  }
  return reports
}

async function entriesOf(root: string): Promise<string[]> {
  try {
    return (await readdir(root)).sort()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

async function sizeOf(folder: string): Promise<number> {
  let sizeBytes = 0
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) sizeBytes += (await stat(path.join(entry.parentPath, entry.name))).size
  return sizeBytes
}

const abandonedMs = 86_400_000

/** Removes the folders that are named, and what processes that died left unfinished a day ago. */
export async function pruneFolders(root: string, names: readonly string[], nowMs: number): Promise<void> {
  for (const name of names) await rm(path.join(root, name), { recursive: true, force: true })
  for (const name of await entriesOf(root)) {
    const left = path.join(root, name)
    if (name.startsWith('.') && name.endsWith(partSuffix) && (await stat(left)).mtimeMs < nowMs - abandonedMs)
      await rm(left, { recursive: true, force: true })
  }
}
