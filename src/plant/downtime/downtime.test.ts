import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { everyDay, plantModel, settings, shift } from '../../../test/harness/plant-model.ts'
import { formatLocal, intersect, parseLocal, type Span, totalS, zoneOf } from '../../platform/time/index.ts'
import type { PlantModel } from '../model/index.ts'
import { plannedPieces, plannedWindows } from '../scope/index.ts'
import { fullLengthS } from './gaps.ts'
import { calculatedStops, listStops, reasonOf, type StopListInput, type StoredEvent, silentRuns, sortStops, stopOf } from './index.ts'

const inside = { startsAtEdge: false, endsAtEdge: false }
const runsOf = (gaps: readonly number[], thresholdS = 300): number[] => {
  const epochS = [0]
  for (const gap of gaps) epochS.push((epochS.at(-1) ?? 0) + gap)
  return silentRuns({ epochS, ...inside }, thresholdS, 1e6).map(({ fromS, toS }) => toS - fromS)
}

for (const [name, gaps, want] of [
  ['a gap of 600 s at 300 is one stop of 600', [600], [600]],
  ['a gap of exactly the threshold is none', [300], []],
  ['one second more is a stop', [301], [301]],
  ['400 + 400 is one stop of 800: an isolated detection does not end it', [400, 400], [800]],
  ['400, 100, 400 are two', [400, 100, 400], [400, 400]],
  ['long, exactly the threshold, long are two', [400, 300, 400], [400, 400]],
  ['several pieces in one second part no stop', [400, 0, 0, 400], [400, 400]],
  ['no gap at all', [], []],
] as const)
  test(`PL-57 ${name}`, () => assert.deepEqual(runsOf(gaps), want))

test('PL-57 silence before the first row has no beginning and joins the long gap after it', () => {
  const never = Number.NEGATIVE_INFINITY
  assert.deepEqual(silentRuns({ epochS: [1_000, 1_010], startsAtEdge: true, endsAtEdge: false }, 300, 5_000), [
    { fromS: never, toS: 1_000 },
  ])
  assert.deepEqual(silentRuns({ epochS: [1_000, 1_400], startsAtEdge: true, endsAtEdge: false }, 300, 5_000), [
    { fromS: never, toS: 1_400 },
  ])
  assert.deepEqual(silentRuns({ epochS: [], startsAtEdge: true, endsAtEdge: true }, 300, 5_000), [{ fromS: never, toS: 5_000 }])
})

test('PL-58 silence since the last row is a gap to now and joins the long gap before it', () => {
  assert.deepEqual(silentRuns({ epochS: [0, 10], startsAtEdge: false, endsAtEdge: true }, 300, 311), [{ fromS: 10, toS: 311 }])
  assert.deepEqual(silentRuns({ epochS: [0, 10], startsAtEdge: false, endsAtEdge: true }, 300, 310), [])
  assert.deepEqual(silentRuns({ epochS: [0, 400], startsAtEdge: false, endsAtEdge: true }, 300, 800), [{ fromS: 0, toS: 800 }])
  assert.deepEqual(silentRuns({ epochS: [], startsAtEdge: false, endsAtEdge: false }, 300, 800), [])
})

const bogota = zoneOf('America/Bogota')
const at = (text: string): number => bogota.toEpochS(parseLocal(text) ?? Number.NaN)
const span = (from: string, to: string): Span => ({ fromS: at(from), toS: at(to) })
const morning = plantModel({ shifts: [shift(1, 6, 14)] })

const stopsOf = (model: PlantModel, rows: readonly string[], range: Span, now: string, events: readonly Span[] = []) => {
  const reference = { epochS: rows.map(at), startsAtEdge: true, endsAtEdge: true }
  const nowS = at(now)
  return calculatedStops({
    runs: silentRuns(reference, 300, nowS),
    pieces: plannedPieces(model, bogota, 1, range),
    events,
    thresholdS: 300,
    nowS,
  })
}
const shown = (spans: readonly Span[]): string[] =>
  spans.map(({ fromS, toS }) => `${formatLocal(bogota.toLocalS(fromS)).slice(5, 16)} → ${formatLocal(bogota.toLocalS(toS)).slice(5, 16)}`)

/** Every two minutes. */
const busy = (from: string, to: string): string[] => {
  const rows: string[] = []
  for (let atS = at(from); atS <= at(to); atS += 120) rows.push(formatLocal(bogota.toLocalS(atS)))
  return rows
}

