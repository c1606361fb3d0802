import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine, migratedDatabase } from '../../../test/harness/engines.ts'
import { startTestServer } from '../../../test/harness/server.ts'
import type { Db } from '../db/index.ts'
import { industries, provinces, regions } from './data.ts'
import { foldedNames, listCities, listProvinces, resolvePlace, seedCatalogs } from './index.ts'

const inecCodes =
  '01 Azuay, 02 Bolívar, 03 Cañar, 04 Carchi, 05 Cotopaxi, 06 Chimborazo, 07 El Oro, 08 Esmeraldas, 09 Guayas, 10 Imbabura, 11 Loja, 12 Los Ríos, 13 Manabí, 14 Morona Santiago, 15 Napo, 16 Pastaza, 17 Pichincha, 18 Tungurahua, 19 Zamora Chinchipe, 20 Galápagos, 21 Sucumbíos, 22 Orellana, 23 Santo Domingo de los Tsáchilas, 24 Santa Elena'

test('ID-67 K-27 Ecuador has 4 regions and 24 provinces under their INEC codes; Colombia 33 departments under those of DANE', () => {
  const of = (country: string) => provinces.filter((province) => province.country === country)
  assert.equal(
    of('EC')
      .map(({ code, name }) => `${code} ${name}`)
      .join(', '),
    inecCodes,
  )
  assert.equal(regions.length, 4)
  assert.ok(of('EC').every(({ region }) => regions.some(([, code]) => code === region)))
  assert.equal(of('CO').length, 33)
  assert.equal(of('CO').find(({ code }) => code === '05')?.name, 'Antioquia')
  assert.equal(of('CO').find(({ code }) => code === '99')?.capital, 'Puerto Carreño')
  assert.ok(of('EC').flatMap(({ cities }) => cities).length >= 33)
})

test('ID-67 codes and names are there once; a municipality lies in the department that its code names', () => {
  for (const country of ['EC', 'CO']) {
    const own = provinces.filter((province) => province.country === country)
    for (const key of ['code', 'name'] as const) assert.equal(new Set(own.map((province) => province[key])).size, own.length)
  }
  for (const { country, code, name, capital, cities } of provinces) {
    assert.equal(new Set(cities.map((city) => city.name)).size, cities.length, name)
    assert.ok(capital, name)
    // Bogotá is the capital of Cundinamarca and lies in its own district.
    assert.equal(cities.filter(({ isCapital }) => isCapital).length, name === 'Cundinamarca' ? 0 : 1, name)
    if (country === 'CO') for (const city of cities) assert.match(city.code ?? '', new RegExp(`^${code}\\d{3}$`), city.name)
  }
  const codes = provinces.flatMap(({ cities }) => cities.map((city) => city.code).filter((code) => code !== null))
  assert.equal(new Set(codes).size, codes.length)
  assert.equal(new Set(industries.map(({ slug }) => slug)).size, industries.length)
  for (const { parent, slug, name, nameEn } of industries) {
    assert.ok(parent === null || industries.some((other) => other.slug === parent && other.parent === null), slug)
    assert.ok(name && nameEn && /^[a-z]+(-[a-z]+)*$/.test(slug), slug)
  }
})

forEachEngine(
  'ID-67 a fresh installation has the catalogues; seeding again adds nothing and changes nothing that somebody renamed',
  async (engine, t) => {
    const { db } = await migratedDatabase(engine, t)
    const none = { countries: 0, regions: 0, provinces: 0, cities: 0, industries: 0 }
    assert.deepEqual(await seedCatalogs(db, { nowMs: 1 }), none)
    await db.kysely
      .updateTable('geo_provinces')
      .set({ name: 'Azuay (renamed)' })
      .where('country', '=', 'EC')
      .where('code', '=', '01')
      .execute()
    const lost = await db.kysely
      .selectFrom('geo_provinces')
      .select('id')
      .where('country', '=', 'CO')
      .where('code', '=', '97')
      .executeTakeFirstOrThrow()
    await db.kysely.deleteFrom('geo_cities').where('province_id', '=', lost.id).execute()
    await db.kysely.deleteFrom('geo_provinces').where('id', '=', lost.id).execute()
    assert.deepEqual(await seedCatalogs(db, { nowMs: 1, country: 'EC' }), none)
    assert.deepEqual(await seedCatalogs(db, { nowMs: 1, country: 'CO' }), { ...none, provinces: 1, cities: 1 })
    const names = (await listProvinces(db, { limit: 500, search: 'azuay' }, { country: 'EC' })).map(({ name }) => name)
    assert.deepEqual(names, ['Azuay (renamed)'])
  },
)

const provinceOf = async (db: Db, country: string, code: string) =>
  db.kysely
    .selectFrom('geo_provinces')
    .select(['id', 'region_id'])
    .where('country', '=', country)
    .where('code', '=', code)
    .executeTakeFirstOrThrow()

