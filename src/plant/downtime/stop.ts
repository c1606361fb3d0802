import type { LocalS, Span } from '../../platform/time/index.ts'

type StopSource = 'manual' | 'recorded' | 'calculated' | 'live'
export type Stop = {
  readonly lineId: number
  readonly eventId: number | null
  readonly source: StopSource
  readonly isPlanned: boolean
  readonly visualType: 'db_confirmed' | 'db_unconfirmed' | 'calculated' | 'live' | 'planned'
  readonly category: 'micro_stop' | 'stop' | 'breakdown'
  /** Cut to the range; wall time beside the instants. */
  readonly span: Span
  readonly startLocalS: LocalS
  readonly endLocalS: LocalS
  readonly durationS: number
  /** Part that costs planned time (planned stops: part inside the windows). */
  readonly countedS: number
  /** Before cutting. */
  readonly fullS: number
  /** Of stored events only. */
  readonly recorded: {
    readonly startLocalS: LocalS
    readonly endLocalS: LocalS
    readonly reasonCode: number | null
    readonly reasonText: string | null
    /** Of the reason code: what people read; null without a code ("Sin motivo"), "Código N" for one that is known nowhere. The free text is apart. */
    readonly label: string | null
    readonly failureType: string | null
    readonly failureDescription: string | null
    readonly incidentCode: string | null
    readonly incidentDescription: string | null
  } | null
}
