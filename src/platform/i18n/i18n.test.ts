import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  acceptedLanguage,
  chooseLanguage,
  formatDuration,
  formatInstant,
  formatLocalDate,
  formatLocalDateTime,
  formatNumber,
  formatRatio,
  formatText,
} from './index.ts'

for (const c of [
  { header: undefined, want: null },
  { header: 'es-AR,es;q=0.9,en;q=0.8', want: 'es' },
  { header: 'en;q=0.2, es;q=0.7', want: 'es' },
  { header: 'fr-FR, en-GB;q=0.5', want: 'en' },
  { header: 'fr, de', want: null },
  { header: 'es;q=0, en;q=0.1', want: 'en' },
  { header: ';;;q=, ,', want: null },
])
  test(`Accept-Language "${c.header}" means ${c.want}`, () => assert.equal(acceptedLanguage(c.header), c.want))

test('the language of the URL wins, then the cookie, the person, the browser, the default', () => {
  const from = { query: 'en', cookie: 'es', preferred: 'es', acceptLanguage: 'es', fallback: 'es' } as const
  assert.equal(chooseLanguage(from), 'en')
  assert.equal(chooseLanguage({ ...from, query: 'fr', cookie: 'en' }), 'en')
  assert.equal(chooseLanguage({ ...from, query: undefined, cookie: undefined, preferred: 'en' }), 'en')
  assert.equal(chooseLanguage({ ...from, query: undefined, cookie: undefined, preferred: null, acceptLanguage: 'en' }), 'en')
  assert.equal(
    chooseLanguage({ ...from, query: ['en'], cookie: undefined, preferred: null, acceptLanguage: undefined, fallback: 'es' }),
    'es',
  )
})

for (const c of [
  { shown: formatNumber(1234.5, 'es', 1), want: '1.234,5' },
  { shown: formatNumber(1234567, 'es'), want: '1.234.567' },
  { shown: formatNumber(1234.5, 'en', 1), want: '1,234.5' },
  { shown: formatNumber(0, 'es'), want: '0' },
  { shown: formatNumber(-0.04, 'es', 1), want: '0,0' },
  { shown: formatNumber(-0.06, 'es', 1), want: '-0,1' },
  { shown: formatRatio(-0.0001, 'en'), want: '0.0%' },
  { shown: formatNumber(null, 'es'), want: '—' },
  { shown: formatRatio(0.85714, 'en'), want: '85.7%' },
  { shown: formatRatio(null, 'es'), want: '—' },
  { shown: formatDuration(3725), want: '1 h 02 min 05 s' },
  { shown: formatDuration(65), want: '1 min 05 s' },
  { shown: formatDuration(0), want: '0 s' },
  { shown: formatDuration(null), want: '—' },
  { shown: formatLocalDate(1_772_409_600, 'es'), want: '02/03/2026' },
  { shown: formatLocalDateTime(1_772_431_509, 'es'), want: '02/03/2026 06:05' },
  { shown: formatLocalDateTime(1_772_431_509, 'en', true), want: '2026-03-02 06:05:09' },
  { shown: formatInstant(Date.UTC(2026, 2, 2, 2, 30), 'es', 'America/Argentina/Buenos_Aires'), want: '01/03/2026 23:30' },
  { shown: formatInstant(Date.UTC(2026, 10, 1, 6, 59, 59, 999), 'en', 'America/New_York'), want: '2026-11-01 01:59' },
])
  test(`people read ${c.want}`, () => assert.equal(c.shown, c.want))

test('a ratio in Spanish has a comma and its sign', () => assert.match(formatRatio(0.85714, 'es'), /^85,7\s?%$/))

test('an unknown mark stays visible', () =>
  assert.equal(formatText({ es: 'Línea {line} de {plant}', en: '' }, 'es', { line: 7 }), 'Línea 7 de {plant}'))
