/** Reads back a spreadsheet, as far as ours go: every part's sum is checked. */
import assert from 'node:assert/strict'
import type { Readable } from 'node:stream'
import { crc32, inflateRawSync } from 'node:zlib'

export type SheetCell = string | number | null
export type ReadSheet = { readonly name: string; readonly rows: readonly (readonly SheetCell[])[] }

export async function textOf(stream: Readable): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(Buffer.from(part))
  return Buffer.concat(parts)
}

/** By name, from the archive's directory. */
export function unzip(bytes: Buffer): Map<string, Buffer> {
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]))
  const parts = new Map<string, Buffer>()
  for (let i = 0, at = bytes.readUInt32LE(end + 16); i < bytes.readUInt16LE(end + 10); i++) {
    const [method, crc, packed, size] = [
      bytes.readUInt16LE(at + 10),
      bytes.readUInt32LE(at + 16),
      bytes.readUInt32LE(at + 20),
      bytes.readUInt32LE(at + 24),
    ]
    const [nameLength, start] = [bytes.readUInt16LE(at + 28), bytes.readUInt32LE(at + 42)]
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength)
    const from = start + 30 + bytes.readUInt16LE(start + 26) + bytes.readUInt16LE(start + 28)
    const data = bytes.subarray(from, from + packed)
    const plain = method === 8 ? inflateRawSync(data) : data
    assert.deepEqual([plain.length, crc32(plain)], [size, crc], name)
    parts.set(name, plain)
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  }
  return parts
}

const marks: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"' }
const plain = (text: string): string => text.replace(/&(amp|lt|gt|quot);/g, (mark) => marks[mark] ?? mark)

export function readSheets(bytes: Uint8Array): ReadSheet[] {
  const parts = unzip(Buffer.from(bytes))
  const names = [...(parts.get('xl/workbook.xml')?.toString() ?? '').matchAll(/<sheet name="(.*?)"/g)]
  return names.map(([, name = ''], i) => ({
    name: plain(name),
    rows: [...(parts.get(`xl/worksheets/sheet${i + 1}.xml`)?.toString() ?? '').matchAll(/<row>(.*?)<\/row>/gs)].map(([, row = '']) =>
      [...row.matchAll(/<c(?: [^>]*?)?(?:\/>|>(.*?)<\/c>)/gs)].map(([, inside = '']): SheetCell => {
        const text = /<t [^>]*>(.*?)<\/t>/s.exec(inside)?.[1]
        if (text !== undefined) return plain(text)
        const value = /<v>(.*?)<\/v>/.exec(inside)?.[1]
        return value === undefined ? null : Number(value)
      }),
    ),
  }))
}

/** Of a file of one. */
export function readSheet(bytes: Uint8Array): ReadSheet {
  const [sheet, ...others] = readSheets(bytes)
  assert.ok(sheet && others.length === 0)
  return sheet
}

/** Serial day of a spreadsheet → `YYYY-MM-DDTHH:MM:SS`. */
export const wallTime = (serial: SheetCell): string =>
  new Date(Math.round((Number(serial) - 25_569) * 86_400) * 1_000).toISOString().slice(0, 19)
