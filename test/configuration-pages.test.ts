/** The pages that configure a plant, as a plant engineer uses them: settings, calendar and plants, in three widths and two languages, by form alone
 *  and in a browser. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Company, company, password } from '../src/plant/configuration/configuration.fixture.ts'
import { readPlantSettings } from '../src/plant/configuration/index.ts'
import type { Client } from './harness/client.ts'
import { desktop, phone, signIn, takeSeat } from './harness/journey.ts'

const tablet = { width: 768, height: 1024 }
const stored = ({ server, tenantId }: Company) =>
  server.ctx.plants.withPlant(tenantId, async ({ model }) => (await readPlantSettings(server.ctx, model)).body)

const browserOf = async ({ server }: Company, username: string): Promise<Client> => {
  const client = server.newClient()
  await client.signIn(username, password)
  return client
}
const page = async (client: Client, path: string): Promise<string> => {
  const response = await client.fetch(path)
  assert.equal(response.status, 200, path)
  return response.text()
}
/** What a form on the page sends as it stands, with changes. */
function sent(html: string, changes: Readonly<Record<string, string | readonly string[]>>): URLSearchParams {
  const form = /<form class="stack" id="settings"[\s\S]*?<\/form>/.exec(html)?.[0] ?? ''
  const fields = new URLSearchParams()
  const decoded = (text: string): string => text.replaceAll('&quot;', '"').replaceAll('&amp;', '&').replaceAll('&#39;', "'")
  for (const [input] of form.matchAll(/<input [^>]*>/g)) {
    const of = (name: string) => decoded(new RegExp(` ${name}="([^"]*)"`).exec(input)?.[1] ?? '')
    if (of('name') === '' || (of('type') === 'checkbox' && !/ checked/.test(input))) continue
    fields.append(of('name'), of('value'))
  }
  for (const [, name = '', options = ''] of form.matchAll(/<select [^>]*name="([^"]*)"[^>]*>([\s\S]*?)<\/select>/g))
    fields.append(name, /value="([^"]*)"[^>]* selected/.exec(options)?.[1] ?? '')
  for (const [name, value] of Object.entries(changes)) {
    fields.delete(name)
    for (const one of typeof value === 'string' ? [value] : value) fields.append(name, one)
  }
  return fields
}
const csrfOf = (html: string): string => /name="csrf_token" value="([^"]+)"/.exec(html)?.[1] ?? ''
const post = (client: Client, path: string, body: URLSearchParams) =>
  client.fetch(path, { method: 'POST', body, redirect: 'manual', headers: { accept: 'text/html' } })

test('PL-16 two people at the settings page: the second is told who was first, and their own change stays beside the other’s', async (t) => {
  const place = await company(t)
  const path = `/t/${place.slug}/plant/settings`
  const [first, second] = [await browserOf(place, 'jefe'), await browserOf(place, 'jefa')]
  const [mine, theirs] = [await page(first, path), await page(second, path)]
  const saved = await post(first, path, sent(mine, { stop_from: '120', action: 'save' }))
  assert.deepEqual([saved.status, saved.headers.get('location')], [303, `${path}?done=saved`])
  const refused = await post(second, path, sent(theirs, { breakdown_from: '3600', action: 'save' }))
  assert.equal(refused.status, 409)
  const again = await refused.text()
  assert.match(again, /jefe los cambió a las 2026-10-14 10:00/)
  assert.match(again, /name="stop_from"[^>]*value="120"/)
  assert.match(again, /name="breakdown_from"[^>]*value="3600"/)
  assert.equal((await post(second, path, sent(again, { breakdown_from: '3600', action: 'save' }))).status, 303)
  const { downtime } = await stored(place)
  assert.deepEqual([downtime.stop_from_seconds, downtime.breakdown_from_seconds], [120, 3_600])
})

test('PL-16 the settings page refuses by name and keeps what was typed; without a change nothing is saved', async (t) => {
  const place = await company(t)
  const path = `/t/${place.slug}/plant/settings`
  const client = await browserOf(place, 'jefe')
  const html = await page(client, path)
  const refused = await post(client, path, sent(html, { timezone: 'Marte/Olimpo', limit: ['0.1', ''], stop_from: 'x', action: 'preview' }))
  const text = await refused.text()
  assert.equal(refused.status, 422)
  for (const words of [
    'No es una zona horaria conocida',
    'value="Marte/Olimpo"',
    'Debe estar entre 60 y 2678400 segundos',
    'Debe estar entre 1 y 86400 segundos',
  ])
    assert.ok(text.includes(words), words)
  const same = await post(client, path, sent(html, { action: 'save' }))
  assert.match(await same.text(), /No cambió nada/)
  const moved = await post(client, path, sent(html, { timezone: 'Asia/Tokyo', action: 'preview' }))
  assert.match(await moved.text(), /los resúmenes de todos los días se hacen de nuevo/)
  assert.equal((await stored(place)).timezone, 'America/Bogota')
})

