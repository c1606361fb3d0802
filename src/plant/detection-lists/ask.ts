/** Questions about detections: the scope and its figures as the dashboard has them, and the rows behind. */
import type { TenantActor } from '../../identity/index.ts'
import { Problem } from '../../platform/http/index.ts'
import { type Asked, askPlant, type DashboardDeps, onlyRange } from '../dashboards/index.ts'
import type { PlantModel } from '../model/index.ts'
import type { Scope } from '../scope/index.ts'
import { aggregate, type Bucket, mostBuckets } from './aggregate.ts'
import { mostCursorLength, type Order, type Position, readCursor } from './cursor.ts'
import { detectionListProblem } from './problems.ts'
import { type PageWish, type RowPage, readPage, withRows } from './row-page.ts'

export type DetectionDeps = DashboardDeps & { readonly config: { readonly exports: { readonly maxRows: number } } }

export type Filters = Readonly<Record<string, unknown>>

/** Rows of the scope: `summary.totalDetections` of the dashboard for the same filters. */
export const totalOf = ({ facts }: Pick<Asked, 'facts'>): number => facts.summary.totalDetections

export const perLine = ({ facts }: Pick<Asked, 'facts'>): Record<string, number> =>
  Object.fromEntries(facts.lines.map(({ line, counts }) => [String(line.lineId), counts.total]))

/** The figures alone. Throws as `askPlant`. */
export const askFigures = (deps: DetectionDeps, actor: TenantActor, filters: Filters, isLive = false): Promise<Asked> =>
  askPlant(deps, actor, filters, onlyRange, undefined, isLive)

/** The figures and one page of rows. */
export async function askRows(deps: DetectionDeps, actor: TenantActor, filters: Filters, wish: PageWish, isLive = false) {
  const { more, ...asked } = await askPlant(deps, actor, filters, onlyRange, (plant, { scope }) => pageOf(deps, plant, scope, wish), isLive)
  return { ...asked, page: more as RowPage }
}

/** The figures and the counts per bucket. Throws 413 `too_many_buckets`. */
export async function askBuckets(deps: DetectionDeps, actor: TenantActor, filters: Filters) {
  const { more, ...asked } = await askPlant(deps, actor, filters, onlyRange, (plant, { scope }) =>
    withRows({ ...plant, history: deps.histories.of(plant) }, scope, (lines) => aggregate(lines, scope)),
  )
  if (!more) throw detectionListProblem('too_many_buckets', { parameters: { limit: mostBuckets } })
  return { ...asked, buckets: more as readonly Bucket[] }
}

type Plant = Parameters<Parameters<DashboardDeps['plants']['withPlant']>[1]>[0]

const pageOf = (deps: DetectionDeps, { db, model }: Plant, scope: Scope, wish: PageWish): Promise<RowPage> =>
  withRows({ db, model, history: deps.histories.of({ db, model }) }, scope, (lines) => readPage(lines, model.settings.timeZone, wish))

/** Rows read and held at once while a list or a file is written. */
const batchRows = 5_000

/** The first `limit` rows, batch by batch: the plant is opened for each and let go while the reader takes it, so that a slow one holds nothing and one who
 *  goes stops the reading. `model` is the question's: lines that change meanwhile do not mix in. */
export async function* rowBatches(
  deps: DetectionDeps,
  tenantId: number,
  { scope, model }: { readonly scope: Scope; readonly model: PlantModel },
  limit: number,
): AsyncGenerator<RowPage> {
  let [after, left, size]: [Position | null, number, number] = [null, limit, batchRows]
  while (left > 0) {
    const wish: PageWish = { order: 'asc', after, offset: 0, limit: Math.min(left, size) }
    const page: RowPage = await deps.plants.withPlant(tenantId, ({ db }) => pageOf(deps, { db, model }, scope, wish))
    if (page.rows.length > 0) yield page
    if (!page.next) return
    after = page.next
    left -= page.rows.length
    // without summaries each batch reads the whole range: better once
    if (page.isByRow) size = limit
  }
}

/** Throws 400 `invalid_cursor`. */
export function cursorPosition(text: string, order: Order): Position {
  const found = text.length <= mostCursorLength ? readCursor(text) : null
  if (found?.order !== order) throw detectionListProblem('invalid_cursor')
  return found.position
}

/** For addresses that name a line: one that is not there is not found. */
export async function orLineNotFound<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work
  } catch (error) {
    const fields = error instanceof Problem && error.code === 'invalid_filters' ? (error.options.fields ?? []) : []
    if (fields.length > 0 && fields.every(({ rule }) => rule === 'unknown_line'))
      throw detectionListProblem('line_not_found', { cause: error })
    throw error
  }
}
