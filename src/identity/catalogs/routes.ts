/** Writing the catalogues: for whoever looks after the platform. Reading them is platform/geo's. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type TObject, Type } from 'typebox'
import type { Db } from '../../platform/db/database.ts'
import { isUniqueViolation, transaction } from '../../platform/db/index.ts'
import {
  type Catalog,
  deleteEntry,
  findEntry,
  insertEntry,
  isNamed,
  listProvinces,
  listRegions,
  updateEntry,
} from '../../platform/geo/index.ts'
import { answer, emptyReply, type ProblemField, problemFactory, route } from '../../platform/http/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import { originOf, requirePerson } from '../access/index.ts'
import { recordAudit } from '../audit/index.ts'

const problem = problemFactory({
  catalog_entry_not_found: { status: 404, title: { es: 'No está en el catálogo', en: 'Not in the catalogue' } },
  catalog_entry_exists: {
    status: 409,
    title: { es: 'Ya está en el catálogo', en: 'In the catalogue already' },
    detail: { es: 'Otra entrada tiene ese código o nombre.', en: 'Another entry has that code or name.' },
  },
  catalog_entry_in_use: {
    status: 409,
    title: { es: 'En uso', en: 'In use' },
    detail: { es: 'Hay personas u otras entradas que la nombran.', en: 'People or other entries name it.' },
  },
  validation_failed: {
    status: 422,
    title: { es: 'Datos no válidos', en: 'Invalid data' },
    detail: { es: 'Revise los campos indicados.', en: 'Check the fields named.' },
  },
})

const name = Type.String({ minLength: 1, maxLength: 100 })
const code = Type.String({ minLength: 1, maxLength: 10, pattern: '^[A-Za-z0-9.-]+$' })
const country = Type.String({ pattern: '^[A-Z]{2}$' })
const key = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const count = Type.Integer({ minimum: 0, maximum: 2_000_000_000 })
const order = Type.Integer({ minimum: 0, maximum: 1_000_000 })

/** What a new entry must say, and what it may. */
const entries = {
  countries: { needed: { iso2: country, name, name_en: name }, optional: {} },
  regions: {
    needed: { country, code, name },
    optional: { map_color: orNull(Type.String({ pattern: '^#[0-9A-Fa-f]{6}$' })), sort_order: order },
  },
  provinces: {
    needed: { country, code, name },
    optional: { region_id: orNull(key), capital: orNull(name), population: orNull(count) },
  },
  cities: {
    needed: { province_id: key, name },
    optional: {
      code: orNull(code),
      is_capital: Type.Boolean(),
      population: orNull(count),
      lat: orNull(Type.Number({ minimum: -90, maximum: 90 })),
      lon: orNull(Type.Number({ minimum: -180, maximum: 180 })),
    },
  },
  industries: {
    needed: { slug: Type.String({ maxLength: 60, pattern: '^[a-z0-9]+(-[a-z0-9]+)*$' }), name, name_en: name },
    optional: { parent_id: orNull(key), sort_order: order },
  },
} as const satisfies Record<Catalog, { needed: TObject['properties']; optional: TObject['properties'] }>

type Deps = { readonly db: Db; readonly clock: Clock }
type Body = Readonly<Record<string, unknown>>
type Values = Record<string, string | number | null>

export function registerCatalogWrites(app: FastifyInstance, deps: Deps): void {
  for (const catalog of Object.keys(entries) as Catalog[]) registerWrites(app, deps, catalog)
}

function registerWrites(app: FastifyInstance, deps: Deps, catalog: Catalog): void {
  const { needed, optional } = entries[catalog]
  const common = {
    access: 'manage_catalogs',
    tags: ['catalogs'],
    rate: { isShared: true, bucket: 'catalog-writes', perMinute: 60, by: 'person' },
  } as const
  const params = Type.Object({ id: key })
  const Id = Type.Object({ id: Type.Integer() })
  const all = (fields: TObject['properties']) =>
    Object.fromEntries(Object.entries(fields).map(([field, schema]) => [field, Type.Optional(schema)]))
  const url = `/api/v1/catalogs/${catalog}`
  route(app, {
    ...common,
    method: 'POST',
    url,
    summary: `Adds to the catalogue of ${catalog}`,
    body: Type.Object({ ...needed, ...all(optional) }),
    reply: { 201: Id },
    handler: async ({ request, body }) => answer(201, { id: await change(deps, request, catalog, null, body as Body) }),
  })
  route(app, {
    ...common,
    method: 'PATCH',
    url: `${url}/:id`,
    summary: `Changes an entry of the catalogue of ${catalog}`,
    params,
    body: Type.Object(all({ ...needed, ...optional })),
    reply: { 200: Id },
    handler: async ({ request, params: { id }, body }) => ({ id: await change(deps, request, catalog, id, body as Body) }),
  })
  route(app, {
    ...common,
    method: 'DELETE',
    url: `${url}/:id`,
    summary: `Deletes an entry of the catalogue of ${catalog} that nobody names`,
    params,
    reply: { 204: emptyReply },
    handler: async ({ request, params: { id } }) => {
      await remove(deps, request, catalog, id)
      return answer(204)
    },
  })
}

