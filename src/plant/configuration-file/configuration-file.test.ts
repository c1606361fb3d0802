/** A company's configuration as a file, over the API and by the pages. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Client } from '../../../test/harness/client.ts'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { Problem } from '../../platform/http/index.ts'
import { type Change, codeOf, type File, records, setUp, url } from './configuration-file.fixture.ts'
import { maxFileBytes, parseFile } from './document.ts'

/** Everything but when it was written. */
const settled = ({ ...file }: File & { exported_at?: string }) => {
  delete file.exported_at
  return file
}
const told = ({ section, kind, fields }: Change) =>
  `${kind} ${section} ${fields
    .map(({ field }) => field)
    .sort()
    .join(',')}`

for (const isManaged of [false, true])
  forEachEngine(
    `configuration file: exported, changed, compared, applied whole and taken back (${isManaged ? 'managed' : 'attached'})`,
    async (engine, t) => {
      const { client, read, preview, apply } = await setUp(engine, t, { isManaged })
      const before = await read()
      assert.deepEqual((await preview(before)).changes, [], 'what was exported is what is there')

      const wanted = structuredClone(before)
      const line = records(wanted, 'line')[0]
      assert.ok(line)
      line.values = { ...line.values, line_name: 'Envasado nuevo', downtime_threshold: 240 }
      // a new line with an area of its own, and a shift that only it works
      wanted.records.line?.push({ id: 77, values: { ...line.values, line_name: 'Tercera', line_code: 'TERCERA' } })
      wanted.records.area?.push({ id: 777, values: { line_id: 77, area_name: 'Fin', area_type: 'output', area_order: 1, is_active: true } })
      const shift = {
        shift_name: 'Noche',
        description: '',
        is_active: true,
        days: [1, 2, 3],
        start_time: '22:00',
        end_time: '06:00',
        is_overnight: true,
      }
      wanted.records.shift?.push({ id: 78, values: shift })
      wanted.settings = {
        ...wanted.settings,
        no_data_after: { '77': 7200 },
        line_shifts: { '77': [78] },
        performance_unit: 'units_per_hour',
      }
      wanted.layouts = [
        {
          role: 'DEFAULT',
          widgets: [{ widget: 'KpiOee' }, { widget: 'ClockHealth' }],
          filters: [],
          tabs: [{ key: 'produccion' }, { key: 'oee' }],
        },
      ]

      const shown = await preview(wanted)
      assert.deepEqual(shown.changes.map(told).sort(), [
        'added area area_name,area_order,area_type,is_active,line_id',
        'added layout filters,tabs,widgets',
        'added line auto_detect_downtime,availability,downtime_threshold,is_active,line_code,line_name,performance',
        'added shift days,description,end_time,is_active,is_overnight,shift_name,start_time',
        'changed line downtime_threshold,line_name',
        'changed settings line_shifts',
        'changed settings no_data_after',
        'changed settings performance_unit',
      ])
      assert.deepEqual(settled(await read()), settled(before), 'looking changes nothing')

      assert.deepEqual((await apply(wanted, shown.base)).body, { changes: 8 })
      const after = await read()
      const third = records(after, 'line').find(({ values }) => values.line_code === 'TERCERA')
      const night = records(after, 'shift').find(({ values }) => values.shift_name === 'Noche')
      assert.ok(third && night)
      assert.equal(records(after, 'area').find(({ values }) => values.area_name === 'Fin')?.values.line_id, third.id)
      assert.deepEqual([after.settings.no_data_after, after.settings.line_shifts], [{ [third.id]: 7200 }, { [third.id]: [night.id] }])
      assert.deepEqual(
        after.layouts[0]?.widgets.map(({ widget }) => widget),
        ['KpiOee', 'ClockHealth'],
      )
      assert.deepEqual(codeOf(await apply(wanted, shown.base)), [409, 'configuration_changed_meanwhile'])
      assert.deepEqual((await preview(after)).changes, [])

      const undone = await client.json(`${url}/undo`, {})
      assert.equal(undone.status, 200, JSON.stringify(undone.body))
      const back = await read()
      assert.deepEqual(
        [records(back, 'line')[0]?.values.line_name, back.settings.performance_unit, back.layouts],
        [records(before, 'line')[0]?.values.line_name, before.settings.performance_unit, before.layouts],
      )
      assert.deepEqual((await preview(before)).changes, [], 'as it was before the import')
      assert.deepEqual(codeOf(await client.json(`${url}/undo`, {})), [409, 'configuration_nothing_to_undo'])
    },
  )