test('V10 PL-58 last detection 09:30, now 10:00: a live stop of 30 min', () => {
  const today = span('2026-10-19 00:00', '2026-10-20 00:00')
  const stops = stopsOf(morning, busy('2026-10-19 06:00', '2026-10-19 09:30'), today, '2026-10-19 10:00')
  assert.deepEqual(
    stops.filter((stop) => stop.isLive).map(({ span: live }) => shown([live])),
    [['10-19 09:30 → 10-19 10:00']],
  )
})

test('V12 PL-59 a weekend of silence costs 10 min on Friday and 7 on Monday', () => {
  const rows = [...busy('2026-10-09 06:00', '2026-10-09 13:50'), ...busy('2026-10-12 06:07', '2026-10-12 13:59')]
  const stops = stopsOf(morning, rows, span('2026-10-09 00:00', '2026-10-13 00:00'), '2026-10-13 00:00')
  assert.deepEqual(shown(stops.map((stop) => stop.span)), ['10-09 13:50 → 10-09 14:00', '10-12 06:00 → 10-12 06:07'])
})

test('PL-59 a silence across adjacent shifts is one stop, though neither side is longer than the threshold', () => {
  const model = plantModel({ shifts: [shift(1, 6, 14), shift(2, 14, 22)] })
  const rows = [...busy('2026-10-09 06:00', '2026-10-09 13:56'), ...busy('2026-10-09 14:03', '2026-10-09 21:59')]
  const stops = stopsOf(model, rows, span('2026-10-09 00:00', '2026-10-09 23:00'), '2026-10-09 22:00')
  assert.deepEqual(shown(stops.map((stop) => stop.span)), ['10-09 13:56 → 10-09 14:03'])
})

test('PL-59 a fragment of the plan that is not longer than the threshold is dropped', () => {
  const rows = [...busy('2026-10-09 06:05', '2026-10-09 13:56')]
  assert.deepEqual(
    stopsOf(morning, rows, span('2026-10-09 00:00', '2026-10-09 23:00'), '2026-10-09 22:00').filter(
      ({ span: stop }) => stop.fromS > at('2026-10-09 05:00'),
    ),
    [],
  )
})

test('PL-60 recorded events are cut out of a calculated stop; remainders not longer than the threshold go, none hides the whole', () => {
  const rows = [...busy('2026-10-09 06:00', '2026-10-09 08:00'), ...busy('2026-10-09 09:00', '2026-10-09 13:58')]
  const day = span('2026-10-09 00:00', '2026-10-09 14:00')
  const stops = (...events: Span[]) => shown(stopsOf(morning, rows, day, '2026-10-09 14:00', events).map((stop) => stop.span))
  assert.deepEqual(stops(), ['10-09 08:00 → 10-09 09:00'])
  assert.deepEqual(stops(span('2026-10-09 08:59:59', '2026-10-09 09:30')), ['10-09 08:00 → 10-09 08:59'])
  assert.deepEqual(stops(span('2026-10-09 08:05', '2026-10-09 08:20'), span('2026-10-09 08:15', '2026-10-09 08:30')), [
    '10-09 08:30 → 10-09 09:00',
  ])
  assert.deepEqual(stops(span('2026-10-09 08:00', '2026-10-09 09:00')), [])
})

test('a stop without a beginning has the length that can be seen', () => {
  assert.equal(fullLengthS({ fromS: Number.NEGATIVE_INFINITY, toS: 500 }, 100), 400)
  assert.equal(fullLengthS({ fromS: Number.NEGATIVE_INFINITY, toS: 50 }, 100), 0)
  assert.equal(fullLengthS({ fromS: 20, toS: 500 }, 100), 480)
})

