/** What a plant is made of, read from the customer's metadata tables and cached per tenant. Pure types; reading is in `load.ts`. */
import type { Text } from '../../platform/i18n/i18n.ts'

/** How `production_line.performance` is to be read (spec plant 6.1). */
export type PerformanceUnit = 'units_per_minute' | 'units_per_hour' | 'percent'

/** `scrap` joins discard, reject and scrap; anything unknown is `process`. */
export type AreaType = 'input' | 'process' | 'output' | 'scrap'

export type Area = {
  readonly areaId: number
  readonly lineId: number
  readonly areaName: string
  readonly areaType: AreaType
  /** Of a type that is none of the four: its text in lower case, shown as it is and counted as `process`. */
  readonly otherType?: string
  readonly areaOrder: number
  readonly isRetired?: true
}

export type Line = {
  readonly lineId: number
  readonly lineName: string
  readonly lineCode: string
  readonly isActive: boolean
  /** Target in percent, as stored; shown, never computed with. */
  readonly availabilityTarget?: number
  /** As stored; its meaning is the tenant's `performanceUnit`. */
  readonly performance: number
  readonly downtimeThresholdS: number
  readonly autoDetectDowntime: boolean
  /** In `areaOrder`, then id. */
  readonly areas: readonly Area[]
  /** Real table names of the customer; null when none was found ("no table", never zero production). */
  readonly detectionTable: DetectionTable | null
  readonly downtimeTable: string | null
}

export type DetectionTable = {
  readonly name: string
  /** Null when the table is not partitioned by year×100+month; else in order of their upper bound. */
  readonly partitions: readonly Partition[] | null
}
/** Holds rows whose year×100+month is below `belowYearMonth`; null is MAXVALUE. */
export type Partition = { readonly name: string; readonly belowYearMonth: number | null }

export type Product = {
  readonly productId: number
  readonly productName: string
  readonly productCode: string
  /** Hundredths of a kilogram: exact sums. */
  readonly weightCentikg: number
  /** As stored, perhaps a word; `displayColor` in the dashboards turns it into a colour. */
  readonly productColor: string
  /** Nominal units per hour; 0 is unknown. */
  readonly productionStdPerHour: number
  /** Its name stays for old rows; nobody is to choose it any more. */
  readonly isRetired?: true
}

export type Shift = {
  readonly shiftId: number
  readonly shiftName: string
  readonly isActive: boolean
  /** ISO weekdays 1 (Monday) to 7 on which an instance starts. */
  readonly isoWeekdays: ReadonlySet<number>
  /** Seconds of local wall time since midnight. */
  readonly startS: number
  readonly endS: number
  /** Ends on the day after it starts: flagged overnight, or end <= start (equal times = 24 h). */
  readonly endsNextDay: boolean
}

/** A row of the customer's `filter` table with its JSON already parsed; typing it is the scope's work. */
export type FilterRow = {
  readonly filterId: number
  readonly filterName: string
  readonly description: string
  readonly isActive: boolean
  readonly displayOrder: number
  /** Parsed `default_value` column when the customer has one. */
  readonly defaultValue: unknown
  readonly additionalFilter: unknown
}

export type Failure = {
  readonly failureId: number
  readonly typeFailure: string
  readonly description: string
  readonly isRetired?: true
}
export type Incident = {
  readonly incidentId: number
  readonly failureId: number
  readonly incidentCode: string
  readonly description: string
  readonly isRetired?: true
}

/** A day on which no shift starts; a line without shifts rests from midnight to midnight. */
export type Holiday = {
  /** Days since 1970-01-01 of the date; of a yearly one only month and day count (29 February: leap years). */
  readonly day: number
  readonly isYearly: boolean
  readonly name: string
  /** Null = all lines. */
  readonly lineIds: ReadonlySet<number> | null
}

/** Planned time beside the weekly shifts, on one date, also when it is a holiday. */
export type ExtraShift = {
  /** Days since 1970-01-01. */
  readonly day: number
  /** Seconds of local wall time since midnight; ends on the next day when `endS` is not after `startS`. */
  readonly startS: number
  readonly endS: number
  readonly name: string
  /** Null = all lines. */
  readonly lineIds: ReadonlySet<number> | null
}

/** One of the places where the company produces: "planta" on the pages, `plant` in the API (IEC 62264: site). */
export type Site = {
  readonly siteId: number
  readonly siteName: string
  readonly siteCode: string
  /** In order; a line is in one place at most. Retired lines too. */
  readonly lineIds: readonly number[]
}

/** Additions to the plant that come from `config_tenant`, defaults applied (spec plant 3.3). */
export type PlantSettings = {
  readonly timeZone: string
  readonly performanceUnit: PerformanceUnit
  readonly shiftRangeMode: 'clip' | 'extend'
  readonly plannedStopCodes: ReadonlySet<number>
  /** Daily planned stops, wall seconds since midnight; all lines. */
  readonly breaks: readonly { readonly startS: number; readonly endS: number; readonly isoWeekdays: ReadonlySet<number> }[]
  /** Line id to the shifts it works; a line that is absent works all active shifts. */
  readonly shiftIdsByLine: ReadonlyMap<number, ReadonlySet<number>>
  readonly holidays: readonly Holiday[]
  readonly extraShifts: readonly ExtraShift[]
  /** In the company's order. */
  readonly sites: readonly Site[]
  /** Line id to the seconds without a row after which it is "no data"; a line that is absent has no limit. */
  readonly noDataAfterS: ReadonlyMap<number, number>
  /** Whether the job may store stops that it finds. */
  readonly isStopJobOn: boolean
  readonly reasonTarget: 'incident' | 'failure'
  /** Length in seconds from which a micro-stop is a stop, and a stop a breakdown. */
  readonly stopFromS: number
  readonly breakdownFromS: number
}

/** `lineIds`: the lines it names; without it none. */
export type ModelWarning = Text & { readonly lineIds?: readonly number[] }

export type PlantModel = {
  readonly tenantId: number
  readonly settings: PlantSettings
  /** All lines, retired ones too, by id. */
  readonly lines: readonly Line[]
  readonly products: ReadonlyMap<number, Product>
  /** All shifts, inactive ones too. */
  readonly shifts: readonly Shift[]
  /** By display order, then id; inactive ones too. */
  readonly filters: readonly FilterRow[]
  readonly failures: ReadonlyMap<number, Failure>
  readonly incidents: ReadonlyMap<number, Incident>
  /** Findings of loading: unparsable JSON, a line without table, stale copy… for people to read. */
  readonly warnings: readonly ModelWarning[]
  readonly loadedAtMs: number
}