test('configuration file: a bad file is refused by what is wrong with it, and nothing is half-applied', async (t) => {
  const { read, apply } = await setUp('sqlite', t, { isManaged: false })
  const before = await read()
  const changed = (edit: (file: File) => void): File => {
    const file = structuredClone(before)
    edit(file)
    return file
  }
  const line = records(before, 'line')[0]
  assert.ok(line)
  const cases: readonly (readonly [name: string, file: unknown, want: readonly [number, string]])[] = [
    ['no configuration', { a: 1 }, [422, 'configuration_not_recognised']],
    ['text', 'x', [422, 'configuration_not_recognised']],
    ['nothing', null, [422, 'configuration_not_recognised']],
    ['newer', { ...before, version: 2 }, [422, 'configuration_newer']],
    [
      'another company',
      changed((file) => void Object.assign(file.company, { uuid: '018f0000-0000-7000-8000-000000000000' })),
      [422, 'configuration_other_company'],
    ],
    ['a part missing', { ...before, settings: undefined }, [422, 'validation_failed']],
    ['an id twice', changed((file) => void file.records.line?.push(structuredClone(line))), [422, 'validation_failed']],
    [
      'unknown widgets',
      changed((file) => void file.layouts.push({ role: 'DEFAULT', widgets: [{ widget: 'Inventado' }], filters: [], tabs: [] })),
      [422, 'configuration_unknown_widgets'],
    ],
    [
      'a line of nobody',
      changed((file) => {
        const [area] = records(file, 'area')
        if (area) area.values = { ...area.values, line_id: 4711 }
      }),
      [422, 'validation_failed'],
    ],
    [
      'a time zone of nowhere',
      changed((file) => void Object.assign(file.settings, { timezone: 'America/Nowhere' })),
      [422, 'validation_failed'],
    ],
    [
      'good records with bad settings',
      changed((file) => {
        const [one] = records(file, 'line')
        if (one) one.values = { ...one.values, line_name: 'A medias' }
        file.settings.no_data_after = { '4711': 60 }
      }),
      [422, 'validation_failed'],
    ],
    [
      'good settings with a bad layout',
      changed((file) => {
        file.settings.performance_unit = 'percent'
        file.layouts.push({ role: 'VIEWER', widgets: [], filters: [4711], tabs: [] })
      }),
      [422, 'invalid_layout'],
    ],
  ]
  for (const [name, file, want] of cases) {
    assert.deepEqual(codeOf(await apply(file)), want, name)
    assert.deepEqual(settled(await read()), settled(before), name)
  }
})

test('configuration file: no secret and nobody of the company is in the file', async (t) => {
  const { plant, read } = await setUp('sqlite', t, { isManaged: false })
  const text = JSON.stringify(await read())
  for (const secret of [plant.password, plant.username, plant.plantUrl, 'url_sealed', 'email']) assert.ok(!text.includes(secret), secret)
})

const html = { accept: 'text/html' }
async function pages(client: Client, slug: string) {
  const get = async (path: string) => (await client.fetch(path, { headers: html })).text()
  const token = /name="csrf_token" value="([^"]*)"/.exec(await get(`/t/${slug}/plant/file`))?.[1] ?? ''
  const upload = async (content: string, name = 'c.json') => {
    const body = new FormData()
    body.append('csrf_token', token)
    body.append('file', new Blob([content], { type: 'application/json' }), name)
    const encoded = new Response(body)
    const bytes = Buffer.from(await encoded.arrayBuffer())
    const headers = { ...html, 'content-type': encoded.headers.get('content-type') ?? '', 'content-length': String(bytes.length) }
    const answer = await client.fetch(`/t/${slug}/plant/file`, { method: 'POST', headers, body: bytes })
    return { status: answer.status, location: answer.headers.get('location'), text: await answer.text() }
  }
  const post = async (path: string, values: Record<string, string> = {}) => {
    const answer = await client.fetch(`/t/${slug}/plant/file/${path}`, {
      method: 'POST',
      headers: { ...html, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ csrf_token: token, ...values }).toString(),
    })
    return { status: answer.status, location: answer.headers.get('location'), text: await answer.text() }
  }
  return { get, upload, post }
}

