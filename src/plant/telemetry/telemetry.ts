/** What a vision box tells of itself, in the order people ask. Pure. */

export type Sample = {
  readonly atMs: number
  /** Percent. */
  readonly cpu: number | null
  readonly gpu: number | null
  readonly ram: number | null
  /** °C. */
  readonly cpuTemp: number | null
  readonly gpuTemp: number | null
}

export type Newest = Sample & {
  readonly gpuName: string | null
  readonly cpuMhz: number | null
  readonly ramUsedBytes: number | null
  readonly gpuMemoryUsedBytes: number | null
  readonly gpuMemoryTotalBytes: number | null
}

export type CameraEvent = {
  readonly atMs: number
  readonly cameraId: number
  readonly action: string
  readonly reason: string
  readonly gpu: number | null
}

export type CameraArea = {
  readonly cameraId: number
  readonly areaId: number
  /** Null: no area of that number. */
  readonly areaName: string | null
  readonly lineName: string | null
  readonly isActive: boolean
}

/** Null of a part: the plant has no such table. */
export type Telemetry = {
  readonly newest: Newest | null
  /** Of the last 24 hours, oldest first. */
  readonly history: readonly Sample[]
  readonly events: readonly CameraEvent[] | null
  readonly cameras: readonly CameraArea[] | null
  readonly hasMonitor: boolean
}

/** A box writes each minute or more often. */
const staleMs = 10 * 60_000
export const isStale = ({ newest }: Pick<Telemetry, 'newest'>, nowMs: number): boolean => newest !== null && nowMs - newest.atMs > staleMs

export type Mood = 'ok' | 'warn' | 'danger'

/** Vision boxes slow themselves down from about 85 °C, and lose pictures when a processor has nothing left. */
export const moodOfLoad = (percent: number): Mood => (percent >= 95 ? 'danger' : percent >= 85 ? 'warn' : 'ok')
export const moodOfHeat = (celsius: number): Mood => (celsius >= 85 ? 'danger' : celsius >= 75 ? 'warn' : 'ok')

/** Some boxes write thousandths of a degree, as Linux does. */
export const celsius = (written: number | null): number | null => (written === null ? null : written > 1_000 ? written / 1_000 : written)

/** At most `most` of them, evenly, the last one always. */
export function thinned<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all
  const step = (all.length - 1) / (most - 1)
  return Array.from({ length: most }, (_, at) => all[Math.round(at * step)] as T)
}
