import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ageText, amount, localText, minutesText, signed } from './amounts.ts'

for (const c of [
  { name: 'whole numbers carry no decimals', got: amount(1234, 'es', 2), want: '1.234' },
  { name: 'decimals only where there are some', got: amount(1234.5, 'es', 1), want: '1.234,5' },
  { name: 'English marks', got: amount(1234.5, 'en', 1), want: '1,234.5' },
  { name: 'a rise is signed', got: signed(3.2, 'es', 1), want: '+3,2' },
  { name: 'a fall has a real minus', got: signed(-3.2, 'es', 1), want: '−3,2' },
  { name: 'no change has no sign', got: signed(0, 'es', 1), want: '0' },
  { name: 'minutes under an hour', got: minutesText(9.5, 'es'), want: '9,5 min' },
  { name: 'full hours', got: minutesText(120, 'es'), want: '2 h' },
  { name: 'hours and minutes, rounded once', got: minutesText(1439.6, 'es'), want: '24 h' },
  { name: 'hours and minutes', got: minutesText(65.2, 'es'), want: '1 h 05 min' },
  { name: 'seconds of age', got: ageText(59.9), want: '59 s' },
  { name: 'hours of age up to two days', got: ageText(172_799), want: '47 h' },
  { name: 'days of age', got: ageText(172_800), want: '2 d' },
  { name: 'clock ahead of the plant', got: ageText(-5), want: '0 s' },
  { name: 'wall time in Spanish', got: localText('2026-11-21T06:05:09', 'es'), want: '21/11/2026 06:05' },
  { name: 'wall time in English, with seconds', got: localText('2026-11-21T06:05:09', 'en', true), want: '2026-11-21 06:05:09' },
])
  test(`PL-88 figures for people: ${c.name}`, () => assert.equal(c.got, c.want))