test('PL-49 two people add holidays at once: both are there; one that is gone already says so', async (t) => {
  const place = await company(t)
  const path = `/t/${place.slug}/plant/calendar`
  const [first, second] = [await browserOf(place, 'jefe'), await browserOf(place, 'jefa')]
  const add = async (client: Client, date: string) =>
    post(
      client,
      path,
      new URLSearchParams({ csrf_token: csrfOf(await page(client, path)), action: 'save', kind: 'add', list: 'holidays', date }),
    )
  const answers = await Promise.all([add(first, '2026-12-24'), add(second, '2026-12-25')])
  assert.deepEqual(
    answers.map(({ status }) => status),
    [303, 303],
  )
  const { holidays } = await stored(place)
  assert.deepEqual(holidays.map(({ date }) => date).sort(), ['2026-12-24', '2026-12-25'])
  const entry = JSON.stringify(holidays[0])
  const remove = async (client: Client) =>
    (
      await post(
        client,
        path,
        new URLSearchParams({ csrf_token: csrfOf(await page(client, path)), action: 'save', kind: 'remove', list: 'holidays', entry }),
      )
    ).headers.get('location')
  assert.deepEqual([await remove(first), await remove(second)], [`${path}?done=done.removed`, `${path}?done=gone`])
  const twice = await add(first, String((await stored(place)).holidays[0]?.date))
  assert.equal(twice.status, 422)
  assert.match(await twice.text(), /Ya está en la lista/)
})

test('PL-91 a plant that somebody else changed meanwhile is not written over', async (t) => {
  const place = await company(t, 'sqlite', { plants: [{ id: 1, name: 'Norte', line_ids: [1] }] })
  const path = `/t/${place.slug}/plant/plants`
  const [first, second] = [await browserOf(place, 'jefe'), await browserOf(place, 'jefa')]
  const [mine, theirs] = [await page(first, path), await page(second, path)]
  const version = (html: string): string => /name="version" value="([^"]+)"/.exec(html)?.[1] ?? ''
  const form = (html: string, name: string) =>
    new URLSearchParams({ csrf_token: csrfOf(html), action: 'save', site: '1', version: version(html), name, line_ids: '1' })
  assert.equal((await post(first, path, form(mine, 'Norte 1'))).status, 303)
  const refused = await post(second, path, form(theirs, 'Norte B'))
  assert.equal(refused.status, 409)
  assert.match(await refused.text(), /jefe los cambió/)
  assert.equal((await stored(place)).plants[0]?.name, 'Norte 1')
})

for (const [language, viewport, theme] of [
  ['es', desktop, 'dark'],
  ['en', tablet, 'light'],
  ['es', phone, 'light'],
  ['en', phone, 'dark'],
] as const)
  test(`PL-49 PL-16 PL-91 the plant is configured from its pages [${language} ${viewport.width} ${theme}]`, async (t) => {
    const place = await company(t)
    const faults: string[] = []
    const seat = await takeSeat(place.server, faults, { language, viewport, theme })
    t.after(() => seat.context.close())
    const tab = seat.page
    const base = `/t/${place.slug}/plant`
    const submit = async (selector: string) => void (await Promise.all([tab.waitForEvent('load'), tab.click(selector)]))
    await signIn(seat, 'jefe', password, base)
    await tab.waitForSelector('.entries')
    await seat.look('plant-overview')

    await tab.goto(`${base}/settings`)
    // the tab of the page is in sight, also where the tabs do not fit
    await tab.waitForFunction(
      `(() => { const { left, right } = document.querySelector('.tabs [aria-current]').getBoundingClientRect(); return left >= 0 && right <= innerWidth })()`,
    )
    await seat.look('plant-settings')
    await tab.click('#f-planned_stop_codes summary')
    await tab.check('#f-planned_stop_codes input[value="1"]')
    await tab.selectOption('[name=performance_unit]', 'units_per_hour')
    await submit('button[value=preview]')
    assert.match(await tab.innerText('#effect .effect'), /87[.,]5\s?% → 5[.,]250[.,]0\s?%/)
    await seat.look('plant-settings-effect')
    await submit('button[value=save]')
    assert.match(await tab.innerText('.banner--success'), /guardados|saved/)
    assert.deepEqual((await stored(place)).planned_stop_codes, [1])

    await tab.goto(`${base}/calendar`)
    await seat.look('plant-calendar')
    await tab.click('#breaks-add summary')
    await tab.fill('#breaks-start', '12:00')
    await tab.fill('#breaks-end', '12:30')
    await submit('#breaks-add button[value=preview]')
    await tab.waitForSelector('#effect')
    await seat.look('plant-calendar-effect')
    await submit('button[value=save]')
    assert.deepEqual((await stored(place)).breaks, [{ start: '12:00', end: '12:30', days: [1, 2, 3, 4, 5, 6, 7] }])
    await tab.click('#holidays-add summary')
    await tab.fill('#holidays-date', '2026-10-13')
    await submit('#holidays-add button[value=preview]')
    assert.match(await tab.innerText('#effect .effect'), /→ —/)
    await submit('button[value=save]')
    await seat.look('plant-calendar-filled')
    await submit('#holidays button[value=preview]')
    await submit('button[value=save]')
    assert.deepEqual((await stored(place)).holidays, [])

    await tab.goto(`${base}/plants`)
    await seat.look('plant-plants-empty')
    for (const [name, line] of [
      ['Norte', 1],
      ['Sur', 2],
    ] as const) {
      await tab.fill('#site-new-name', name)
      await tab.click('#site-new-lines summary')
      await tab.check(`#site-new-lines input[value="${line}"]`)
      await submit('form:has(#site-new-name) button[value=save]')
    }
    await seat.look('plant-plants')
    await tab.goto(`/t/${place.slug}/plants`)
    assert.match(await tab.innerText('#plants'), /Norte[\s\S]*Sur/)
    await seat.look('plant-comparison')
    await submit('#plants a')
    assert.match(tab.url(), /line_id=plant_1/)
    assert.deepEqual(faults, [])
  })
