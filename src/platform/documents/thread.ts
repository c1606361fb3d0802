/** The drawing thread: one job at a time, its bytes handed over. The library of the PDFs is loaded by the first job that needs it. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { parentPort } from 'node:worker_threads'
import { xlsxStream } from '../xlsx/index.ts'
import type { DocumentJob, DocumentReply } from './protocol.ts'

const port = parentPort
if (!port) throw new Error('thread.ts runs only as a worker')

async function bytesOf(job: DocumentJob): Promise<Uint8Array> {
  if (job.kind === 'xlsx') return buffer(xlsxStream(job.workbook.sheets))
  const { pdfBytes } = await import('./pdf/pdf.ts')
  return pdfBytes(job.document, await chartModuleIn(job.distDir))
}

/** Read each time: a build replaces it while we run. */
async function chartModuleIn(distDir: string): Promise<string | null> {
  try {
    const files = JSON.parse(await readFile(path.join(distDir, 'manifest.json'), 'utf8')) as Readonly<Record<string, string>>
    const name = files['chart-svg.js']
    return name === undefined ? null : path.join(distDir, name)
  } catch {
    return null
  }
}

port.on('message', (job: DocumentJob) => {
  bytesOf(job).then(
    (bytes) => port.postMessage({ kind: 'made', bytes } satisfies DocumentReply),
    (error: Error) =>
      port.postMessage({ kind: 'failed', message: String(error.message), stack: String(error.stack) } satisfies DocumentReply),
  )
})