/** What says where an entry is and what names it: fixed while something does, or that would lie elsewhere of a sudden. */
const fixed: Readonly<Partial<Record<Catalog, keyof Values>>> = {
  countries: 'iso2',
  regions: 'country',
  provinces: 'country',
  cities: 'province_id',
  industries: 'parent_id',
}

/** `id` null adds. Throws 404 `catalog_entry_not_found`, 409 `catalog_entry_exists`, `catalog_entry_in_use`, 422 `validation_failed`. */
async function change({ db, clock }: Deps, request: FastifyRequest, catalog: Catalog, id: number | null, body: Body): Promise<number> {
  const write = async (tx: Db): Promise<number> => {
    const old = id === null ? null : await findEntry(tx, catalog, id)
    if (id !== null && !old) throw problem('catalog_entry_not_found')
    const values = await checkedValues(tx, catalog, body, old)
    const column = fixed[catalog]
    const isMoved = old !== null && column !== undefined && values[column] !== undefined && values[column] !== old[column]
    if (isMoved && id !== null && (await isNamed(tx, catalog, id, old.iso2))) throw problem('catalog_entry_in_use')
    let entryId = id
    if (id === null || !old) entryId = await insertEntry(tx, catalog, values, clock.nowMs())
    else await updateEntry(tx, catalog, id, old, values, clock.nowMs())
    await recordAudit(tx, { clock }, requirePerson(request), id === null ? 'CREATE' : 'UPDATE', {
      tenantId: null,
      entityType: catalog,
      entityId: entryId ?? 0,
      origin: originOf(request),
      data: { changed: Object.keys(body) },
    })
    return entryId ?? 0
  }
  try {
    return await transaction(db, write)
  } catch (error) {
    if (isUniqueViolation(error)) throw problem('catalog_entry_exists', { cause: error })
    throw error
  }
}

async function remove({ db, clock }: Deps, request: FastifyRequest, catalog: Catalog, id: number): Promise<void> {
  await transaction(db, async (tx) => {
    const old = await findEntry(tx, catalog, id)
    if (!old) throw problem('catalog_entry_not_found')
    if (await isNamed(tx, catalog, id, old.iso2)) throw problem('catalog_entry_in_use')
    await deleteEntry(tx, catalog, id)
    const details = { tenantId: null, entityType: catalog, entityId: id, origin: originOf(request), data: { name: old.name } }
    await recordAudit(tx, { clock }, requirePerson(request), 'DELETE', details)
  })
}

const fault = (path: string, es: string, en: string): ProblemField => ({ path, rule: 'unknown', message: { es, en } })

/** As columns, with what they name checked to be there and to fit. */
async function checkedValues(tx: Db, catalog: Catalog, body: Body, old: Readonly<Values> | null): Promise<Values> {
  const { lat, lon, is_capital: isCapital, ...rest } = body
  const values: Values = { ...(rest as Values) }
  if (lat !== undefined) values.lat_e6 = lat === null ? null : Math.round(Number(lat) * 1_000_000)
  if (lon !== undefined) values.lon_e6 = lon === null ? null : Math.round(Number(lon) * 1_000_000)
  if (isCapital !== undefined) values.is_capital = isCapital === true ? 1 : 0
  const now = { ...old, ...values }
  const faults: ProblemField[] = []
  if (catalog === 'provinces' && now.region_id != null) {
    const regions = await listRegions(tx, { limit: 500 }, String(now.country))
    if (!regions.some(({ id }) => id === now.region_id))
      faults.push(fault('region_id', 'No es una región de ese país', 'Is no region of that country'))
  }
  if (catalog === 'cities' && (await listProvinces(tx, { limit: 1 }, { provinceId: Number(now.province_id) })).length === 0)
    faults.push(fault('province_id', 'No existe', 'Does not exist'))
  if (catalog === 'industries' && values.parent_id !== undefined) {
    const parent = values.parent_id === null ? null : await findEntry(tx, 'industries', Number(values.parent_id))
    if (values.parent_id !== null && (parent?.level !== 1 || parent.id === old?.id))
      faults.push(fault('parent_id', 'No es un grupo', 'Is no group'))
    values.level = values.parent_id === null ? 1 : 2
  }
  if (faults.length > 0) throw problem('validation_failed', { fields: faults })
  return values
}
