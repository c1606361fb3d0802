import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readSettings } from './settings.ts'

const read = (config: unknown) => readSettings(config, 'Etc/UTC')

test('PL-16 an empty config_tenant gives the defaults', () => {
  for (const config of [{}, null, '', '{}', '"{}"', 'not json']) {
    const { settings, warnings } = read(config)
    assert.deepEqual(warnings, [])
    assert.equal(settings.timeZone, 'Etc/UTC')
    assert.equal(settings.performanceUnit, 'units_per_minute')
    assert.equal(settings.shiftRangeMode, 'clip')
    assert.equal(settings.reasonTarget, 'incident')
    assert.equal(settings.stopFromS, 300)
    assert.equal(settings.breakdownFromS, 1800)
    assert.deepEqual([settings.plannedStopCodes.size, settings.breaks.length, settings.shiftIdsByLine.size], [0, 0, 0])
  }
})

test('PL-16 every key is read, as text or object, other keys are left alone', () => {
  const config = {
    db_name: 'cliente_x',
    theme: { primary_color: '#123456' },
    timezone: 'America/Bogota',
    performance_unit: 'units_per_hour',
    shift_range_mode: 'extend',
    planned_stop_codes: [1, '2'],
    breaks: [{ start: '12:00', end: '12:30', days: ['Monday', 'viernes'] }],
    line_shifts: { 3: [1, '2'] },
    holidays: ['2026-12-24', { date: '2026-12-25', yearly: true, name: 'Navidad', line_ids: [3, '4'] }],
    extra_shifts: [{ date: '2026-12-26', start: '22:00', end: '06:00' }],
    plants: [
      { id: 1, name: ' Norte ', code: 'N', line_ids: [2, 1] },
      { id: 2, name: 'Sur', line_ids: [2, 3] },
    ],
    no_data_after: { 3: 900, 4: null },
    downtime: { reason_target: 'failure', stop_from_seconds: 120, breakdown_from_seconds: 900, job: false },
  }
  for (const given of [config, JSON.stringify(config)]) {
    const { settings, warnings } = read(given)
    assert.deepEqual(warnings, [])
    assert.deepEqual(settings, {
      timeZone: 'America/Bogota',
      performanceUnit: 'units_per_hour',
      shiftRangeMode: 'extend',
      plannedStopCodes: new Set([1, 2]),
      breaks: [{ startS: 43_200, endS: 45_000, isoWeekdays: new Set([1, 5]) }],
      shiftIdsByLine: new Map([[3, new Set([1, 2])]]),
      holidays: [
        { day: 20_811, isYearly: false, name: '', lineIds: null },
        { day: 20_812, isYearly: true, name: 'Navidad', lineIds: new Set([3, 4]) },
      ],
      extraShifts: [{ day: 20_813, startS: 79_200, endS: 21_600, name: '', lineIds: null }],
      sites: [
        { siteId: 1, siteName: 'Norte', siteCode: 'N', lineIds: [1, 2] },
        { siteId: 2, siteName: 'Sur', siteCode: '', lineIds: [3] },
      ],
      noDataAfterS: new Map([[3, 900]]),
      isStopJobOn: false,
      reasonTarget: 'failure',
      stopFromS: 120,
      breakdownFromS: 900,
    })
  }
})

test('PL-16 values that cannot be read are named, in both languages, and replaced by the default', () => {
  const { settings, warnings } = read({
    timezone: 'Mars/Olympus',
    performance_unit: 'furlongs',
    planned_stop_codes: ['x', 3],
    breaks: [{ start: 'noon', end: '13:00' }],
    line_shifts: { x: [1] },
    downtime: { stop_from_seconds: -1 },
  })
  assert.equal(settings.timeZone, 'Etc/UTC')
  assert.equal(settings.performanceUnit, 'units_per_minute')
  assert.deepEqual([...settings.plannedStopCodes], [3])
  assert.equal(warnings.length, 6)
  for (const key of ['timezone', 'performance_unit', 'planned_stop_codes', 'breaks', 'line_shifts.x', 'downtime.stop_from_seconds'])
    assert.ok(
      warnings.some((warning) => warning.en.includes(`"${key}"`) && warning.es.includes(`"${key}"`)),
      key,
    )
})
