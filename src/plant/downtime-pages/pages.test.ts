/** The page and its forms as a browser without JavaScript uses them. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Client } from '../../../test/harness/client.ts'
import { type DowntimeDay, downtimeDay, downtimeDayMs } from '../../../test/harness/downtime-day.ts'
import { startTestServer, type TestServer } from '../../../test/harness/server.ts'

let server: TestServer
let day: DowntimeDay
let ana: Client
const view = 'line_id=1&preset=yesterday'
const html = { accept: 'text/html' }

before(async () => {
  server = await startTestServer({ nowMs: downtimeDayMs })
  day = await downtimeDay(server, 'sqlite')
  ana = server.newClient()
  await ana.signIn(day.username, day.password)
})
after(() => server.close())

const pathOf = (rest = '', query = view): string => `/t/${day.slug}/downtime${rest}?${query}`
const get = async (client: Client, path: string) => {
  const answer = await client.fetch(path, { headers: html })
  return { status: answer.status, text: await answer.text() }
}
const post = async (
  client: Client,
  path: string,
  values: Record<string, string> | [string, string][],
  headers: Record<string, string> = {},
) => {
  const answer = await client.fetch(path, {
    method: 'POST',
    headers: { ...html, 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(values).toString(),
  })
  return { status: answer.status, location: answer.headers.get('location'), text: await answer.text() }
}
/** Address of the sheet of the stop that begins at this time, as the list links it. */
async function sheetOf(start: string): Promise<string> {
  const { text } = await get(ana, pathOf())
  const row =
    text
      .split('<tr id="stop-')
      .slice(1)
      .find((part) => part.includes(start)) ?? ''
  const href = row.match(/<a class="btn[^>]*href="([^"]+)"/)?.[1] ?? ''
  assert.ok(href, `a sheet of ${start}`)
  return href.replaceAll('&amp;', '&')
}
const act = (sheet: string, name: string): string => sheet.replace('?', `/${name}?`)
const hidden = (page: string, name: string): string => page.match(new RegExp(`name="${name}" value="([^"]*)"`))?.[1] ?? ''

test('PL-63 the page shows its figures, strips, Pareto and list without JavaScript; its address is the view', async () => {
  const { status, text } = await get(ana, pathOf('', `${view}&by=failure&measure=count`))
  assert.equal(status, 200)
  for (const id of ['stat-unexplained-value', 'timeline', 'pareto-table', 'stops-table']) assert.ok(text.includes(`id="${id}"`), id)
  assert.ok(text.includes('name="preset" value="yesterday" aria-pressed="true"'))
  assert.match(text, /<a class="segmented__item" href="[^"]*by=failure[^"]*" aria-current="true">Por falla/)
  // what is said of a customer's text is never markup
  assert.ok(text.includes('&lt;img src=x') && !text.includes('<img src=x'))
})

test('PL-63 a plain form explains a stop and leads back; walking leads to the next one', async () => {
  const sheet = await sheetOf('08:00:00')
  const page = await get(ana, sheet)
  assert.equal(page.status, 200)
  assert.ok(page.text.includes('</html>') && page.text.includes('Todos los motivos'))
  const values = { version: hidden(page.text, 'version'), code: String(day.jam), text: '' }
  const saved = await post(ana, act(sheet, 'reason'), values)
  assert.deepEqual([saved.status, saved.location], [303, `${pathOf()}#stops`])
  const walking = await post(ana, act(await sheetOf('17:59:30'), 'reason'), { code: String(day.power), walk: '1' })
  assert.equal(walking.status, 303)
  const next = await get(ana, walking.location ?? '')
  assert.match(next.text, /13:59:30/)
  assert.match(next.text, /name="walk" value="1"/)
})

test('PL-63 a save upon an older version is refused, names who was first, and keeps what was typed', async () => {
  const sheet = await sheetOf('09:00:00')
  const version = hidden((await get(ana, sheet)).text, 'version')
  const marta = await day.person('marta', 'MANAGER')
  const other = server.newClient()
  await other.signIn(marta, day.password)
  assert.equal((await post(other, act(sheet, 'reason'), { version, code: String(day.belt), text: '' })).status, 303)
  const refused = await post(ana, act(sheet, 'reason'), { version, code: String(day.power), text: 'Lo vi yo' })
  assert.equal(refused.status, 409)
  assert.match(refused.text, /marta/)
  assert.match(refused.text, /Ahora dice[\s\S]*Banda cortada/)
  assert.ok(refused.text.includes('>Lo vi yo</textarea>'))
  assert.match(refused.text, /Guardar «Corte de energía» igualmente/)
  const again = { version: hidden(refused.text, 'version'), code: String(day.power), text: 'Lo vi yo' }
  assert.equal((await post(ana, act(sheet, 'reason'), again)).status, 303)
})

test('PL-63 what cannot be is refused in the form: unknown reason, nothing said, times crossed, in the future, not a time, over another', async () => {
  const sheet = await sheetOf('10:59:30')
  for (const [name, values, status, told] of [
    ['reason', { code: '999999' }, 422, /no tiene ese motivo/],
    ['reason', { code: '', text: '  ' }, 422, /Elija un motivo/],
    ['reason', { code: '', text: 'x'.repeat(501) }, 422, /500/],
    ['times', { start: '2026-10-20T12:00:00', end: '2026-10-20T11:00:00' }, 422, /posterior al inicio/],
    ['times', { start: '2026-10-20T11:00:00', end: '2030-01-01T00:00:00' }, 422, /futuro/],
    ['times', { start: 'ayer', end: '2026-10-20T11:00:00' }, 422, /fecha y hora/],
    ['times', { start: '2026-10-20T09:00:00', end: '2026-10-20T11:20:00' }, 409, /Guardar aunque se superponga/],
    ['split', { at: '2026-10-20T15:00:00' }, 422, /dentro de la parada/],
  ] as const) {
    const refused = await post(ana, act(sheet, name), values)
    assert.equal(refused.status, status, `${name} ${JSON.stringify(values)}`)
    assert.match(refused.text, told)
  }
  for (const ref of ['e999999', 't1', 'x1', 'e', 't9999999999999999', 'e9999999999999999']) {
    const { status } = await get(ana, pathOf(`/stops/1/${ref}`))
    assert.equal(status, 404, ref)
  }
})

test('PL-63 several at once: one that was explained meanwhile is named, the others are saved', async () => {
  const refs = async () => {
    const { text } = await get(ana, pathOf())
    return new Map(
      [...text.matchAll(/name="stop" value="([^"]+)"[\s\S]*?stops__start">[^<]*?(\d\d:\d\d:\d\d)</g)].map(([, tick = '', at = '']) => [
        at,
        tick,
      ]),
    )
  }
  const ticks = await refs()
  const [late, early] = [ticks.get('13:59:30') ?? '', ticks.get('06:00:00') ?? '']
  const asked = await get(
    ana,
    `${pathOf('/bulk')}&${new URLSearchParams([
      ['stop', late],
      ['stop', early],
    ])}`,
  )
  assert.match(asked.text, /Explicar 2 paradas/)
  // somebody else takes the second one
  assert.equal((await post(ana, act(await sheetOf('06:00:00'), 'reason'), { code: String(day.jam) })).status, 303)
  const saved = await post(ana, pathOf('/bulk'), [
    ['stop', late],
    ['stop', early],
    ['code', String(day.belt)],
  ])
  assert.equal(saved.status, 409)
  assert.match(saved.text, /1 guardadas\. Estas no/)
  assert.match(saved.text, /06:00:00/)
  assert.equal((await post(ana, pathOf('/bulk'), [['code', String(day.belt)]])).status, 200)
  const merged = await post(ana, pathOf('/merge'), [
    ['stop', late],
    ['stop', early],
    ['code', String(day.belt)],
  ])
  assert.equal(merged.status, 409)
})

