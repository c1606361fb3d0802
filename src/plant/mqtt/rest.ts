/** Rows of a message whose refusal may pass, sent again. A batch's key answers for ever as it did when rows of a line were first written, also for the
 *  rows of that line that were refused then: those have a key of their own, which follows from the first, so that no row can be written under both. So
 *  have those that the database did not look at beside others that it refused, also when it wrote none: the same batch would end as before. */
import { createHash } from 'node:crypto'
import type { Ingest } from '../ingest/index.ts'
import type { Row } from './message.ts'

type Report = Awaited<ReturnType<Ingest['accept']>>
export type Refusal = Report['refused'][number]
export type MessageRows = { readonly batchKey: string; readonly rows: readonly Row[]; readonly source: 'mqtt'; readonly sender: string }

/** The plant's matter: the message waits until somebody sets that right. */
export const isOfPlant = ({ code }: Refusal): boolean =>
  code === 'missing_partition' || code === 'missing_table' || code === 'no_write_right'

/** Of something that may have been added to the plant since it was read. */
export const isPerhapsStale = ({ code }: Refusal): boolean =>
  code === 'unknown_line' || code === 'unknown_area' || code === 'unknown_product' || code === 'area_of_other_line'

/** Beside others that the database refused: by itself each is written, or has a reason. */
export const isUntried = ({ code }: Refusal): boolean => code === 'not_tried'

/** What is written of the batch, by now. Throws what `accept` throws. */
export async function acceptAgain(ingest: Pick<Ingest, 'accept'>, tenantId: number, batch: MessageRows): Promise<Report> {
  const report = await ingest.accept(tenantId, batch)
  const { rows } = batch
  const lineOf = (index: number): string => String(rows[index]?.line).toLowerCase()
  const refused = new Set(report.refused.map(({ index }) => index))
  const written = new Set([...rows.keys()].filter((index) => !refused.has(index)).map(lineOf))
  const late = report.refused.filter((one) => isUntried(one) || ((isOfPlant(one) || isPerhapsStale(one)) && written.has(lineOf(one.index))))
  let { accepted } = report
  const told = report.refused.filter((one) => !late.includes(one))
  for (const ofLine of Map.groupBy(late, ({ index }) => lineOf(index)).values()) {
    const indexes = ofLine.map(({ index }) => index)
    const batchKey = createHash('sha256').update(`${batch.batchKey}\n${indexes}`).digest('base64url')
    const rest = await acceptAgain(ingest, tenantId, { ...batch, batchKey, rows: indexes.map((index) => rows[index] as Row) })
    accepted += rest.accepted
    told.push(...rest.refused.map((one) => ({ ...one, index: indexes[one.index] as number })))
  }
  return { ...report, accepted, refused: told.sort((one, other) => one.index - other.index) }
}
