/** PDF and XLSX are drawn in a thread of their own, one at a time: drawing costs a second of computing, which in this process would stop every page and
 *  stream, and the memory of one is what a small host has to spare. The thread goes when nobody has asked for a while. */
import { Worker } from 'node:worker_threads'
import type { PdfDocument, Workbook } from './document.ts'
import { problem } from './problems.ts'
import type { DocumentJob, DocumentReply } from './protocol.ts'

export type Documents = {
  /** `owner`: whose it is; nobody fills more than half of the places. Throws documents_busy and document_too_slow (503). */
  readonly pdf: (owner: number, document: PdfDocument) => Promise<Buffer>
  readonly xlsx: (owner: number, workbook: Workbook) => Promise<Buffer>
  readonly close: () => Promise<void>
}

export type DocumentLimits = {
  /** Those that wait for the one being drawn. */
  readonly mostWaiting: number
  readonly limitMs: number
  readonly idleMs: number
  readonly memoryMb: number
}

const usualLimits: DocumentLimits = { mostWaiting: 6, limitMs: 25_000, idleMs: 60_000, memoryMb: 96 }
const retryAfterS = 10

type Waiting = {
  readonly owner: number
  readonly job: DocumentJob
  readonly resolve: (bytes: Buffer) => void
  readonly reject: (error: unknown) => void
}

/** `distDir` holds the charts' module, made by the build; without it a document says that its charts are missing. */
export function createDocuments(
  { distDir, log }: { readonly distDir: string; readonly log: { readonly error: (data: object, message: string) => void } },
  limits: DocumentLimits = usualLimits,
): Documents {
  const waiting: Waiting[] = []
  let worker: Worker | null = null
  let running: Waiting | null = null
  let idle: NodeJS.Timeout | undefined
  let isClosed = false

  const start = (): Worker => {
    const started = new Worker(new URL('./thread.ts', import.meta.url), {
      // a small young generation costs some time and saves half of the memory
      resourceLimits: { maxOldGenerationSizeMb: limits.memoryMb, maxYoungGenerationSizeMb: 8 },
    })
    started.on('error', (error) => lose(started, error))
    started.on('exit', () => lose(started, new Error('the documents thread ended')))
    started.on('message', (reply: DocumentReply) => {
      if (started !== worker || !running) return
      const { resolve, reject } = running
      if (reply.kind === 'made') resolve(Buffer.from(reply.bytes.buffer, reply.bytes.byteOffset, reply.bytes.byteLength))
      else reject(Object.assign(new Error(reply.message), { stack: reply.stack }))
      next()
    })
    return started
  }

  /** What was being drawn fails; the next one gets a new thread. */
  const lose = (lost: Worker, error: Error): void => {
    if (lost !== worker) return
    worker = null
    void lost.terminate()
    if (!running) return
    log.error({ err: error }, 'a document could not be drawn')
    running.reject(problem('document_too_slow', { cause: error, parameters: { seconds: limits.limitMs / 1_000 } }))
    next()
  }

  let timer: NodeJS.Timeout | undefined
  const next = (): void => {
    clearTimeout(timer)
    running = waiting.shift() ?? null
    if (!running) {
      worker?.unref()
      idle = setTimeout(rest, limits.idleMs).unref()
      return
    }
    clearTimeout(idle)
    worker ??= start()
    const drawing = worker
    drawing.ref()
    timer = setTimeout(() => lose(drawing, new Error('the time limit of a document was over')), limits.limitMs)
    drawing.postMessage(running.job)
  }

  /** Gives the memory back. */
  const rest = (): void => {
    if (running || !worker) return
    const resting = worker
    worker = null
    void resting.terminate()
  }

  const make = (owner: number, job: DocumentJob): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      if (isClosed) throw new Error('documents are closed')
      const own = waiting.filter((other) => other.owner === owner).length
      if (waiting.length >= limits.mostWaiting || own >= Math.ceil(limits.mostWaiting / 2))
        throw problem('documents_busy', {
          parameters: { waiting: waiting.length, seconds: retryAfterS },
          headers: { 'retry-after': String(retryAfterS) },
        })
      waiting.push({ owner, job, resolve, reject })
      if (!running) next()
    })

  return {
    pdf: (owner, document) => make(owner, { kind: 'pdf', document, distDir }),
    xlsx: (owner, workbook) => make(owner, { kind: 'xlsx', workbook }),
    async close() {
      isClosed = true
      clearTimeout(timer)
      clearTimeout(idle)
      const open = worker
      worker = null
      for (const { reject } of [...(running ? [running] : []), ...waiting.splice(0)]) reject(new Error('documents are closed'))
      running = null
      await open?.terminate()
    },
  }
}