forEachEngine('ID-50 ID-67 a city fills province, region and country; what does not lie in each other is told', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  const azuay = await provinceOf(db, 'EC', '01')
  const bolivarEc = await provinceOf(db, 'EC', '02')
  const bolivarCo = await provinceOf(db, 'CO', '13')
  const [cuenca] = await listCities(db, { limit: 1 }, { provinceId: azuay.id })
  assert.ok(cuenca)
  const whole = { country_code: 'EC', region_id: azuay.region_id, province_id: azuay.id, city_id: cuenca.id }
  const place = async (asked: Parameters<typeof resolvePlace>[1]) => {
    const resolved = await resolvePlace(db, asked)
    return resolved.faults.length > 0 ? resolved.faults.map((fault) => `${fault.path} ${fault.rule}`) : resolved.place
  }
  assert.deepEqual(await place({ city_id: cuenca.id }), whole)
  assert.deepEqual(await place({ ...whole, country_code: 'ec' }), whole)
  assert.deepEqual(await place({ province_id: azuay.id }), { ...whole, city_id: null })
  assert.deepEqual(await place({ region_id: azuay.region_id }), { ...whole, province_id: null, city_id: null })
  assert.deepEqual(await place({ province_id: bolivarCo.id }), {
    country_code: 'CO',
    region_id: null,
    province_id: bolivarCo.id,
    city_id: null,
  })
  assert.deepEqual(await place({ country_code: 'MX' }), { country_code: 'MX', region_id: null, province_id: null, city_id: null })
  assert.deepEqual(await place({ city_id: null, province_id: null }), {
    country_code: null,
    region_id: null,
    province_id: null,
    city_id: null,
  })
  assert.equal(await place({}), null)
  assert.deepEqual(await place({ ...whole, province_id: bolivarEc.id }), ['province_id mismatch'])
  assert.deepEqual(await place({ city_id: cuenca.id, country_code: 'CO', province_id: bolivarCo.id }), [
    'country_code mismatch',
    'province_id mismatch',
  ])
  assert.deepEqual(await place({ province_id: bolivarCo.id, region_id: azuay.region_id }), ['region_id mismatch'])
  assert.deepEqual(await place({ city_id: 999_999 }), ['city_id unknown'])
  assert.deepEqual(await place({ country_code: 'XX' }), ['country_code unknown'])
})

type List = { items: { id: number; name: string; code: string; country: string; province_id: number }[]; meta: { total: number } }

forEachEngine(
  'ID-67 anybody reads the catalogues: filtered by what they lie in, searched without accents, kept an hour',
  async (engine, t) => {
    const { json, fetch } = await startTestServer({ engine }, t)
    const get = async (path: string) => (await json(path)).body as List
    const names = async (path: string) => (await get(path)).items.map(({ name }) => name)
    assert.deepEqual(await names('/api/v1/catalogs/regions?country=EC'), ['Costa', 'Sierra', 'Amazonía', 'Insular'])
    assert.deepEqual(await get('/api/v1/regions?country=EC'), await get('/api/v1/catalogs/regions?country=ec'))
    assert.equal((await get('/api/v1/catalogs/provinces?country=EC')).items.length, 24)
    assert.equal((await get('/locations/departments')).items.length, 33)
    assert.deepEqual((await names('/api/v1/provinces?search=BOLIVAR')).sort(), ['Bolívar', 'Bolívar'])
    const costa = (await get('/api/v1/regions?country=EC')).items[0]?.id
    assert.equal((await names(`/api/v1/provinces?region_id=${costa}`)).length, 7)
    assert.deepEqual(await names('/api/v1/cities?search=medellin&country=CO'), ['Medellín'])
    const [antioquia] = (await get('/locations/departments?search=antioquia')).items
    assert.equal((await names(`/locations/cities?department_id=${antioquia?.id}`))[0], 'Medellín')
    assert.deepEqual(
      await get(`/locations/cities?department_id=${antioquia?.id}&search=rio`),
      await get(`/api/v1/cities?province_id=${antioquia?.id}&search=rio`),
    )
    const one = (await json(`/locations/departments/${antioquia?.id}`)).body as {
      code: string
      cities: { code: string; is_capital: boolean }[]
    }
    assert.deepEqual([one.code, one.cities[0]?.code, one.cities[0]?.is_capital], ['05', '05001', true])
    assert.equal((await json('/locations/departments/999999')).status, 404)
    const summary = (await json('/locations/summary')).body as { departments: number; cities: number }
    assert.deepEqual([summary.departments, summary.cities > 100], [33, true])
    assert.ok((await names('/api/v1/industries?level=1')).includes('Alimentos y bebidas'))
    const food = (await get('/api/v1/industries?search=alimentos')).items[0]?.id
    assert.ok((await names(`/api/v1/industries?parent_id=${food}`)).includes('Lácteos'))
    assert.ok((await names('/api/v1/catalogs/countries?search=peru')).includes('Perú'))
    assert.deepEqual(await names('/api/v1/cities?search=%25'), await names('/api/v1/cities'), 'a wildcard is no letter of a name')

    const first = await fetch('/api/v1/catalogs/provinces?limit=3')
    assert.equal(first.headers.get('cache-control'), 'public, max-age=3600')
    assert.equal(first.headers.get('x-total-count'), '3')
    const again = await fetch('/api/v1/catalogs/provinces?limit=3', { headers: { 'if-none-match': first.headers.get('etag') ?? '' } })
    assert.deepEqual([again.status, await again.text()], [304, ''])
    for (const query of ['limit=501', 'limit=0', 'country=ECU', 'region_id=x'])
      assert.equal((await json(`/api/v1/provinces?${query}`)).status, 422, query)
  },
)

test('ID-67 60 questions a minute and address, over all names of the catalogues', async (t) => {
  const { newClient } = await startTestServer({}, t)
  const client = newClient()
  for (let at = 0; at < 60; at++) assert.equal((await client.fetch(at % 2 ? '/api/v1/regions' : '/locations/summary')).status, 200)
  assert.equal((await client.fetch('/api/v1/catalogs/countries')).status, 429)
  assert.equal((await newClient().fetch('/api/v1/catalogs/countries')).status, 200)
})

test('names are found however they are typed', () => {
  assert.equal(foldedNames('Bogotá, D.C.'), 'bogota d c')
  assert.equal(foldedNames('Perú', 'Peru'), 'peru')
  assert.equal(foldedNames('España', 'Spain'), 'espana | spain')
})
