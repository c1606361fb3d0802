import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { everyDay, line, plantModel, settings, shift } from '../../../test/harness/plant-model.ts'
import { formatLocal, parseLocal, type Span, totalS, zoneOf } from '../../platform/time/index.ts'
import { isCounted, listStops, type StoredEvent, sortStops, stopOf } from '../downtime/index.ts'
import type { Stop } from '../facts/index.ts'
import { computeKpis } from '../kpi/index.ts'
import type { PlantModel } from '../model/index.ts'
import { breakSpans, parseScope, plannedWindows, type Scope } from '../scope/index.ts'
import { downtimeFigures } from './figures.ts'
import { drawStrip, type Segment } from './segments.ts'
import { stripSpans } from './strips.ts'

const bogota = zoneOf('America/Bogota')
const at = (text: string): number => bogota.toEpochS(parseLocal(text) ?? Number.NaN)
const span = (from: string, to: string): Span => ({ fromS: at(from), toS: at(to) })
const clock = (atS: number): string => formatLocal(bogota.toLocalS(atS)).slice(5, 16)
const shown = ({ fromS, toS }: Span): string => `${clock(fromS)} → ${clock(toS)}`

const scopeOf = (model: PlantModel, from: string, to: string, now: string, more: Record<string, unknown> = {}): Scope =>
  parseScope(
    model,
    { start_date: from.slice(0, 10), start_time: from.slice(11), end_date: to.slice(0, 10), end_time: to.slice(11), ...more },
    at(now) * 1000,
  )

const event = (eventId: number, from: string, to: string, reasonCode: number | null = null): StoredEvent => ({
  eventId,
  span: span(from, to),
  startLocalS: parseLocal(from) ?? 0,
  endLocalS: parseLocal(to) ?? 0,
  storedDurationS: null,
  reasonCode,
  reasonText: null,
  isManual: false,
})

/** As facts list them, without calculated ones. */
function listed(model: PlantModel, scope: Scope, events: readonly StoredEvent[]): { stops: Stop[]; list: ReturnType<typeof listStops> } {
  const windows = plannedWindows(model, bogota, 1, scope.shiftId, scope.range)
  const list = listStops({
    model,
    elapsed: scope.elapsed,
    isOpen: true,
    windows: windows.map(({ fromS, toS }) => ({ fromS, toS: Math.min(toS, scope.now.epochS) })).filter(({ fromS, toS }) => fromS < toS),
    isShiftChosen: scope.shiftId !== null,
    hasData: true,
    events: [...events].sort((a, b) => a.span.fromS - b.span.fromS),
    breaks: breakSpans(model, bogota, scope.range),
    calculated: [],
  })
  return { list, stops: sortStops(list.pieces().map((piece) => stopOf(model, bogota, 1, piece))) }
}

const story = { stops: [], breaks: [], hasData: true, isSilent: false }
const drawn = (segments: readonly Segment[]): string[] => segments.map(({ span: own, state }) => `${shown(own)} ${state}`)

const twoShifts = plantModel({ shifts: [shift(1, 6, 14), shift(2, 14, 22)] })

test('PL-63 strips: one per shift instance, newest first, and what lies outside the plan', () => {
  const scope = scopeOf(twoShifts, '2026-10-19 00:00', '2026-10-19 23:59', '2026-10-20 10:00')
  assert.deepEqual(
    stripSpans(twoShifts, bogota, scope).map((strip) => `${strip.kind} ${strip.shiftId} ${shown(strip.span)}`),
    [
      'off null 10-19 22:00 → 10-20 00:00',
      'shift 2 10-19 14:00 → 10-19 22:00',
      'shift 1 10-19 06:00 → 10-19 14:00',
      'off null 10-19 00:00 → 10-19 06:00',
    ],
  )
})

test('PL-63 strips: a chosen shift alone; a night belongs to the day it starts and is cut to the range', () => {
  const model = plantModel({ shifts: [shift(1, 6, 22), shift(2, 22, 6)] })
  const scope = scopeOf(model, '2026-10-19 00:00', '2026-10-20 23:59', '2026-10-21 10:00', { shift_id: 2 })
  assert.deepEqual(
    stripSpans(model, bogota, scope).map((strip) => shown(strip.span)),
    ['10-20 22:00 → 10-21 00:00', '10-19 22:00 → 10-20 06:00'],
  )
})