test('configuration file: by pages: download, choose, look, apply, undo; broken and oversized files are refused in words', async (t) => {
  const { server, plant } = await setUp('sqlite', t, { isManaged: false })
  const client = server.newClient()
  await client.signIn(plant.username, plant.password)
  const { get, upload, post } = await pages(client, plant.slug)
  const base = `/t/${plant.slug}/plant/file`
  const file = JSON.parse(await get(`${base}/download`)) as File
  assert.match((await upload('{"format": ')).text, /El archivo no es JSON/)
  assert.match((await upload('[]')).text, /no es una configuración exportada por Andon/)
  const tooLarge = await upload(' '.repeat(maxFileBytes + 1_000_000))
  assert.equal(tooLarge.status, 413)
  assert.equal((await post('import', { base: 'x' })).status, 303, 'nothing was chosen: back to the page')

  const [line] = records(file, 'line')
  assert.ok(line)
  line.values = { ...line.values, line_name: 'Renombrada' }
  assert.equal((await upload(JSON.stringify(file))).location, `${base}/preview`)
  const preview = await get(`${base}/preview`)
  assert.match(preview, /Renombrada/)
  assert.match(preview, /0 nuevos, 1 cambiados, 0 quitados/)
  assert.match(await get(base), /Hay un archivo elegido/)
  const stamp = /name="base" value="([^"]*)"/.exec(preview)?.[1] ?? ''
  const stale = await post('import', { base: '0'.repeat(64) })
  assert.deepEqual([stale.status, /cambió después de que se mostraran/.test(stale.text)], [409, true])
  assert.equal((await post('import', { base: stamp })).location, `${base}?done=applied`)
  assert.match(await get(`${base}?done=applied`), /Deshacer la última importación/)
  const api = server.newClient()
  await api.signInApi(plant.username, plant.password)
  const { version } = (await api.json('/api/v1/plant/settings')).body as { version: string }
  const later = {
    method: 'PUT',
    body: JSON.stringify({ version, performance_unit: 'percent' }),
    headers: { 'content-type': 'application/json' },
  }
  const put = await api.json('/api/v1/plant/settings', undefined, later)
  assert.equal(put.status, 200, JSON.stringify(put.body))
  assert.deepEqual(codeOf(await api.json(`${url}/undo`, {})), [409, 'configuration_edited_since'])
  assert.equal((await post('undo')).location, `${base}/preview`, 'what somebody changed since is seen before it goes')
  const former = await get(`${base}/preview`)
  assert.match(former, /performance_unit/)
  assert.equal((await post('import', { base: /name="base" value="([^"]*)"/.exec(former)?.[1] ?? '' })).location, `${base}?done=applied`)
  assert.equal((await post('undo')).location, `${base}?done=undone`)
  assert.equal((await post('undo')).status, 409)
  assert.equal((await upload(JSON.stringify(file))).location, `${base}/preview`)
  assert.equal((await post('cancel')).location, `${base}?done=cancelled`)

  await upload(JSON.stringify(file))
  await post('import', { base: /name="base" value="([^"]*)"/.exec(await get(`${base}/preview`))?.[1] ?? '' })
  server.clock.advance(31 * 86_400_000)
  await client.signIn(plant.username, plant.password)
  assert.doesNotMatch(await get(base), /Deshacer la última importación/)
})

test('a file changes dashboards only for whoever may edit dashboards', async (t) => {
  const { server, client, read } = await setUp('sqlite', t, { isManaged: false })
  const made = await client.json('/api/v1/api-keys', { name: 'nightly', scopes: ['view_dashboard', 'configure_plant'] })
  const program = server.newClient()
  program.headers['x-api-key'] = String((made.body as { key: string }).key)
  const file = await read()
  const layouts = [{ role: 'VIEWER', widgets: [{ widget: 'KpiOee' }], filters: [], tabs: [{ key: 'oee' }] }]
  for (const way of ['preview', 'import'])
    assert.deepEqual(codeOf(await program.json(`${url}/${way}`, { file: { ...file, layouts } })), [
      403,
      'configuration_layouts_not_allowed',
    ])
  assert.deepEqual((await read()).layouts, [])
  const settings = { ...file.settings, no_data_after: { '1': 7200 } }
  assert.deepEqual(codeOf(await program.json(`${url}/import`, { file: { ...file, settings } })), [200, 'ok'], 'the rest of it is theirs')
})

test('a file with endless levels, prototypes, or keys that objects have by birth is refused or read as data', async (t) => {
  const { client, read, preview } = await setUp('sqlite', t, { isManaged: false })
  const text = JSON.stringify(await read())
  const deep = `${'['.repeat(50_000)}1${']'.repeat(50_000)}`
  for (const [from, to] of [
    ['"values":{', `"values":{"x":${deep},`],
    [/"layouts":.*$/, `"layouts":[{"role":"VIEWER","widgets":[{"widget":"KpiOee","params":{"x":${deep}}}],"filters":[],"tabs":[]}]}`],
    ['"values":{', '"values":{"__proto__":{"x":1},'],
    ['"line_shifts":{}', '"line_shifts":{"__proto__":[1]}'],
    ['"plants":[]', '"plants":[{"id":1,"name":"A\\u0000","code":"A","line_ids":[]}]'],
  ] as const) {
    const changed = text.replace(from, to)
    assert.notEqual(changed, text)
    assert.throws(
      () => parseFile(changed),
      (error) => error instanceof Problem && error.code === 'configuration_not_recognised',
    )
  }
  const born = parseFile(
    text.replace('"values":{', '"values":{"toString":1,"hasOwnProperty":2,').replace('"settings":{', '"settings":{"valueOf":3,'),
  )
  const { changes } = await preview(born)
  assert.deepEqual(changes.map(told), ['changed settings valueOf'])
  await client.json(`${url}/import`, { file: born })
  assert.deepEqual((await preview(await read())).changes, [])
})
