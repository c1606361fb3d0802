import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findCycles, houseOf, houses, type Import, moduleOf, readImports } from './harness/imports.ts'

const imports = readImports()
// The one exception, types only: it joins the tables of every module.
const joinsTables = 'src/platform/db/database.ts'

/** Files that stand for words, not for machinery: whoever needs the word may name the file instead of loading the module behind the door. */
const words = [
  'src/platform/db/url.ts',
  'src/platform/http/problem.ts',
  'src/platform/i18n/i18n.ts',
  'src/platform/time/clock.ts',
  'src/platform/time/span.ts',
  'src/platform/ui/html.ts',
]

/** Who may know whom. A new edge is a decision: add it here, with eyes open. */
const approved: Readonly<Record<string, string>> = {
  identity:
    'identity/access identity/account identity/activity identity/audit identity/catalogs identity/companies identity/devices identity/displays identity/invitations identity/legacy identity/links identity/lockout identity/login identity/mfa identity/operations identity/operators identity/pages identity/passwords identity/people identity/pictures identity/recovery identity/security identity/sessions identity/signing identity/signup identity/tenants identity/words platform/db platform/jobs platform/limits platform/log platform/time',
  'identity/access':
    'identity/audit identity/displays identity/keys identity/mails identity/mfa identity/sessions identity/tenants identity/tokens identity/users identity/words platform/config platform/db platform/http platform/i18n platform/log platform/ui',
  'identity/account':
    'identity/access identity/audit identity/login identity/mails identity/passwords identity/sessions identity/tenants identity/users identity/words platform/db platform/http platform/log platform/time',
  'identity/activity':
    'identity/access identity/audit identity/tenants identity/words platform/csv platform/db platform/http platform/i18n platform/ui',
  'identity/audit': 'platform/db platform/jobs platform/log platform/secrets platform/time',
  'identity/legacy':
    'identity/audit identity/passwords identity/tenants identity/users identity/words platform/db platform/ids platform/time',
  'identity/links': 'identity/audit platform/db platform/secrets platform/time',
  'identity/lockout': 'identity/audit identity/mails identity/users identity/words platform/db platform/http platform/log',
  'identity/recovery':
    'identity/access identity/account identity/audit identity/links identity/lockout identity/login identity/mails identity/passwords identity/sessions identity/users identity/words platform/db platform/http platform/i18n platform/ui',
  'identity/signup':
    'identity/access identity/audit identity/invitations identity/links identity/login identity/mails identity/mfa identity/passwords identity/sessions identity/tenants identity/users identity/words platform/config platform/db platform/geo platform/http platform/i18n platform/ui',
  'identity/login':
    'identity/access identity/audit identity/lockout identity/mails identity/mfa identity/passwords identity/sessions identity/tenants identity/tokens identity/users identity/words platform/db platform/http platform/log',
  'identity/companies':
    'identity/access identity/audit identity/invitations identity/login identity/mails identity/passwords identity/pictures identity/sessions identity/tenants identity/users identity/words platform/db platform/http platform/i18n platform/time platform/ui',
  'identity/devices':
    'identity/access identity/audit identity/displays identity/keys identity/login identity/mfa identity/tenants identity/words platform/db platform/http platform/i18n platform/ids platform/secrets platform/time platform/ui',
  'identity/displays': 'identity/audit identity/passwords identity/tenants platform/db platform/http platform/secrets platform/time',
  'identity/invitations':
    'identity/access identity/audit identity/links identity/login identity/mails identity/passwords identity/tenants identity/users identity/words platform/db platform/http platform/i18n platform/ids platform/log platform/secrets platform/ui',
  'identity/keys': 'identity/tenants identity/users identity/words platform/db platform/secrets',
  'identity/mfa':
    'identity/audit identity/mails identity/sessions identity/users platform/db platform/http platform/log platform/secrets platform/time',
  'identity/security':
    'identity/access identity/audit identity/displays identity/lockout identity/login identity/mfa identity/passwords identity/sessions identity/tenants identity/users identity/words platform/db platform/http platform/i18n platform/ui',
  'identity/mails': 'identity/words platform/db platform/i18n platform/mail platform/ui',
  'identity/operators':
    'identity/audit identity/links identity/lockout identity/passwords identity/sessions identity/tenants identity/users identity/words platform/db platform/ids platform/time',
  'identity/pages':
    'identity/access identity/account identity/audit identity/login identity/mfa identity/people identity/pictures identity/security identity/sessions identity/tenants identity/users identity/words platform/db platform/http platform/i18n platform/ui',
  'identity/passwords': 'identity/words platform/http platform/i18n',
  'identity/catalogs': 'identity/access identity/audit platform/db platform/geo platform/http platform/time',
  'identity/operations': 'identity/login platform/config platform/db platform/http platform/i18n platform/jobs',
  'identity/people':
    'identity/access identity/account identity/audit identity/displays identity/links identity/lockout identity/login identity/mails identity/mfa identity/recovery identity/sessions identity/signup identity/tenants identity/users identity/words platform/csv platform/db platform/geo platform/http platform/i18n platform/time platform/ui',
  'identity/pictures':
    'identity/access identity/audit identity/login identity/words platform/db platform/files platform/http platform/i18n platform/jobs platform/secrets platform/time platform/ui',
  'identity/sessions':
    'identity/audit identity/tokens identity/users identity/words platform/db platform/ids platform/secrets platform/time',
  'identity/signing':
    'identity/access identity/audit identity/displays identity/words platform/db platform/http platform/idempotency platform/secrets platform/time',
  'identity/tenants':
    'identity/audit identity/mails identity/passwords identity/users identity/words platform/db platform/http platform/ids platform/time',
  'identity/tokens': 'identity/words',
  'identity/users': 'identity/words platform/db platform/http platform/i18n platform/ids',
  'identity/words': 'platform/http platform/i18n platform/ui',
  'plant/attach':
    'identity plant/dashboards plant/history plant/model plant/source plant/system plant/tenants plant/words platform/db platform/http platform/i18n platform/net platform/secrets platform/time platform/ui',
  'plant/backup':
    'identity plant/model plant/source plant/system platform/backup platform/db platform/files platform/jobs platform/log platform/secrets platform/time',
  'plant/clock-health':
    'identity plant/detections plant/history plant/model plant/scope platform/http platform/i18n platform/time platform/ui',
  'plant/configuration-file':
    'identity plant/configuration plant/dashboards plant/editing plant/model plant/source platform/db platform/http platform/i18n platform/time platform/ui',
  'plant/configuration':
    'identity plant/facts plant/history plant/model plant/scope plant/words platform/db platform/http platform/i18n platform/time platform/ui',
  'plant/dashboards':
    'identity plant/clock-health plant/detections plant/facts plant/history plant/kpi plant/model plant/scope plant/source plant/words platform/db platform/http platform/i18n platform/json platform/time platform/ui',
  'plant/board':
    'identity plant/downtime plant/facts plant/history plant/model plant/scope plant/scrap plant/stops plant/words platform/db platform/http platform/i18n platform/time platform/ui',
  'plant/mqtt':
    'identity plant/configuration plant/ingest plant/model platform/db platform/http platform/i18n platform/jobs platform/json platform/net platform/secrets platform/time platform/ui',
  'plant/operator':
    'identity identity/audit plant/board plant/downtime plant/facts plant/model plant/scrap plant/stops plant/words platform/http platform/i18n platform/idempotency platform/ids platform/time platform/ui',
  'plant/scrap': 'identity identity/audit plant/model platform/db platform/http platform/time',
  'plant/demo': 'identity plant/model plant/source platform/config platform/db platform/i18n platform/log platform/secrets platform/time',
  'plant/detections': 'plant/downtime plant/model plant/scope plant/source platform/db platform/http platform/i18n platform/time',
  'plant/detection-lists':
    'identity plant/dashboards plant/detections plant/facts plant/history plant/model plant/scope plant/source plant/words platform/csv platform/db platform/http platform/i18n platform/time platform/ui platform/xlsx',
  'plant/comparison':
    'identity plant/dashboards plant/downtime plant/downtime-pages plant/exports plant/facts plant/kpi plant/model plant/scope plant/words platform/documents platform/http platform/i18n platform/time platform/ui platform/xlsx',
  'plant/exports':
    'identity plant/dashboards plant/downtime plant/downtime-pages platform/csv platform/documents platform/files platform/http platform/i18n platform/time platform/xlsx',
  'plant/downtime': 'plant/kpi plant/model platform/time',
  'plant/downtime-pages':
    'identity plant/dashboards plant/downtime plant/facts plant/kpi plant/model plant/scope plant/stops plant/words platform/http platform/i18n platform/time platform/ui',
  'plant/broker':
    'identity plant/configuration platform/db platform/http platform/i18n platform/json platform/net platform/secrets platform/time platform/ui',
  'plant/editing':
    'identity plant/configuration plant/model plant/scope plant/source platform/db platform/http platform/i18n platform/time platform/ui',
  'plant/facts':
    'plant/clock-health plant/detections plant/downtime plant/history plant/kpi plant/model plant/scope plant/source plant/stop-store platform/db platform/i18n platform/time',
  'plant/history': 'plant/detections plant/model plant/source platform/db platform/time',
  'plant/ingest':
    'identity plant/configuration plant/model plant/source platform/db platform/http platform/i18n platform/idempotency platform/log platform/time platform/ui',
  'plant/kpi': 'platform/time',
  'plant/layout-editor':
    'identity plant/configuration plant/dashboards plant/model plant/scope plant/words platform/http platform/i18n platform/ui',
  'plant/legacy': 'identity platform/db platform/http platform/time',
  'plant/live': 'identity plant/model plant/source plant/stop-store platform/db platform/http platform/log platform/time',
  'plant/model': 'plant/source platform/db platform/http platform/i18n platform/log platform/net platform/secrets platform/time',
  'plant/scope': 'plant/model platform/http platform/i18n platform/time',
  'plant/sites':
    'identity plant/configuration plant/dashboards plant/facts plant/kpi plant/model plant/words platform/http platform/i18n platform/time platform/ui',
  'plant/source': 'platform/db platform/secrets platform/time',
  'plant/stop-store': 'plant/downtime platform/db platform/time',
  'plant/stops':
    'identity plant/detections plant/downtime plant/facts plant/history plant/model plant/source plant/stop-store platform/db platform/http platform/i18n platform/idempotency platform/time',
  'plant/system':
    'identity plant/clock-health plant/history plant/model plant/scope plant/source plant/stop-store plant/stops plant/telemetry plant/words platform/db platform/http platform/i18n platform/secrets platform/time platform/ui',
  'plant/telemetry': 'identity plant/model plant/source plant/words platform/http platform/i18n platform/time platform/ui',
  'plant/archive':
    'identity plant/history plant/model plant/partitions plant/source platform/db platform/files platform/http platform/time',
  'plant/partitions': 'plant/source platform/db platform/i18n',
  'plant/tables':
    'identity plant/archive plant/configuration plant/model plant/partitions plant/source plant/system platform/db platform/http platform/i18n platform/jobs platform/time platform/ui',
  'plant/tenants':
    'identity plant/history plant/model plant/source plant/stop-store plant/system plant/tables platform/db platform/http platform/i18n platform/secrets platform/time platform/ui',
  'plant/words': 'identity platform/i18n platform/ui',
  'platform/backup': 'platform/db',
  'platform/config': 'platform/db platform/net',
  'platform/documents': 'platform/http platform/i18n platform/xlsx',
  'platform/files': 'platform/db platform/http platform/ids platform/jobs platform/secrets platform/time',
  'platform/geo': 'platform/db platform/http',
  'platform/http': 'platform/i18n platform/limits platform/log platform/time platform/ui',
  'platform/idempotency': 'platform/db platform/http platform/time',
  'platform/jobs': 'platform/db platform/ids platform/time',
  'platform/limits': 'platform/db platform/time',
  'platform/mail': 'platform/db platform/jobs platform/secrets platform/time',
  'platform/net': 'platform/i18n',
  'platform/ui': 'platform/i18n',
  'platform/xlsx': 'platform/csv',
}