test('PL-63 strips: a line planned around the clock has one per day', () => {
  const scope = scopeOf(plantModel(), '2026-10-18 12:00', '2026-10-19 23:59', '2026-10-20 10:00')
  assert.deepEqual(
    stripSpans(plantModel(), bogota, scope).map((strip) => `${strip.kind} ${shown(strip.span)}`),
    ['day 10-19 00:00 → 10-20 00:00', 'day 10-18 12:00 → 10-19 00:00'],
  )
})

test('PL-63 strips: lines side by side, each with the shifts it works', () => {
  const model = plantModel({
    lines: [line(), line({ lineId: 2, lineName: 'Otra' })],
    shifts: [shift(1, 6, 14), shift(2, 14, 22)],
    settings: settings({ shiftIdsByLine: new Map([[2, new Set([2])]]) }),
  })
  const scope = scopeOf(model, '2026-10-19 06:00', '2026-10-19 21:59', '2026-10-20 10:00', { line_id: 'all' })
  assert.deepEqual(
    stripSpans(model, bogota, scope).map((strip) => `${strip.lineId} ${strip.kind} ${strip.shiftId}`),
    ['1 shift 2', '2 shift 2', '1 shift 1', '2 off null'],
  )
})

test('PL-63 strips: a shift that a holiday takes out is not shown; an extra shift at its hours is extra time', () => {
  const day = Math.floor((parseLocal('2026-10-19') ?? 0) / 86_400)
  const [holidays, extraShifts] = [
    [{ day, isYearly: false, name: 'Feriado', lineIds: null }],
    [{ day, startS: 13 * 3_600, endS: 16 * 3_600, name: 'Pedido', lineIds: null }],
  ]
  const model = plantModel({ shifts: twoShifts.shifts, settings: settings({ holidays, extraShifts }) })
  const scope = scopeOf(model, '2026-10-19 00:00', '2026-10-20 07:59', '2026-10-21 10:00')
  assert.deepEqual(
    stripSpans(model, bogota, scope).map((strip) => `${strip.kind} ${strip.shiftId} ${shown(strip.span)}`),
    [
      'shift 1 10-20 06:00 → 10-20 08:00',
      'off null 10-19 16:00 → 10-20 06:00',
      'extra null 10-19 13:00 → 10-19 16:00',
      'off null 10-19 00:00 → 10-19 13:00',
    ],
  )
})

test('PL-63 segments: planned stops win, then explained ones, then the others; the rest ran', () => {
  const model = plantModel({
    shifts: [shift(1, 6, 14)],
    settings: settings({ breaks: [{ startS: 10 * 3_600, endS: 10 * 3_600 + 900, isoWeekdays: everyDay }] }),
  })
  const scope = scopeOf(model, '2026-10-19 00:00', '2026-10-19 23:59', '2026-10-19 13:00')
  const { stops } = listed(model, scope, [
    event(1, '2026-10-19 07:00', '2026-10-19 08:00', 1),
    event(2, '2026-10-19 07:30', '2026-10-19 08:30', 9),
    event(3, '2026-10-19 08:15', '2026-10-19 09:00'),
  ])
  const strip = stripSpans(model, bogota, scope).find(({ kind }) => kind === 'shift')
  assert.ok(strip)
  const { segments, figures } = drawStrip(strip, {
    ...story,
    stops,
    breaks: breakSpans(model, bogota, scope.range),
    nowS: scope.now.epochS,
  })
  assert.deepEqual(drawn(segments), [
    '10-19 06:00 → 10-19 07:00 running',
    '10-19 07:00 → 10-19 08:00 planned',
    '10-19 08:00 → 10-19 08:30 explained',
    '10-19 08:30 → 10-19 09:00 unexplained',
    '10-19 09:00 → 10-19 10:00 running',
    '10-19 10:00 → 10-19 10:15 planned',
    '10-19 10:15 → 10-19 13:00 running',
    '10-19 13:00 → 10-19 14:00 ahead',
  ])
  assert.deepEqual(figures, {
    scheduledS: 7 * 3_600,
    plannedBusyTimeS: 20_700,
    downtimeS: 3_600,
    unexplainedS: 1_800,
    stopCount: 2,
    availability: 17_100 / 20_700,
    mtbfS: 8_550,
    mttrS: 1_800,
  })
})

