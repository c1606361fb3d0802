/** The parts of attaching that touch no database. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hourS, parseLocal } from '../../platform/time/index.ts'
import { addressOf } from './address-form.ts'
import { proposeZone } from './time-zones.ts'

const parts = { engine: 'mysql', host: 'db.example.com', database: 'planta', user: 'andon', password: 'p' }
for (const c of [
  { name: 'parts', form: parts, want: 'mysql://andon:p@db.example.com/planta' },
  {
    name: 'a port and encryption',
    form: { ...parts, port: '3307', encryption: 'verify' },
    want: 'mysql://andon:p@db.example.com:3307/planta?sslmode=verify-full',
  },
  {
    name: 'a password with everything in it',
    form: { ...parts, password: 'a@b:c/d?e#f%' },
    want: 'mysql://andon:a%40b%3Ac%2Fd%3Fe%23f%25@db.example.com/planta',
  },
  { name: 'an IPv6 address', form: { ...parts, host: 'fd00::7', engine: 'postgres' }, want: 'postgres://andon:p@[fd00::7]/planta' },
  { name: 'the whole address, which wins', form: { ...parts, url: ' postgres://a:b@h/x ' }, want: 'postgres://a:b@h/x' },
])
  test(`attach: an address from ${c.name}`, () => assert.deepEqual(addressOf(c.form), { url: c.want }))

for (const c of [
  { name: 'nothing', form: {}, want: ['engine', 'host', 'database', 'user'] },
  { name: 'a host with a scheme', form: { ...parts, host: 'http://db' }, want: ['host'] },
  { name: 'a host that smuggles an account', form: { ...parts, host: 'x@10.0.0.1' }, want: ['host'] },
  { name: 'a port that is none', form: { ...parts, port: '70000' }, want: ['port'] },
  { name: 'an engine that is a file', form: { ...parts, engine: 'sqlite' }, want: ['engine'] },
])
  test(`attach: an address is refused with ${c.name}`, () => {
    const outcome = addressOf(c.form)
    assert.deepEqual('fields' in outcome && outcome.fields.map(({ path }) => path), c.want)
  })

const nowS = Date.UTC(2026, 9, 19, 15, 0) / 1000
const local = (text: string): number => parseLocal(text) ?? Number.NaN
for (const c of [
  { name: 'five hours behind UTC is Bogotá', newest: '2026-10-19 09:58:00', known: null, want: ['America/Bogota', -5 * hourS] },
  {
    name: 'what the company said is kept where it fits',
    newest: '2026-10-19 09:59:30',
    known: 'America/Lima',
    want: ['America/Lima', -5 * hourS],
  },
  {
    name: 'what the company said gives way where it does not',
    newest: '2026-10-19 11:59:30',
    known: 'America/Lima',
    want: ['America/Argentina/Buenos_Aires', -3 * hourS],
  },
  { name: 'half hours exist', newest: '2026-10-19 20:29:00', known: null, want: ['Asia/Calcutta', 5.5 * hourS] },
  { name: 'an old row tells nothing', newest: '2026-10-12 09:58:00', known: 'America/Lima', want: ['America/Lima', null] },
  { name: 'a row of ten minutes ago tells', newest: '2026-10-19 09:50:00', known: null, want: ['America/Bogota', -5 * hourS] },
  { name: 'a clock two minutes fast tells', newest: '2026-10-19 10:02:00', known: null, want: ['America/Bogota', -5 * hourS] },
  { name: 'minutes in between tell nothing', newest: '2026-10-19 09:48:00', known: null, want: [null, null] },
  {
    name: 'a row of Bogotá that would be five minutes ahead in Alaska is not from there',
    newest: '2026-10-19 07:05:00',
    known: null,
    want: [null, null],
  },
])
  test(`PL-16 zone: ${c.name}`, () => {
    const { timeZone, offsetS, fitting } = proposeZone(local(c.newest), nowS, c.known)
    assert.deepEqual([timeZone, offsetS], c.want)
    assert.equal(fitting.length > 0, offsetS !== null)
  })
test('PL-16 zone: no row at all leaves what the company said', () => assert.equal(proposeZone(null, nowS, null).timeZone, null))
