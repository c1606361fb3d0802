/** The last hour of a line as one strip. Pure. */
import { intersect, type Span, subtract } from '../../platform/time/index.ts'
import type { Stop } from '../facts/index.ts'

export type LineState = 'running' | 'stopped' | 'planned' | 'idle' | 'no_data'
export type StripPart = { readonly state: LineState; readonly fromS: number; readonly toS: number }

export type HourStory = {
  readonly hour: Span
  /** Planned time of the hour. */
  readonly planned: readonly Span[]
  readonly breaks: readonly Span[]
  readonly stops: readonly Stop[]
  /** From here on nothing is known; null = all of it is. */
  readonly silentFromS: number | null
}

/** In order, without holes. Planned stops win the time, as in the KPIs. */
export function stripOf({ hour, planned, breaks, stops, silentFromS }: HourStory): StripPart[] {
  const unknown = silentFromS === null || silentFromS >= hour.toS ? [] : [{ fromS: Math.max(hour.fromS, silentFromS), toS: hour.toS }]
  let free: readonly Span[] = [hour]
  const parts: StripPart[] = []
  const take = (state: LineState, spans: readonly Span[]): void => {
    for (const { fromS, toS } of intersect(free, sorted(spans))) parts.push({ state, fromS, toS })
    free = subtract(free, sorted(spans))
  }
  take('no_data', unknown)
  take('idle', subtract([hour], planned))
  take('planned', breaks)
  for (const stop of stops) if (stop.isPlanned) take('planned', [stop.span])
  for (const stop of stops) if (!stop.isPlanned) take('stopped', [stop.span])
  take('running', free)
  return joined(parts.sort((a, b) => a.fromS - b.fromS))
}

const sorted = (spans: readonly Span[]): readonly Span[] => [...spans].sort((a, b) => a.fromS - b.fromS)

function joined(parts: readonly StripPart[]): StripPart[] {
  const whole: StripPart[] = []
  for (const part of parts) {
    const last = whole.at(-1)
    if (last?.state === part.state && last.toS === part.fromS) whole[whole.length - 1] = { ...last, toS: part.toS }
    else whole.push(part)
  }
  return whole
}