test('PL-57 PL-60 cutting a range in two gains or loses no second of any stop', () =>
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 1_200 }), { minLength: 2, maxLength: 60 }),
      fc.array(fc.tuple(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 1, max: 2_000 })), { maxLength: 4 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (gaps, pairs, share) => {
        const fromS = at('2026-10-09 05:00')
        const epochS = [fromS]
        for (const gap of gaps) epochS.push((epochS.at(-1) ?? 0) + gap)
        const toS = (epochS.at(-1) ?? 0) + 1
        const cutS = fromS + Math.floor((toS - fromS) * share)
        const events = pairs.map(([from, length]) => ({ fromS: fromS + from, toS: fromS + from + length }))
        const stopsIn = (range: Span): Span[] =>
          intersect(
            calculatedStops({
              runs: silentRuns({ epochS, ...inside }, 300, toS),
              pieces: plannedPieces(morning, bogota, 1, range),
              events,
              thresholdS: 300,
              nowS: toS,
            }).map((stop) => stop.span),
            [range],
          )
        const whole = totalS(stopsIn({ fromS, toS }))
        assert.equal(totalS(stopsIn({ fromS, toS: cutS })) + totalS(stopsIn({ fromS: cutS, toS })), whole)
      },
    ),
  ))

const catalogue = {
  failures: new Map([
    [3, { failureId: 3, typeFailure: 'Mecánica', description: 'Rotura mecánica' }],
    [8, { failureId: 8, typeFailure: 'Eléctrica', description: 'Corte' }],
  ]),
  incidents: new Map([
    [3, { incidentId: 3, failureId: 8, incidentCode: 'E01', description: 'Corte de energía' }],
    [101, { incidentId: 101, failureId: 77, incidentCode: 'X', description: 'Sin familia' }],
  ]),
}

for (const [name, target, code, label, failureType, isKnown, isForeign] of [
  ['a code of the target', 'incident', 3, 'Corte de energía', 'Eléctrica', true, false],
  ['the same code with the other target', 'failure', 3, 'Rotura mecánica', 'Mecánica', true, false],
  ['a code known only among failures', 'incident', 8, 'Corte', 'Eléctrica', true, true],
  ['a code known only among incidents', 'failure', 101, 'Sin familia', null, true, true],
  ['a code known nowhere', 'incident', 4040, 'Código 4040', null, false, false],
  ['no code', 'incident', null, null, null, false, false],
] as const)
  test(`PL-64 ${name} reads ${label}`, () => {
    const reason = reasonOf(plantModel({ ...catalogue, settings: settings({ reasonTarget: target }) }), code)
    assert.deepEqual([reason.label, reason.failureType, reason.isKnown, reason.isForeign], [label, failureType, isKnown, isForeign])
  })

const event = (eventId: number, from: string, to: string, more: Partial<StoredEvent> = {}): StoredEvent => ({
  eventId,
  span: span(from, to),
  startLocalS: parseLocal(from) ?? 0,
  endLocalS: parseLocal(to) ?? 0,
  storedDurationS: null,
  reasonCode: null,
  reasonText: null,
  isManual: false,
  ...more,
})

const listed = (more: Partial<StopListInput>) => {
  const range = more.elapsed ?? span('2026-10-09 00:00', '2026-10-10 00:00')
  const model = plantModel({ ...catalogue, shifts: [shift(1, 6, 14), shift(2, 14, 22)] })
  return sortStops(
    listStops({
      model,
      elapsed: range,
      isOpen: true,
      windows: plannedWindows(model, bogota, 1, null, range),
      isShiftChosen: false,
      hasData: true,
      events: [],
      breaks: [],
      calculated: [],
      ...more,
    })
      .pieces()
      .map((piece) => stopOf(model, bogota, 1, piece)),
  )
}

test('PL-60 stored events that straddle the range are listed, cut to it, with what was stored beside', () => {
  const [stop, ...others] = listed({
    events: [event(1, '2026-10-08 23:00', '2026-10-09 06:30', { reasonCode: 3 }), event(2, '2026-10-08 22:00', '2026-10-09 00:00')],
  })
  assert.deepEqual(others, [])
  assert.ok(stop?.recorded)
  assert.deepEqual([formatLocal(stop.startLocalS), formatLocal(stop.recorded.startLocalS)], ['2026-10-09 00:00:00', '2026-10-08 23:00:00'])
  assert.deepEqual([stop.durationS, stop.countedS, stop.fullS, stop.category], [23_400, 1_800, 27_000, 'breakdown'])
})