const edges = new Map<string, Set<string>>()
for (const { from, to } of imports) {
  const [own, other] = [moduleOf(from), moduleOf(to)]
  if (own === other || own === 'app' || from === joinsTables) continue
  edges.set(own, (edges.get(own) ?? new Set()).add(other))
}

const describe = ({ from, to }: Import): string => `${from} imports ${to}`

test('imports between houses go one way: platform, identity, plant, app', () => {
  const upwards = imports.filter(({ from, to }) => from !== joinsTables && houses.indexOf(houseOf(from)) < houses.indexOf(houseOf(to)))
  assert.deepEqual(upwards.map(describe), [])
})

test('the platform database joins the tables of the modules as types only', () => {
  assert.deepEqual(imports.filter(({ from, isTypeOnly }) => from === joinsTables && !isTypeOnly).map(describe), [])
})

test('modules meet at their index; only types and words are imported from the file that holds them', () => {
  const deep = imports.filter(
    ({ from, to, isTypeOnly }) =>
      moduleOf(from) !== moduleOf(to) &&
      moduleOf(to) !== 'app' &&
      !to.endsWith('/index.ts') &&
      !moduleOf(to).endsWith('/words') &&
      !isTypeOnly &&
      !words.includes(to),
  )
  assert.deepEqual(deep.map(describe), [])
})