test('PL-63 segments: a line without data is neither running nor stopped; a silence beyond the limit is no data; a strip outside the plan is idle', () => {
  const model = plantModel({ shifts: [shift(1, 6, 14)] })
  const scope = scopeOf(model, '2026-10-19 00:00', '2026-10-19 23:59', '2026-10-19 13:00')
  const strips = stripSpans(model, bogota, scope)
  const shiftStrip = strips.find(({ kind }) => kind === 'shift')
  const off = strips.find(({ kind }) => kind === 'off')
  assert.ok(shiftStrip && off)
  const nowS = scope.now.epochS
  assert.deepEqual(drawn(drawStrip(shiftStrip, { ...story, hasData: false, nowS }).segments), [
    '10-19 06:00 → 10-19 13:00 no_data',
    '10-19 13:00 → 10-19 14:00 ahead',
  ])
  assert.deepEqual(drawn(drawStrip(off, { ...story, nowS }).segments), ['10-19 00:00 → 10-19 06:00 idle'])
  const [one] = listed(model, scope, [event(1, '2026-10-19 09:00', '2026-10-19 13:00')]).stops
  assert.ok(one)
  const live: Stop = { ...one, source: 'live', eventId: null, recorded: null }
  assert.deepEqual(drawn(drawStrip(shiftStrip, { ...story, stops: [live], isSilent: true, nowS }).segments).slice(1, 2), [
    '10-19 09:00 → 10-19 13:00 no_data',
  ])
})

const minute = fc.integer({ min: 0, max: 2 * 1_440 })
const someEvents = fc.array(fc.tuple(minute, fc.integer({ min: 1, max: 300 }), fc.constantFrom(null, 1, 9)), { maxLength: 12 })

test('PL-66 the meter, the strips and the KPIs lose the same time, whatever overlaps', () =>
  fc.assert(
    fc.property(someEvents, minute, (pairs, nowMinute) => {
      const fromS = at('2026-10-19 00:00')
      const now = formatLocal(bogota.toLocalS(fromS + nowMinute * 60))
      const scope = scopeOf(twoShifts, '2026-10-19 00:00', '2026-10-20 23:59', now)
      const events = pairs.map(([from, length, code], i) =>
        event(i + 1, formatLocal(bogota.toLocalS(fromS + from * 60)), formatLocal(bogota.toLocalS(fromS + (from + length) * 60)), code),
      )
      const { stops, list } = listed(twoShifts, scope, events)
      const strips = stripSpans(twoShifts, bogota, scope).map((strip) => drawStrip(strip, { ...story, stops, nowS: scope.now.epochS }))
      const sum = (of: 'downtimeS' | 'plannedBusyTimeS' | 'unexplainedS'): number =>
        strips.reduce((total, { figures }) => total + (figures?.[of] ?? 0), 0)
      assert.equal(sum('downtimeS'), list.unplannedDowntimeS)
      assert.equal(sum('plannedBusyTimeS'), totalS(list.busy))
      for (const strip of strips) {
        assert.equal(totalS(strip.segments.map(({ span: own }) => own)), strip.span.toS - strip.span.fromS)
        assert.ok(strip.segments.every(({ span: own }, i) => i === 0 || own.fromS === strip.segments[i - 1]?.span.toS))
      }
      const time = {
        scheduledS: 0,
        plannedStopS: 0,
        plannedBusyTimeS: totalS(list.busy),
        unplannedDowntimeS: list.unplannedDowntimeS,
        actualProductionTimeS: totalS(list.busy) - list.unplannedDowntimeS,
        stopCount: list.stopCount,
      }
      const kpi = { ...computeKpis([]), time }
      const lines = [{ line: line(), lastDetectionLocalS: 1 }] as unknown as Parameters<typeof downtimeFigures>[3]['lines']
      const figures = downtimeFigures(twoShifts, bogota, scope, { kpi, lines, stops })
      assert.equal(figures.unexplainedS, sum('unexplainedS'))
      assert.equal(figures.micro.count + figures.longer.count, stops.filter(isCounted).length)
    }),
  ))
