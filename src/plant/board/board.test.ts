import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { plantModel, settings, shift } from '../../../test/harness/plant-model.ts'
import { parseLocal, zoneOf } from '../../platform/time/index.ts'
import type { Stop } from '../facts/index.ts'
import { currentShift } from './current-shift.ts'
import { shownLines } from './routes.ts'
import { stripOf } from './strip.ts'
import { pagesOf } from './view.ts'
import { clockText, stopText } from './words.ts'

const zone = zoneOf('America/Bogota')
const at = (text: string): number => zone.toEpochS(parseLocal(text) ?? Number.NaN)
const local = (epochS: number): string => new Date(zone.toLocalS(epochS) * 1_000).toISOString().slice(0, 16).replace('T', ' ')

const model = plantModel({
  settings: settings({ breaks: [{ startS: 10 * 3_600, endS: 10.5 * 3_600, isoWeekdays: new Set([1, 2, 3, 4, 5]) }] }),
  shifts: [shift(1, 6, 14), shift(2, 14, 22)],
})

for (const c of [
  { name: 'inside a shift', now: '2026-10-20 07:00:00', want: ['shift', 'Turno 1', '2026-10-20 06:00', '2026-10-20 14:00', 450, false] },
  {
    name: 'at its first second',
    now: '2026-10-20 14:00:00',
    want: ['shift', 'Turno 2', '2026-10-20 14:00', '2026-10-20 22:00', 480, false],
  },
  { name: 'in its break', now: '2026-10-20 10:10:00', want: ['shift', 'Turno 1', '2026-10-20 06:00', '2026-10-20 14:00', 450, true] },
  { name: 'at night', now: '2026-10-20 23:00:00', want: ['over', 'Turno 2', '2026-10-20 14:00', '2026-10-20 22:00', 480, false] },
  { name: 'on a Sunday', now: '2026-10-18 12:00:00', want: ['over', 'Turno 2', '2026-10-16 14:00', '2026-10-16 22:00', 480, false] },
])
  test(`this shift ${c.name}`, () => {
    const { kind, name, span, plannedS, isBreak } = currentShift(model, zone, 1, at(c.now))
    assert.deepEqual([kind, name, local(span.fromS), local(span.toS), plannedS / 60, isBreak], c.want)
  })

test('a line without shifts is planned around the clock: this shift is today', () => {
  const { kind, span } = currentShift(plantModel(), zone, 1, at('2026-10-20 07:00:00'))
  assert.deepEqual([kind, local(span.fromS), local(span.toS)], ['day', '2026-10-20 00:00', '2026-10-21 00:00'])
})

test('a night shift that began yesterday is the one that goes on', () => {
  const night = plantModel({ shifts: [shift(3, 22, 6, { isoWeekdays: new Set([1, 2, 3, 4, 5, 6, 7]) })] })
  const { name, span } = currentShift(night, zone, 1, at('2026-10-20 02:00:00'))
  assert.deepEqual([name, local(span.fromS), local(span.toS)], ['Turno 3', '2026-10-19 22:00', '2026-10-20 06:00'])
})

test('on a holiday the extra shift at the hours of one is extra time; after a shift it is what comes after', () => {
  const day = (parseLocal('2026-10-20') ?? 0) / 86_400
  const extraShifts = [
    { day, startS: 13 * 3_600, endS: 16 * 3_600, name: 'Pedido', lineIds: null },
    { day: day + 1, startS: 22 * 3_600, endS: 23 * 3_600, name: 'Pedido', lineIds: null },
  ]
  const holidays = [{ day, isYearly: false, name: 'Feriado', lineIds: null }]
  const own = { ...model, settings: settings({ holidays, extraShifts }) }
  const of = (now: string) => {
    const { kind, name, span, plannedS } = currentShift(own, zone, 1, at(now))
    return [kind, name, local(span.fromS), local(span.toS), plannedS / 60]
  }
  assert.deepEqual(of('2026-10-20 13:30:00'), ['extra', null, '2026-10-20 13:00', '2026-10-20 16:00', 180])
  assert.deepEqual(of('2026-10-20 17:00:00'), ['over', 'Turno 2', '2026-10-19 14:00', '2026-10-19 22:00', 480])
  assert.deepEqual(of('2026-10-21 22:30:00'), ['extra', null, '2026-10-21 22:00', '2026-10-21 23:00', 60])
})