test('words import nothing but words', () => {
  assert.deepEqual(
    imports.filter(({ from, to, isTypeOnly }) => words.includes(from) && !isTypeOnly && !words.includes(to)).map(describe),
    [],
  )
})

test('nothing imports the application but itself', () => {
  assert.deepEqual(imports.filter(({ from, to }) => moduleOf(to) === 'app' && moduleOf(from) !== 'app').map(describe), [])
})

test('no module stands in a circle', () => assert.deepEqual(findCycles(edges), []))

test('modules know each other along edges that somebody approved', (t) => {
  const found = Object.fromEntries(
    [...edges].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, others]) => [name, [...others].sort().join(' ')]),
  )
  for (const [name, others] of Object.entries(found)) t.diagnostic(`${name} → ${others}`)
  assert.deepEqual(found, approved)
})

test('the reader of imports sees what it must: names, types, re-exports, side effects, dynamic ones', () => {
  const has = (from: string, to: string, isTypeOnly: boolean) =>
    imports.some((found) => found.from === from && found.to === to && found.isTypeOnly === isTypeOnly)
  assert.ok(has('src/main.ts', 'src/cli/index.ts', false), 'dynamic import')
  assert.ok(has('src/platform/http/index.ts', 'src/platform/http/server.ts', false), 're-export')
  assert.ok(has('src/platform/http/shell.ts', 'src/platform/http/access.ts', true), 'type import')
  assert.deepEqual(
    findCycles(
      new Map([
        ['a', new Set(['b'])],
        ['b', new Set(['a'])],
      ]),
    ),
    ['a → b → a'],
  )
})
