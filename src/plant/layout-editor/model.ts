/** What the editor draws. */

import type { Html, PageContext } from '../../platform/ui/index.ts'
import type { LayoutJson, ResolvedLayout } from '../dashboards/index.ts'
import type { Catalogue } from './draft.ts'
import type { PreviewColumns } from './form.ts'
import type { Steps } from './history.ts'

export type Entry = {
  readonly id: number
  readonly name: string
  readonly explanation: string
  /** Of the registry; null = nothing draws it yet. */
  readonly render: string | null
}

export type Version = {
  readonly version: number
  readonly by: string | null
  /** In the plant's time. */
  readonly at: string
  /** Null: taken away, or unreadable. */
  readonly widgets: number | null
  readonly isRemoved: boolean
}

export type Notice =
  | { readonly kind: 'done'; readonly text: string }
  | { readonly kind: 'conflict'; readonly by: string | null; readonly at: string }
  | { readonly kind: 'faults'; readonly faults: readonly string[] }

export type EditorModel = {
  readonly page: PageContext
  readonly companySlug: string
  /** Address that the form posts to. */
  readonly action: string
  /** Null: the person's own. */
  readonly role: string | null
  readonly layout: {
    readonly draft: LayoutJson
    readonly steps: Steps
    readonly seenVersion: number
    readonly step: ResolvedLayout['step']
    /** Something is stored that could be taken away. */
    readonly isStored: boolean
    readonly saved: { readonly by: string; readonly at: string } | null
    readonly isDirty: boolean
    readonly warnings: readonly string[]
  }
  readonly tab: string
  readonly columns: PreviewColumns
  readonly search: string
  readonly catalogue: Catalogue
  readonly entries: readonly Entry[]
  readonly filters: readonly { readonly id: number; readonly label: string }[]
  /** External sources that a widget can show. */
  readonly sources: readonly { readonly key: string; readonly name: string }[]
  readonly lines: readonly { readonly id: number; readonly name: string }[]
  readonly history: readonly Version[]
  readonly preview: Html
  readonly notice: Notice | null
  /** For who does not see the screen change. */
  readonly said: string
}

export const nameOf = (model: Pick<EditorModel, 'entries'>, id: number): string =>
  model.entries.find((entry) => entry.id === id)?.name ?? String(id)
