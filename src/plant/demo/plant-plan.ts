/** What a demo plant is: its tables' fixed content and the temper of its machines. Data only. */

export type ShiftPlan = {
  readonly shiftId: number
  readonly name: string
  readonly description: string
  /** ISO weekdays on which an instance starts. */
  readonly isoWeekdays: readonly number[]
  /** Hours of wall time; an end at or before the start is the next day's. */
  readonly startHour: number
  readonly endHour: number
}

export type ProductPlan = {
  readonly productId: number
  readonly name: string
  readonly code: string
  readonly weightKg: number
  readonly color: string
  readonly standardPerHour: number
  readonly perBatch: number
}

export type AreaPlan = { readonly areaId: number; readonly name: string; readonly type: 'input' | 'process' | 'output' | 'discard' }

/** Why a machine stands. `incidentId` is what an operator writes down. */
export type CauseKind = 'short_stop' | 'breakdown' | 'changeover' | 'start_up' | 'shift_change' | 'break' | 'cleaning' | 'maintenance'

export type IncidentPlan = {
  readonly incidentId: number
  readonly failureId: number
  readonly code: string
  readonly description: string
  readonly hasSolution: boolean
  readonly kind: CauseKind
  readonly weight: number
}

export type LinePlan = {
  readonly lineId: number
  readonly name: string
  readonly code: string
  /** `performance` column, units per minute. */
  readonly ratePerMinute: number
  readonly targetAvailability: number
  readonly thresholdS: number
  readonly areas: readonly AreaPlan[]
  readonly shiftIds: readonly number[]
  readonly products: readonly { readonly productId: number; readonly weight: number }[]
  readonly temper: Temper
}

/** Rates are per running hour. */
export type Temper = {
  /** Mean cycle over the ideal one, on a good day: at least 1. */
  readonly slowness: number
  readonly breakdownsPerHour: number
  readonly breakdownMedianS: number
  readonly shortStopsPerHour: number
  readonly microStopsPerHour: number
  readonly changeoverMedianS: number
  readonly rejectRate: number
  /** Input camera to output camera. */
  readonly transitS: number
}

export type PlantPlan = {
  readonly key: string
  readonly companyName: string
  readonly slug: string
  readonly timeZone: string
  readonly historyDays: number
  readonly shifts: readonly ShiftPlan[]
  readonly lines: readonly LinePlan[]
  readonly products: readonly ProductPlan[]
  readonly failures: readonly { readonly failureId: number; readonly type: string; readonly description: string }[]
  readonly incidents: readonly IncidentPlan[]
  /** Incidents that are planned stops (`planned_stop_codes`). */
  readonly plannedIncidentIds: readonly number[]
  readonly lineGroups: readonly { readonly alias: string; readonly lineIds: readonly number[] }[]
  /** A camera that saw nothing for hours, and a batch that the network delivered late; days count back from the newest day. */
  readonly outage: { readonly lineId: number; readonly daysBack: number; readonly fromHour: number; readonly hours: number } | null
  readonly lateBatch: {
    readonly lineId: number
    readonly daysBack: number
    readonly fromHour: number
    readonly minutes: number
    readonly delayS: number
  } | null
}