const stop = (fromS: number, toS: number, isPlanned = false) => ({ span: { fromS, toS }, isPlanned }) as Stop

test('the last hour has no holes and no overlaps, whatever it is made of', () => {
  const span = fc
    .tuple(fc.integer({ min: -500, max: 4_000 }), fc.integer({ min: 1, max: 2_000 }))
    .map(([fromS, length]) => ({ fromS, toS: fromS + length }))
  fc.assert(
    fc.property(
      fc.array(span, { maxLength: 4 }),
      fc.array(span, { maxLength: 4 }),
      fc.option(fc.integer({ min: -100, max: 4_000 })),
      (planned, stops, silentFromS) => {
        const parts = stripOf({
          hour: { fromS: 0, toS: 3_600 },
          planned: planned.length > 0 ? [planned[0] as { fromS: number; toS: number }] : [],
          breaks: [],
          stops: stops.map(({ fromS, toS }, i) => stop(fromS, toS, i % 2 === 0)),
          silentFromS,
        })
        assert.equal(parts[0]?.fromS, 0)
        assert.equal(parts.at(-1)?.toS, 3_600)
        for (const [i, part] of parts.entries()) if (i > 0) assert.equal(part.fromS, parts[i - 1]?.toS)
      },
    ),
  )
})

test('planned stops win the time of others, and what nobody knows is no stop', () => {
  const hour = { fromS: 0, toS: 3_600 }
  const story = { hour, planned: [hour], breaks: [{ fromS: 600, toS: 900 }], stops: [stop(300, 1_200)], silentFromS: 3_000 }
  assert.deepEqual(
    stripOf(story).map(({ state, fromS, toS }) => [state, fromS, toS]),
    [
      ['running', 0, 300],
      ['stopped', 300, 600],
      ['planned', 600, 900],
      ['stopped', 900, 1_200],
      ['running', 1_200, 3_000],
      ['no_data', 3_000, 3_600],
    ],
  )
})

test('screenfuls: no plant shares one with another', () => {
  const lines = [1, 2, 3, 4, 5].map((lineId) => ({ lineId })) as unknown as Parameters<typeof pagesOf>[0]['lines']
  const groups = [
    { name: 'Norte', lineIds: [1, 2, 3] },
    { name: null, lineIds: [4, 5] },
  ]
  assert.deepEqual(
    pagesOf({ groups, lines }, 2).map(({ name, lines: own }) => [name, own.map(({ lineId }) => lineId)]),
    [
      ['Norte', [1, 2]],
      ['Norte', [3]],
      [null, [4, 5]],
    ],
  )
})

test('a screen shows no line that it is not bound to, whatever its address asks for', () => {
  assert.deepEqual(shownLines([1, 2], '2,3'), [2])
  assert.deepEqual(shownLines(null, '2,3'), [2, 3])
  assert.deepEqual(shownLines([1], undefined), [1])
  assert.equal(shownLines(null, undefined), null)
})

test('durations as a clock; a weekend has more than 24 hours', () => {
  assert.deepEqual([clockText(751), clockText(0), clockText(200_000)], ['00:12:31', '00:00:00', '55:33:20'])
})

test('a stop says what a person wrote of it, code or text, and never what the job did', () => {
  const said = (recorded: { label: string | null; reasonText: string | null } | null) => stopText({ recorded } as Stop, 'es')
  assert.deepEqual(
    [
      said(null),
      said({ label: 'Atasco', reasonText: 'otra cosa' }),
      said({ label: null, reasonText: ' cambio de bobina ' }),
      said({ label: null, reasonText: 'Auto-detected downtime (gap: 5m)' }),
      said({ label: null, reasonText: ' ' }),
      stopText(null, 'en'),
    ],
    ['Sin motivo', 'Atasco', 'cambio de bobina', 'Sin motivo', 'Sin motivo', 'No reason yet'],
  )
})
