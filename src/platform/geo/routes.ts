/** The catalogues for whoever fills in a form, signed in or not. Answers may be kept an hour and carry their tag. */
import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type TSchema, Type } from 'typebox'
import type { Db } from '../db/database.ts'
import { type Answer, answer, problemFactory, route } from '../http/index.ts'
import * as q from './queries.ts'

const problem = problemFactory({ place_not_found: { status: 404, title: { es: 'Lugar no encontrado', en: 'Place not found' } } })

const text = Type.Union([Type.String(), Type.Null()])
const integer = Type.Union([Type.Integer(), Type.Null()])
const number = Type.Union([Type.Number(), Type.Null()])
const id = Type.Integer()

const Country = Type.Object({ id, iso2: Type.String(), name: Type.String(), name_en: Type.String() })
const Region = Type.Object({
  id,
  country: Type.String(),
  code: Type.String(),
  name: Type.String(),
  map_color: text,
  sort_order: Type.Integer(),
})
const Province = Type.Object({
  id,
  country: Type.String(),
  region_id: integer,
  code: Type.String(),
  name: Type.String(),
  capital: text,
  population: integer,
})
const City = Type.Object({
  id,
  province_id: id,
  country: Type.String(),
  code: text,
  name: Type.String(),
  is_capital: Type.Boolean(),
  population: integer,
  lat: number,
  lon: number,
})
const Industry = Type.Object({
  id,
  slug: Type.String(),
  name: Type.String(),
  name_en: Type.String(),
  parent_id: integer,
  level: Type.Integer(),
  sort_order: Type.Integer(),
})

const listOf = (item: TSchema) =>
  Type.Object({ items: Type.Array(item), meta: Type.Object({ total: Type.Integer(), limit: Type.Integer() }) })

const reference = Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }))
const country = Type.Optional(Type.String({ pattern: '^[A-Za-z]{2}$' }))
const searchFields = {
  search: Type.Optional(Type.String({ maxLength: 100 })),
  limit: Type.Integer({ minimum: 1, maximum: 500, default: 500 }),
}

const common = {
  method: 'GET',
  access: 'public',
  tags: ['catalogs'],
  rate: { bucket: 'catalogs', perMinute: 60 },
  keepsSessionAlive: false,
} as const

/** With its tag; 304 when the asker has it. Proxies may keep it: it is the same for everybody. */
function cached(request: FastifyRequest, body: unknown, count?: number): Answer {
  const tag = `W/"${createHash('sha256').update(JSON.stringify(body)).digest('base64url').slice(0, 22)}"`
  const headers = { etag: tag, 'cache-control': 'public, max-age=3600', ...(count !== undefined && { 'x-total-count': String(count) }) }
  const known = (request.headers['if-none-match'] ?? '').split(',').map((part) => part.trim())
  return known.includes(tag) || known.includes('*') ? answer(304, undefined, headers) : answer(200, body, headers)
}

const list = (request: FastifyRequest, items: readonly unknown[], limit: number): Answer =>
  cached(request, { items, meta: { total: items.length, limit } }, items.length)

const shownCity = ({ is_capital, lat_e6, lon_e6, ...city }: Awaited<ReturnType<typeof q.listCities>>[number]) => ({
  ...city,
  is_capital: is_capital === 1,
  lat: lat_e6 === null ? null : lat_e6 / 1_000_000,
  lon: lon_e6 === null ? null : lon_e6 / 1_000_000,
})

export function registerCatalogRoutes(app: FastifyInstance, { db }: { readonly db: Db }): void {
  route(app, {
    ...common,
    url: '/api/v1/catalogs/countries',
    summary: 'Countries',
    query: Type.Object(searchFields),
    reply: { 200: listOf(Country) },
    handler: async ({ request, query }) => list(request, await q.listCountries(db, query), query.limit),
  })
  route(app, {
    ...common,
    url: ['/api/v1/catalogs/regions', '/api/v1/regions'],
    summary: 'Natural regions of a country',
    query: Type.Object({ ...searchFields, country }),
    reply: { 200: listOf(Region) },
    handler: async ({ request, query }) => list(request, await q.listRegions(db, query, query.country?.toUpperCase()), query.limit),
  })
  route(app, {
    ...common,
    url: ['/api/v1/catalogs/provinces', '/api/v1/provinces'],
    summary: 'Provinces or departments, of a country or a region',
    query: Type.Object({ ...searchFields, country, region_id: reference }),
    reply: { 200: listOf(Province) },
    handler: async ({ request, query }) =>
      list(request, await q.listProvinces(db, query, { country: query.country?.toUpperCase(), regionId: query.region_id }), query.limit),
  })
  route(app, {
    ...common,
    url: ['/api/v1/catalogs/cities', '/api/v1/cities', '/locations/cities'],
    summary: 'Cities, of a country, a region or a province',
    query: Type.Object({ ...searchFields, country, region_id: reference, province_id: reference, department_id: reference }),
    reply: { 200: listOf(City) },
    handler: async ({ request, query }) => {
      const within = {
        country: query.country?.toUpperCase(),
        regionId: query.region_id,
        provinceId: query.province_id ?? query.department_id,
      }
      return list(request, (await q.listCities(db, query, within)).map(shownCity), query.limit)
    },
  })
  route(app, {
    ...common,
    url: ['/api/v1/catalogs/industries', '/api/v1/industries'],
    summary: 'Industries: groups and their branches',
    query: Type.Object({ ...searchFields, parent_id: reference, level: Type.Optional(Type.Integer({ minimum: 1, maximum: 2 })) }),
    reply: { 200: listOf(Industry) },
    handler: async ({ request, query }) =>
      list(request, await q.listIndustries(db, query, { parentId: query.parent_id, level: query.level }), query.limit),
  })
  registerLocations(app, db)
}

/** The same under the words of Colombia, which is meant when no country is named. */
function registerLocations(app: FastifyInstance, db: Db): void {
  const colombia = Type.String({ pattern: '^[A-Za-z]{2}$', default: 'CO' })
  route(app, {
    ...common,
    url: '/locations/departments',
    summary: 'Departments',
    query: Type.Object({ ...searchFields, country: colombia }),
    reply: { 200: listOf(Province) },
    handler: async ({ request, query }) =>
      list(request, await q.listProvinces(db, query, { country: query.country.toUpperCase() }), query.limit),
  })
  route(app, {
    ...common,
    url: '/locations/departments/:id',
    summary: 'A department with its cities',
    params: Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) }),
    reply: { 200: Type.Object({ ...Province.properties, cities: Type.Array(City) }) },
    handler: async ({ request, params: { id: provinceId } }) => {
      const [province] = await q.listProvinces(db, { limit: 1 }, { provinceId })
      if (!province) throw problem('place_not_found')
      return cached(request, { ...province, cities: (await q.listCities(db, { limit: 500 }, { provinceId })).map(shownCity) })
    },
  })
  route(app, {
    ...common,
    url: '/locations/summary',
    summary: 'How many departments and cities there are',
    query: Type.Object({ country: colombia }),
    reply: { 200: Type.Object({ country: Type.String(), regions: id, departments: id, provinces: id, cities: id }) },
    handler: async ({ request, query }) => {
      const { regions, provinces, cities } = await q.countCatalogs(db, query.country.toUpperCase())
      return cached(request, { country: query.country.toUpperCase(), regions, departments: provinces, provinces, cities })
    },
  })
}
