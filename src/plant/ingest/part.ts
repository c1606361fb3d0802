/** The rows of one batch for one line: what is written as one, once. */
import { hash } from 'node:crypto'
import { decodeJson, encodeJson } from '../../platform/db/index.ts'
import type { IngestSource, RawRow, Refusal, RefusalCode } from './contract.ts'
import { refusalCodes } from './contract.ts'
import type { LineRows } from './rows.ts'

/** `hash` names the batch among those of all companies and sources, `fingerprint` what it holds. */
export type BatchKey = { readonly hash: string; readonly fingerprint: string }

/** As kept: the texts are made again from the row, which is sent again. */
export type KeptRefusal = Pick<Refusal, 'index' | 'code' | 'field'>

export type Part = Omit<LineRows, 'refused'> & {
  readonly refused: readonly KeptRefusal[]
  readonly key: BatchKey | null
}

export type PartOutcome =
  | { readonly kind: 'written' | 'repeated'; readonly accepted: number; readonly refused: readonly KeptRefusal[] }
  /** The key stands for other rows. */
  | { readonly kind: 'reused' }
  /** Another process is at it, or died a moment ago. */
  | { readonly kind: 'running' }
  /** Nobody knows whether it was written. */
  | { readonly kind: 'failed'; readonly error: unknown }

/** What is known of a part that was written, or begun. */
export type KnownPart = BatchKey & { readonly lineId: number; readonly accepted: number; readonly refused: readonly KeptRefusal[] }

const sha256 = (...texts: readonly string[]): string => hash('sha256', texts.join('\n'))

export const batchKeyOf = (tenantId: number, source: IngestSource, batchKey: string, rows: readonly RawRow[]): BatchKey => ({
  hash: sha256(String(tenantId), source, batchKey),
  fingerprint: sha256(encodeJson(rows)),
})

export const hashesOf = (parts: readonly Pick<Part, 'key'>[]): string[] => parts.flatMap(({ key }) => (key === null ? [] : [key.hash]))

/** Null: nothing of it is known, it is to be written. What was written stays so, also when two processes took the key for different lines at once. */
export function earlierOutcome({ key, line }: Part, known: readonly KnownPart[]): PartOutcome | null {
  if (key === null) return null
  const ofBatch = known.filter(({ hash }) => hash === key.hash)
  const own = ofBatch.find(({ lineId, fingerprint }) => lineId === line.lineId && fingerprint === key.fingerprint)
  if (own) return { kind: 'repeated', accepted: own.accepted, refused: own.refused }
  return ofBatch.some(({ fingerprint }) => fingerprint !== key.fingerprint) ? { kind: 'reused' } : null
}

/** Another process began or wrote one of the batches since it was asked for: ask again. */
export class WrittenMeanwhile extends Error {}

export const refusedAs = (rows: readonly Pick<Refusal, 'index'>[], code: RefusalCode): KeptRefusal[] =>
  rows.map(({ index }) => ({ index, code, field: fieldOf(code) }))

const fieldOf = (code: RefusalCode): string =>
  code === 'missing_partition' ? 'detected_at' : code === 'missing_table' || code === 'no_write_right' ? 'line' : 'row'

export const encodeRefused = (refused: readonly KeptRefusal[]): string =>
  encodeJson(refused.map(({ index, code, field }) => [index, code, field]))

export function decodeRefused(text: string): KeptRefusal[] {
  const decoded = decodeJson(text)
  if (!decoded.ok || !Array.isArray(decoded.value)) return []
  return decoded.value.flatMap((entry: unknown) => {
    const [index, code, field] = Array.isArray(entry) ? (entry as unknown[]) : []
    return refusalCodes.includes(code as RefusalCode) ? [{ index: Number(index), code: code as RefusalCode, field: String(field) }] : []
  })
}
