import assert from 'node:assert/strict'
import os from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { pdfPages } from '../../../test/harness/pdf-text.ts'
import { readSheet, wallTime } from '../../../test/harness/sheet-file.ts'
import { Problem } from '../http/problem.ts'
import type { PdfDocument } from './document.ts'
import { createDocuments } from './maker.ts'
import { clean, runsOf } from './pdf/fonts.ts'

const log = { error: () => {} }
const noCharts = path.join(os.tmpdir(), 'andon-no-such-dist')
const limits = { mostWaiting: 2, limitMs: 60_000, idleMs: 50, memoryMb: 160 }

const document: PdfDocument = {
  language: 'es',
  company: 'Ñandú S.A.',
  logo: null,
  title: 'Tablero',
  subtitle: '20/11/2026',
  about: [['Líneas', 'Línea 1']],
  author: 'ana',
  createdAtMs: Date.UTC(2026, 10, 21),
  pageText: 'Página {page} de {pages}',
  blocks: [
    { kind: 'figures', figures: [{ label: 'OEE', value: '72,4', unit: '%', note: '+1,2 pts', tone: 'good' }] },
    { kind: 'heading', text: 'Paradas', note: 'Todas' },
    {
      kind: 'table',
      columns: [
        { label: 'Motivo', share: 3 },
        { label: 'Tiempo', share: 1, align: 'end' },
      ],
      rows: Array.from({ length: 60 }, (_, row) => [{ text: `Motivo ${row}`, sub: 'detalle', swatch: '#3b82f6' }, `${row} min`]),
      total: ['Total', '1.770 min'],
    },
    { kind: 'chart', payload: {}, heightPt: 100, missingText: 'Sin gráfico' },
  ],
}

const statusOf = (error: unknown): unknown => (error instanceof Problem ? [error.status, error.code] : error)

test('PL-73 a document is a PDF that says what it was given, on numbered pages, with the head of a table on each', async () => {
  const documents = createDocuments({ distDir: noCharts, log }, limits)
  const first = await documents.pdf(1, document)
  const second = await documents.pdf(1, document)
  await documents.close()
  assert.equal(first.subarray(0, 5).toString(), '%PDF-')
  assert.ok(first.equals(second), 'the same document gives the same bytes')
  const pages = pdfPages(first)
  assert.ok(pages.length > 2)
  for (const [index, { lines }] of pages.entries()) assert.ok(lines.includes(`Página ${index + 1} de ${pages.length}`), `page ${index + 1}`)
  const lines = pages.flatMap((page) => page.lines)
  for (const text of ['Ñandú S.A.', 'Tablero', 'Línea 1', '72,4', '+1,2 pts', 'Total', '1.770 min', 'Sin gráfico'])
    assert.ok(lines.includes(text), text)
  for (let row = 0; row < 60; row++) assert.ok(lines.includes(`Motivo ${row}`) && lines.includes(`${row} min`), `row ${row}`)
  const withRows = pages.filter((page) => page.lines.some((line) => line.startsWith('Motivo ')))
  assert.ok(withRows.every((page) => page.lines.includes('Motivo')))
})

test('PL-73 letters of other scripts are set, marks that turn a text round go, and what no font has is told', () => {
  assert.deepEqual(
    runsOf('ñ Жé', 400).map(({ text }) => text),
    ['ñ ', 'Ж', 'é'],
  )
  assert.equal(clean('a\u202eb\u0000c'), 'abc')
  assert.deepEqual(
    runsOf('机', 600).map(({ text, font }) => [text, font]),
    [['\ufffd', 'latin-600']],
  )
})

test('PL-73 a workbook keeps numbers and times, and no text of it is a formula', async () => {
  const documents = createDocuments({ distDir: noCharts, log }, limits)
  const bytes = await documents.xlsx(1, {
    sheets: [
      {
        name: 'Una/hoja: [larga] con un nombre que no cabe entero',
        columns: [
          { label: '=cmd', width: 10 },
          { label: 'n', width: 10, format: 'whole' },
          { label: 't', width: 10, format: 'moment' },
        ],
        rows: [
          ['=2+3', 1_234, Date.UTC(2026, 9, 25, 2, 30) / 1_000],
          ['@x\u0000\u0007', null, null],
          ['-5', { value: 0.25, format: 'ratio' }, null],
        ],
        notes: ['+nota'],
      },
    ],
  })
  await documents.close()
  const sheet = readSheet(bytes)
  assert.equal(sheet.name, 'Una hoja   larga  con un nombre')
  assert.deepEqual(sheet.rows[0], ["'=cmd", 'n', 't'])
  assert.deepEqual(sheet.rows[1]?.slice(0, 2), ["'=2+3", 1_234])
  assert.equal(wallTime(sheet.rows[1]?.[2] ?? null), '2026-10-25T02:30:00')
  assert.deepEqual(sheet.rows[2]?.[0], "'@x")
  assert.deepEqual(sheet.rows[3]?.slice(0, 2), ["'-5", 0.25])
  assert.equal(sheet.rows.at(-1)?.[0], "'+nota")
})

test('PL-73 documents are drawn one at a time, few may wait, and whoever is too many is told when to come back', async () => {
  const documents = createDocuments({ distDir: noCharts, log }, limits)
  const asked = [1, 1, 1, 2, 2].map((owner) => documents.pdf(owner, document).then(() => 'made', statusOf))
  const busy = [503, 'documents_busy']
  assert.deepEqual(await Promise.all(asked), ['made', 'made', busy, 'made', busy], 'nobody takes more than half of the places')
  const again = documents.pdf(1, document)
  assert.ok((await again).length > 1_000)
  await documents.close()
})

test('PL-73 a document that takes too long is given up, and the next one is drawn', async () => {
  const slow = createDocuments({ distDir: noCharts, log }, { ...limits, limitMs: 1 })
  assert.deepEqual(await slow.pdf(1, document).then(() => 'made', statusOf), [503, 'document_too_slow'])
  await slow.close()
  await assert.rejects(slow.pdf(1, document), /closed/)
  const broken = createDocuments({ distDir: noCharts, log }, limits)
  const noPicture = { kind: 'image', png: Buffer.from('GIF89a'), heightPt: 50, title: '' } as const
  await assert.rejects(broken.pdf(1, { ...document, blocks: [noPicture] }), /Unknown image format/)
  assert.ok((await broken.pdf(1, document)).length > 1_000, 'one that fails leaves the thread to the next')
  await broken.close()
})
