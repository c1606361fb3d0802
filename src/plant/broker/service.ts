/** What people do with sources: kept, changed, tested, taken in from a file, each in one transaction with its audit row. */
import { type Origin, recordAudit, type TenantActor } from '../../identity/index.ts'
import type { Db, TenantDb } from '../../platform/db/database.ts'
import { transaction } from '../../platform/db/index.ts'
import type { Language } from '../../platform/i18n/i18n.ts'
import type { Secrets } from '../../platform/secrets/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import type { SourceAnswer } from './answer.ts'
import { parseMap, readEntries } from './map.ts'
import { problem } from './problems.ts'
import {
  deleteSource,
  findSource,
  forgetAnswers,
  insertSource,
  listSources,
  mostSources,
  type StoredSource,
  updateSource,
} from './queries.ts'
import { readSource, type Source } from './source.ts'
import type { Sources } from './sources.ts'

export type BrokerDeps = { readonly db: Db; readonly secrets: Secrets; readonly clock: Clock; readonly sources: Sources }
export type Person = { readonly actor: TenantActor; readonly origin: Origin }

const dbOf = ({ db }: Pick<BrokerDeps, 'db'>, { tenant }: TenantActor): TenantDb => ({ ...db, tenantId: tenant.tenantId })

export const sourcesOf = (deps: Pick<BrokerDeps, 'db' | 'secrets'>, actor: TenantActor): Promise<StoredSource[]> =>
  listSources(dbOf(deps, actor), deps.secrets)

/** Throws 404 `source_not_found`. */
export async function mustFind(deps: Pick<BrokerDeps, 'db' | 'secrets'>, actor: TenantActor, key: string): Promise<StoredSource> {
  const found = await findSource(dbOf(deps, actor), deps.secrets, key)
  if (!found) throw problem('source_not_found', { parameters: { id: key.slice(0, 60) } })
  return found
}

/** `seenVersion` null: a new one. Undefined: whatever is there. Throws invalid_source, too_many_sources (422), source_taken, source_edited_meanwhile (409). */
export async function saveSource(
  deps: BrokerDeps,
  person: Person,
  key: string,
  entry: unknown,
  seenVersion: number | null | undefined,
): Promise<StoredSource> {
  await transaction(dbOf(deps, person.actor), async (tx) => {
    const all = await listSources(tx, deps.secrets)
    const known = all.find((source) => source.key === key) ?? null
    if (seenVersion === null && known) throw problem('source_taken', { parameters: { id: key } })
    if (typeof seenVersion === 'number' && known?.version !== seenVersion) throw problem('source_edited_meanwhile')
    const { source, fields } = readSource(key, entry, known)
    if (!source) throw problem('invalid_source', { fields })
    if (!known && all.length >= mostSources) throw problem('too_many_sources', { parameters: { most: mostSources } })
    await write(deps, tx, person, source, known)
  })
  return mustFind(deps, person.actor, key)
}

async function write(deps: BrokerDeps, tx: TenantDb, { actor, origin }: Person, source: Source, known: StoredSource | null): Promise<void> {
  const nowMs = deps.clock.nowMs()
  const isDone = known
    ? await updateSource(tx, deps.secrets, source, known.version, nowMs)
    : await insertSource(tx, deps.secrets, source, nowMs)
  if (!isDone) throw known ? problem('source_edited_meanwhile') : problem('source_taken', { parameters: { id: source.key } })
  await recordAudit(tx, deps, actor, known ? 'UPDATE' : 'CREATE', {
    entityType: 'http_source',
    entityId: source.key,
    origin,
    data: { name: source.name, base_url: source.baseUrl, auth_type: source.authType, enabled: source.isEnabled },
  })
}

/** Throws 404 `source_not_found`. */
export async function removeSource(deps: BrokerDeps, { actor, origin }: Person, key: string): Promise<void> {
  await transaction(dbOf(deps, actor), async (tx) => {
    if (!(await deleteSource(tx, key))) throw problem('source_not_found', { parameters: { id: key.slice(0, 60) } })
    await recordAudit(tx, deps, actor, 'DELETE', { entityType: 'http_source', entityId: key, origin })
  })
}

export type Imported = { readonly saved: readonly string[]; readonly warnings: readonly string[] }

/** Adds and changes; sources that the map does not name stay. Throws 422 `source_map_unreadable`, `too_many_sources`: then nothing changed. */
export async function importMap(deps: BrokerDeps, person: Person, text: string, language: Language): Promise<Imported> {
  const entries = await parseMap(text)
  return transaction(dbOf(deps, person.actor), async (tx) => {
    const all = await listSources(tx, deps.secrets)
    const { sources, warnings, leftOut } = readEntries(entries, all, language)
    const added = sources.filter(({ key }) => !all.some((known) => known.key === key)).length
    if (all.length + added > mostSources) throw problem('too_many_sources', { parameters: { most: mostSources } })
    for (const source of sources) await write(deps, tx, person, source, all.find(({ key }) => key === source.key) ?? null)
    await recordAudit(tx, deps, person.actor, 'UPDATE', {
      entityType: 'http_source_map',
      entityId: person.actor.tenant.tenantId,
      origin: person.origin,
      data: { saved: sources.length, left_out: leftOut },
    })
    return { saved: sources.map(({ key }) => key), warnings }
  })
}

/** Past the cache. Throws 404 `source_not_found`, 400 `source_disabled`. */
export async function testSource(deps: BrokerDeps, { actor, origin }: Person, key: string): Promise<SourceAnswer> {
  const source = await mustFind(deps, actor, key)
  if (!source.isEnabled) throw problem('source_disabled', { parameters: { id: key } })
  const answer = await deps.sources.test(actor.tenant.tenantId, source)
  await recordAudit(dbOf(deps, actor), deps, actor, 'UPDATE', {
    entityType: 'http_source',
    entityId: key,
    origin,
    data: { tested: answer.ok ? 'ok' : 'failed', status: answer.status },
  })
  return answer
}

/** Every process asks anew. `key` null: of all. Answers how many sources. Throws 404 `source_not_found`. */
export async function clearAnswers(deps: BrokerDeps, { actor, origin }: Person, key: string | null): Promise<number> {
  return transaction(dbOf(deps, actor), async (tx) => {
    if (key !== null && !(await findSource(tx, deps.secrets, key)))
      throw problem('source_not_found', { parameters: { id: key.slice(0, 60) } })
    const count = await forgetAnswers(tx, key)
    await recordAudit(tx, deps, actor, 'UPDATE', {
      entityType: 'http_source',
      entityId: key ?? actor.tenant.tenantId,
      origin,
      data: { answers_forgotten: count },
    })
    return count
  })
}
