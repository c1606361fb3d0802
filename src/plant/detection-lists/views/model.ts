/** What the page of detections draws. */
import type { NavItem, PageContext } from '../../../platform/ui/index.ts'
import type { FilterPanel, Refusal } from '../../dashboards/index.ts'
import type { PlantModel } from '../../model/index.ts'
import type { LocalS, Scope } from '../../scope/index.ts'
import type { Bucket } from '../aggregate.ts'
import type { PageAsked } from '../page-query.ts'
import type { RowPage } from '../row-page.ts'

/** Newest first; `total` is the number of rows of the whole table. */
export type BucketList = {
  readonly kind: 'buckets'
  readonly shown: readonly Bucket[]
  readonly page: number
  readonly pages: number
  readonly total: number
}

export type DetectionBoard = {
  readonly scope: Scope
  readonly model: PlantModel
  readonly shiftName: string | null
  /** Detections with all filters, and those of them in areas of output, input and scrap. */
  readonly total: number
  readonly production: number
  readonly input: number
  readonly scrap: number
  readonly weightCentikg: number
  readonly products: number
  readonly firstLocalS: LocalS | null
  readonly lastLocalS: LocalS | null
  /** Of one file. */
  readonly mostRows: number
  readonly warnings: readonly string[]
  readonly list: ({ readonly kind: 'rows' } & RowPage) | BucketList
}

export type DetectionPage = {
  readonly page: PageContext
  readonly slug: string
  readonly nav: readonly NavItem[]
  readonly mayExport: boolean
  readonly asked: PageAsked
  readonly panel: FilterPanel
  readonly board: DetectionBoard | Refusal | 'no_lines'
}

export const isRefusal = (board: DetectionPage['board']): board is Refusal => typeof board === 'object' && 'fields' in board
