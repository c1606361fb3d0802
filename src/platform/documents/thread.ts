/** The drawing thread: one job at a time, its bytes handed over. Libraries are loaded by the first job that needs them. */
import { parentPort } from 'node:worker_threads'
import type { DocumentJob, DocumentReply } from './protocol.ts'

const port = parentPort
if (!port) throw new Error('thread.ts runs only as a worker')

async function bytesOf(job: DocumentJob): Promise<Uint8Array> {
  if (job.kind === 'xlsx') return (await import('./workbook.ts')).workbookBytes(job.workbook)
  const { pdfBytes } = await import('./pdf/pdf.ts')
  return pdfBytes(job.document, job.chartModule)
}

port.on('message', (job: DocumentJob) => {
  bytesOf(job).then(
    (bytes) => port.postMessage({ kind: 'made', bytes } satisfies DocumentReply),
    (error: Error) =>
      port.postMessage({ kind: 'failed', message: String(error.message), stack: String(error.stack) } satisfies DocumentReply),
  )
})