test('PL-63 rights: who looks may open, not save; an operator explains and adds, and neither moves nor deletes', async () => {
  const sheet = await sheetOf('17:59:30')
  const [vera, olga] = [server.newClient(), server.newClient()]
  await vera.signIn(await day.person('vera', 'VIEWER'), day.password)
  await olga.signIn(await day.person('olga', 'OPERATOR'), day.password)
  assert.equal((await get(vera, sheet)).status, 200)
  const reason = { code: String(day.jam), text: '' }
  const times = { start: '2026-10-20T17:00:00', end: '2026-10-20T17:10:00' }
  assert.equal((await post(vera, act(sheet, 'reason'), reason)).status, 403)
  assert.equal((await get(vera, pathOf('/new'))).status, 403)
  const shown = await get(olga, sheet)
  assert.ok(!/sheet-times|sheet-delete/.test(shown.text))
  assert.equal((await post(olga, act(sheet, 'reason'), { ...reason, version: hidden(shown.text, 'version') })).status, 303)
  assert.equal((await post(olga, act(sheet, 'times'), times)).status, 403)
  assert.equal((await post(olga, act(sheet, 'delete'), {})).status, 403)
  assert.equal((await post(olga, pathOf('/merge'), [])).status, 403)
  const old = { ...times, line_id: '1', code: String(day.jam), text: '' }
  // what she saw herself: not yesterday's
  assert.equal((await post(olga, pathOf('/new'), { ...old, start: '2026-10-20T14:30:00', end: '2026-10-20T14:31:00' })).status, 403)
  assert.equal((await post(ana, pathOf('/new'), { ...old, start: '2026-10-20T20:00:00', end: '2026-10-20T20:05:00' })).status, 303)
  const foreign = server.newClient()
  assert.equal((await foreign.fetch(sheet, { headers: html })).status, 303)
})

test('PL-63 filters that cannot be are named, and the page can go on; pages beyond the last are the last', async () => {
  const refused = await get(ana, pathOf('', 'line_id=99'))
  assert.equal(refused.status, 422)
  assert.match(refused.text, /banner--danger/)
  assert.match(refused.text, /id="filters-form"/)
  const beyond = await get(ana, pathOf('', `${view}&page=99&strips=99&by=x&category=y&reason=%27--`))
  assert.equal(beyond.status, 200)
})