test('PL-60 with a shift chosen only the events that touch it are listed, not cut to it', () => {
  const range = span('2026-10-09 00:00', '2026-10-10 00:00')
  const model = plantModel({ shifts: [shift(1, 6, 14)] })
  const windows = plannedWindows(model, bogota, 1, 1, range)
  const stops = listed({
    windows,
    isShiftChosen: true,
    hasData: true,
    events: [event(1, '2026-10-09 05:50', '2026-10-09 06:05'), event(2, '2026-10-09 15:00', '2026-10-09 16:00')],
  })
  assert.deepEqual(
    stops.map((stop) => [stop.eventId, stop.durationS, stop.countedS]),
    [[1, 900, 300]],
  )
})

test('PL-54 a planned stop is its own kind, wins the time, and counts inside the windows', () => {
  const stops = listed({
    events: [
      event(1, '2026-10-09 13:45', '2026-10-09 14:30', { reasonCode: 1, isManual: true }),
      event(2, '2026-10-09 14:00', '2026-10-09 15:00', { reasonCode: 3 }),
    ],
  })
  assert.deepEqual(
    stops.map((stop) => [stop.isPlanned, stop.visualType, stop.source, stop.countedS]),
    [
      [true, 'planned', 'manual', 2_700],
      [false, 'db_confirmed', 'recorded', 1_800],
    ],
  )
})

test('PL-64 an event with text and no known code is unconfirmed; text is kept as it is', () => {
  const [stop] = listed({ events: [event(1, '2026-10-09 07:00', '2026-10-09 07:04', { reasonText: '=2+3 <b>', reasonCode: 4040 })] })
  assert.deepEqual(
    [stop?.visualType, stop?.category, stop?.recorded?.label, stop?.recorded?.reasonText],
    ['db_unconfirmed', 'micro_stop', 'Código 4040', '=2+3 <b>'],
  )
})

test('PL-60 a calculated stop is cut at the edge of the range and keeps its category; each piece of a chosen shift is one stop', () => {
  const calculated = [{ span: span('2026-10-09 13:50', '2026-10-09 14:25'), isLive: false }]
  const range = span('2026-10-09 14:24', '2026-10-10 00:00')
  const [stop] = listed({ calculated, elapsed: range })
  assert.deepEqual([stop?.durationS, stop?.fullS, stop?.category, stop?.source], [60, 2_100, 'breakdown', 'calculated'])
  const windows = [span('2026-10-09 13:55', '2026-10-09 14:00'), span('2026-10-09 14:10', '2026-10-09 14:15')]
  assert.deepEqual(
    listed({ calculated, windows, isShiftChosen: true }).map((piece) => piece.durationS),
    [300, 300],
  )
})

test('PL-58 only the piece that reaches now is live', () => {
  const calculated = [{ span: span('2026-10-09 13:50', '2026-10-09 14:25'), isLive: true }]
  assert.equal(listed({ calculated })[0]?.visualType, 'live')
  assert.equal(listed({ calculated, elapsed: span('2026-10-09 00:00', '2026-10-09 14:00') })[0]?.visualType, 'calculated')
})

test('stops come by start, line, end and event id', () => {
  const stops = listed({
    events: [
      event(3, '2026-10-09 07:00', '2026-10-09 07:30'),
      event(2, '2026-10-09 07:00', '2026-10-09 07:30'),
      event(1, '2026-10-09 07:00', '2026-10-09 07:10'),
    ],
    calculated: [{ span: span('2026-10-09 06:30', '2026-10-09 06:40'), isLive: false }],
  })
  const other = stops.map((stop) => ({ ...stop, lineId: 2 }))
  assert.deepEqual(
    sortStops([...other, ...stops].reverse()).map((stop) => [stop.lineId, stop.eventId]),
    [
      [1, null],
      [2, null],
      [1, 1],
      [1, 2],
      [1, 3],
      [2, 1],
      [2, 2],
      [2, 3],
    ],
  )
})

test('PL-59 a plant that never stops planning has pieces without ends, and stops inside them are whole', () => {
  const model = plantModel({ shifts: [shift(1, 0, 0, { isoWeekdays: everyDay })] })
  const rows = [...busy('2026-10-09 06:00', '2026-10-09 08:00'), ...busy('2026-10-10 03:00', '2026-10-10 05:00')]
  const stops = stopsOf(model, rows, span('2026-10-09 20:00', '2026-10-09 21:00'), '2026-10-10 05:00')
  assert.deepEqual(shown(stops.filter((stop) => Number.isFinite(stop.span.fromS)).map((stop) => stop.span)), ['10-09 08:00 → 10-10 03:00'])
})
