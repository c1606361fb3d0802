/** Files in a form (multipart). A route that declares `upload` gets one file, streamed to a temporary file while it is counted and hashed;
 *  the form's other fields become the body. It is read before access is decided, as every body is: the form's CSRF token is a field. */
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import fastifyMultipart from '@fastify/multipart'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { asProblem } from './errors.ts'
import type { Problem } from './problem.ts'
import { problem } from './problems.ts'
import { type FileType, sniffBytes, sniffType } from './sniff.ts'

/** `accepts`: by content; what the sender says of the type counts for nothing. */
export type UploadRule = { readonly maxBytes: number; readonly accepts: readonly FileType[] }

/** Gone when the answer is. Its name is the sender's: shown to people at most, never part of a path. */
export type Upload = {
  readonly path: string
  readonly name: string
  readonly sizeBytes: number
  /** Hex. */
  readonly sha256: string
  readonly type: FileType
}

type Received = { readonly upload: Upload | null; readonly fault: Problem | null }
declare module 'fastify' {
  interface FastifyRequest {
    /** Null before the body was read, and for requests without a form. */
    received: Received | null
  }
  interface FastifyContextConfig {
    upload?: UploadRule | undefined
  }
}

/** Of the parts around the file. */
const overheadBytes = 64 * 1024
/** A form that is a little too large is read to its end, so that the browser hears why; one above this is cut off. */
const readableBytes = 16 * 2 ** 20

export async function addUploads(app: FastifyInstance): Promise<void> {
  await app.register(fastifyMultipart, { throwFileSizeLimit: false })
  app.decorateRequest('received', null)
  app.addHook('preValidation', async (request, reply) => {
    const rule = request.routeOptions.config.upload
    if (rule && request.isMultipart()) request.received = await receive(request, reply, rule)
  })
}

/** For the handler, after access was decided. Throws 411 `length_required`, 413 `upload_too_large`, 415 `unsupported_media_type`,
 *  422 `validation_failed` when there is no file. */
export function requireUpload(request: FastifyRequest): Upload {
  const rule = request.routeOptions.config.upload
  if (!request.received || !rule) throw problem('unsupported_media_type', { parameters: { accepted: 'multipart/form-data' } })
  const { upload, fault } = request.received
  if (fault) throw fault
  if (!upload)
    throw problem('validation_failed', {
      fields: [{ path: 'file', rule: 'required', message: { es: 'Falta el archivo.', en: 'The file is missing.' } }],
    })
  return upload
}

async function receive(request: FastifyRequest, reply: FastifyReply, rule: UploadRule): Promise<Received> {
  const refused = (fault: Problem): Received => ({ upload: null, fault })
  const lengthBytes = Number(request.headers['content-length'])
  const tooLarge = problem('upload_too_large', { parameters: { maximumMb: rule.maxBytes / 2 ** 20 } })
  // Nobody knows how much a form without length is; browsers and tools say it.
  if (request.headers['content-length'] === undefined || !Number.isSafeInteger(lengthBytes))
    return cutOff(reply, problem('length_required'))
  if (lengthBytes > rule.maxBytes + readableBytes) return cutOff(reply, tooLarge)
  const fields: Record<string, string> = {}
  request.body = fields
  let upload: Upload | null = null
  let isTooLarge = lengthBytes > rule.maxBytes + overheadBytes
  try {
    const limits = { fileSize: rule.maxBytes, files: 1, fields: 20, parts: 21, fieldSize: 4_096, fieldNameSize: 100 }
    for await (const part of request.parts({ limits })) {
      if (part.type === 'field') fields[part.fieldname] = String(part.value)
      else if (isTooLarge || part.filename === '') part.file.resume()
      else {
        const stored = await store(part.file, await temporaryFile(reply))
        isTooLarge = part.file.truncated
        if (!isTooLarge && stored.sizeBytes > 0) upload = { ...stored, name: part.filename ?? '' }
      }
    }
  } catch (error) {
    if (isOfTheDisk(error)) return cutOff(reply, asProblem(error))
    const { statusCode } = error as { statusCode?: unknown }
    return cutOff(reply, statusCode === 413 ? tooLarge : problem('malformed_request', { cause: error }))
  }
  if (isTooLarge) return refused(tooLarge)
  if (upload && !rule.accepts.includes(upload.type)) {
    return refused(problem('unsupported_media_type', { parameters: { accepted: rule.accepts.join(', ') } }))
  }
  return { upload, fault: null }
}

/** The rest of the body stays unread: the connection cannot be used again. */
function cutOff(reply: FastifyReply, fault: Problem): Received {
  reply.header('connection', 'close')
  return { upload: null, fault }
}

/** In a folder of its own, which nobody else can have made before: other accounts use the machine's folder of temporary files too. */
async function temporaryFile({ raw }: FastifyReply): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'andon-upload-'))
  const remove = (): void => void rm(folder, { recursive: true, force: true }).catch(() => {})
  if (raw.closed) remove()
  else raw.once('close', remove)
  return path.join(folder, 'part')
}

/** Ours, as opposed to a form that is none or breaks off. */
const isOfTheDisk = (error: unknown): boolean => {
  const { code, syscall } = error as NodeJS.ErrnoException
  return syscall !== undefined && code !== 'ECONNRESET' && code !== 'EPIPE'
}

async function store(source: Readable, file: string): Promise<Omit<Upload, 'name'>> {
  const hash = createHash('sha256')
  let sizeBytes = 0
  await pipeline(
    source,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk)
        sizeBytes += chunk.length
        yield chunk
      }
    },
    createWriteStream(file, { flags: 'wx', mode: 0o600 }),
  )
  return { path: file, sizeBytes, sha256: hash.digest('hex'), type: await sniffFile(file) }
}

async function sniffFile(file: string): Promise<FileType> {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(sniffBytes), 0, sniffBytes, 0)
    return sniffType(buffer.subarray(0, bytesRead))
  } finally {
    await handle.close()
  }
}
