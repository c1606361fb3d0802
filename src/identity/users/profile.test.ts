import assert from 'node:assert/strict'
import { test } from 'node:test'
import { displayName, folded, type ProfileInput, parseProfile, searchKey } from './profile.ts'

const today = '2026-03-02'
const faultsOf = (input: ProfileInput, storedNationalId: string | null = null) =>
  parseProfile(input, { today, storedNationalId }).faults.map(({ path, rule }) => `${path} ${rule}`)

for (const c of [
  { input: { full_name: 'x'.repeat(201) }, want: ['full_name length'] },
  { input: { first_name: 'A', last_name: 'B'.repeat(51) }, want: ['first_name length', 'last_name length'] },
  { input: { full_name: 'Ana\u0000' }, want: ['full_name length'] },
  { input: { phone: '+57 (1) 234-5678' }, want: [] },
  { input: { phone: 'call me' }, want: ['phone format'] },
  { input: { birth_date: '1899-12-31' }, want: ['birth_date date'] },
  { input: { birth_date: '2026-03-02' }, want: [] },
  { input: { birth_date: '2026-03-03' }, want: ['birth_date date'] },
  { input: { birth_date: '2025-02-29' }, want: ['birth_date date'] },
  { input: { birth_date: '01/02/2000' }, want: ['birth_date date'] },
  { input: { gender: 'Femenino', category: 'INSPECTOR' }, want: [] },
  { input: { gender: 'x', category: 'jefe' }, want: ['gender enum', 'category enum'] },
  { input: { country_code: 'ec' }, want: [] },
  { input: { country_code: 'ECU' }, want: ['country_code format'] },
  { input: { timezone: 'America/Guayaquil', preferred_lang: 'es', preferred_theme: 'system' }, want: [] },
  {
    input: { timezone: 'America/Nowhere', preferred_lang: 'fr', preferred_theme: 'blue' },
    want: ['preferred_lang enum', 'preferred_theme enum', 'timezone timezone'],
  },
] as const)
  test(`ID-50 ${JSON.stringify(c.input).slice(0, 80)} has the faults ${c.want.join(', ') || 'none'}`, () =>
    assert.deepEqual(faultsOf(c.input), c.want))

test('ID-50 absent is unchanged, empty and null are none', () => {
  assert.deepEqual(parseProfile({ full_name: ' Ana ', phone: '', title: null }, { today }).change, {
    full_name: 'Ana',
    phone: null,
    title: null,
  })
})

test('ID-50 the identity document is written once', () => {
  assert.deepEqual(faultsOf({ national_id: '0912345678' }), [])
  assert.deepEqual(faultsOf({ national_id: '0912345678' }, '0912345678'), [])
  assert.deepEqual(faultsOf({ national_id: '0999999999' }, '0912345678'), ['national_id write_once'])
  assert.deepEqual(faultsOf({ national_id: null }, '0912345678'), ['national_id write_once'])
})

test('ID-50 points and levels are no fields of a profile', () =>
  assert.deepEqual(parseProfile({ xp_total: 9, current_level: 9 } as ProfileInput, { today }), { change: {}, faults: [] }))

test('ID-48 names are searched without case and accents', () => {
  const names = { username: 'ppeña', full_name: 'Pía PEÑA Ñandú', first_name: null, last_name: null }
  assert.equal(searchKey(names), 'ppena pia pena nandu')
  assert.equal(folded('PEÑA'), 'pena')
  assert.equal(displayName(names), 'Pía PEÑA Ñandú')
  assert.equal(displayName({ username: 'x', full_name: null, first_name: 'Ana', last_name: null }), 'Ana')
})
