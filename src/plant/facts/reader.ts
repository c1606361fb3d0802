/** What the facts ask of one line, whoever answers: raw rows (`raw-reader.ts`, the oracle) or day summaries (`history-reader.ts`). */
import type { Text } from '../../platform/i18n/i18n.ts'
import type { Span } from '../../platform/time/index.ts'
import type { LineRange } from './ranges.ts'
import type { Newest } from './status.ts'
import type { Tally } from './tally.ts'

export type LineReader = {
  /** Rows dated after now; they are left out of everything else. */
  readonly futureRows: number
  readonly newest: Newest
  /** Silent runs of the reference stream; whole inside `pieces` where they touch `asked`, of no meaning elsewhere. */
  readonly silences: (asked: Span, pieces: readonly Span[]) => Promise<readonly Span[]>
  /** `bucketStarts` null = no series. */
  readonly tally: (range: LineRange, bucketStarts: readonly number[] | null) => Promise<Tally>
  readonly warnings: readonly Text[]
}
