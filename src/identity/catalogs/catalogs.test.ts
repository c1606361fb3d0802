import assert from 'node:assert/strict'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { fields, password, startWithPeople } from '../people.fixture.ts'

forEachEngine('ID-67 catalogues are written by whoever looks after the platform, and by nobody else', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const { db } = server.ctx
  const owner = server.newClient()
  await owner.signInApi('ana', password)
  const rootId = await server.addPerson('root', 'ADMIN')
  await db.kysely.updateTable('users').set({ is_super_admin: 1 }).where('id', '=', rootId).execute()
  const root = server.newClient()
  await root.signInApi('root', password)
  const url = (catalog: string, id?: unknown) => `/api/v1/catalogs/${catalog}${id === undefined ? '' : `/${id}`}`
  const add = (catalog: string, body: object) => root.json(url(catalog), body)
  const patch = (catalog: string, id: unknown, body: object) => root.json(url(catalog, id), body, { method: 'PATCH' })
  const drop = async (catalog: string, id: unknown) => (await root.fetch(url(catalog, id), { method: 'DELETE' })).status
  const idOf = ({ status, body }: { status: number; body: unknown }) => {
    assert.equal(status, 201, JSON.stringify(body))
    return Number(fields(body).id)
  }

  for (const client of [owner, server.newClient()])
    for (const method of ['POST', 'PATCH', 'DELETE']) {
      const answer = await client.json(
        method === 'POST' ? url('countries') : url('countries', 1),
        { iso2: 'XX', name: 'X', name_en: 'X' },
        { method },
      )
      assert.ok([401, 403].includes(answer.status), method)
    }

  idOf(await add('countries', { iso2: 'NO', name: 'Noruega', name_en: 'Norway' }))
  const region = idOf(await add('regions', { country: 'NO', code: 'VES', name: 'Oeste', map_color: '#112233' }))
  const province = idOf(await add('provinces', { country: 'NO', code: '46', name: 'Vestland', region_id: region, population: 641_292 }))
  const city = idOf(await add('cities', { province_id: province, name: 'Bergen', is_capital: true, lat: 60.39299, lon: 5.32415 }))
  const shown = fields((await root.json(`/api/v1/cities?province_id=${province}`)).body)
  assert.deepEqual(shown.items, [
    {
      id: city,
      province_id: province,
      country: 'NO',
      code: null,
      name: 'Bergen',
      is_capital: true,
      population: null,
      lat: 60.39299,
      lon: 5.32415,
    },
  ])
  assert.equal((await patch('cities', city, { name: 'Bjørgvin' })).status, 200)
  assert.equal((fields((await root.json('/api/v1/cities?search=bj%C3%B8rgvin')).body).items as unknown[]).length, 1)
  assert.equal((fields((await root.json('/api/v1/cities?search=bergen')).body).items as unknown[]).length, 0)

  const code = async (answer: Promise<{ status: number; body: unknown }>) => {
    const { status, body } = await answer
    return `${status} ${String(fields(body).code)}`
  }
  assert.equal(await code(add('provinces', { country: 'NO', code: '46', name: 'Other' })), '409 catalog_entry_exists')
  assert.equal(
    await code(patch('provinces', province, { country: 'EC', code: '01' })),
    '422 validation_failed',
    'its region lies elsewhere',
  )
  assert.equal(await code(patch('provinces', 999_999, { name: 'x' })), '404 catalog_entry_not_found')
  assert.equal(await code(add('cities', { province_id: 999_999, name: 'x' })), '422 validation_failed')
  assert.equal(await code(add('cities', { province_id: province, name: '' })), '422 validation_failed')
  const branch = (await root.json('/api/v1/industries?search=lacteos')).body as { items: { id: number }[] }
  assert.equal(
    await code(add('industries', { slug: 'x', name: 'X', name_en: 'X', parent_id: branch.items[0]?.id })),
    '422 validation_failed',
  )

  assert.equal(await drop('provinces', province), 409, 'it has a city')
  await db.kysely.updateTable('users').set({ city_id: city }).where('id', '=', rootId).execute()
  assert.equal(await drop('cities', city), 409, 'somebody lives there')
  await db.kysely.updateTable('users').set({ city_id: null }).execute()
  assert.deepEqual(
    [await drop('cities', city), await drop('provinces', province), await drop('regions', region), await drop('regions', region)],
    [204, 204, 204, 404],
  )
  const audited = await db.kysely
    .selectFrom('audit_logs')
    .select(['action', 'entity_type', 'tenant_id'])
    .where('user_id', '=', rootId)
    .where('entity_type', '=', 'cities')
    .orderBy('id')
    .execute()
  assert.deepEqual(
    audited.map((row) => row.action),
    ['CREATE', 'UPDATE', 'DELETE'],
  )
})

forEachEngine('ID-67 what others lie in keeps its place and its code', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const rootId = await server.addPerson('root', 'ADMIN')
  await server.ctx.db.kysely.updateTable('users').set({ is_super_admin: 1 }).where('id', '=', rootId).execute()
  const root = server.newClient()
  await root.signInApi('root', password)
  const add = async (catalog: string, body: object) => Number(fields((await root.json(`/api/v1/catalogs/${catalog}`, body)).body).id)
  const patch = async (catalog: string, id: number, body: object) => {
    const { status, body: said } = await root.json(`/api/v1/catalogs/${catalog}/${id}`, body, { method: 'PATCH' })
    return status === 200 ? 'ok' : fields(said).code
  }
  const norway = await add('countries', { iso2: 'NO', name: 'Noruega', name_en: 'Norway' })
  await add('countries', { iso2: 'SE', name: 'Suecia', name_en: 'Sweden' })
  const region = await add('regions', { country: 'NO', code: 'VES', name: 'Oeste' })
  const province = await add('provinces', { country: 'NO', code: '46', name: 'Vestland', region_id: region })
  const city = await add('cities', { province_id: province, name: 'Bergen' })
  const group = await add('industries', { slug: 'fishing', name: 'Pesca', name_en: 'Fishing' })
  const other = await add('industries', { slug: 'seas', name: 'Mares', name_en: 'Seas' })
  await add('industries', { slug: 'salmon', name: 'Salmón', name_en: 'Salmon', parent_id: group })
  assert.deepEqual(
    [
      await patch('countries', norway, { iso2: 'NX' }),
      await patch('regions', region, { country: 'SE' }),
      await patch('provinces', province, { country: 'SE', region_id: null }),
      await patch('industries', group, { parent_id: other }),
    ],
    Array(4).fill('catalog_entry_in_use'),
  )
  assert.deepEqual(
    [
      await patch('countries', norway, { iso2: 'NO', name: 'Reino de Noruega' }),
      await patch('provinces', province, { name: 'Vestland fylke', region_id: null }),
      await patch('cities', city, { name: 'Bjørgvin' }),
      await patch('industries', other, { parent_id: group }),
    ],
    Array(4).fill('ok'),
  )
})
