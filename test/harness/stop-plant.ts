/** A line with rows and a company with an editor, for tests of work on stops: the plant's database and the platform's, on one engine. */
import type { TestContext } from 'node:test'
import type { TenantActor } from '../../src/identity/index.ts'
import { createHistories } from '../../src/plant/history/index.ts'
import type { PlantModel } from '../../src/plant/model/index.ts'
import { type PlantDb, saveAttachment } from '../../src/plant/source/index.ts'
import type { StopDeps } from '../../src/plant/stops/index.ts'
import type { TenantDb } from '../../src/platform/db/database.ts'
import type { Db, Engine } from '../../src/platform/db/index.ts'
import { createSecrets } from '../../src/platform/secrets/index.ts'
import { formatLocal, parseLocal, zoneOf } from '../../src/platform/time/index.ts'
import { companyIn } from './company.ts'
import { migratedDatabase } from './engines.ts'
import { type LineDatabase, lineDatabase, type TestRow } from './line-database.ts'
import { plantModel } from './plant-model.ts'

export type StopPlant = {
  readonly deps: StopDeps
  readonly db: TenantDb
  readonly plant: LineDatabase
  readonly platformUrl: string
  readonly actor: TenantActor
  readonly tenantId: number
  /** The test moves it. */
  readonly clock: { nowS: number }
  model: PlantModel
  /** Epoch of a wall time. */
  readonly at: (wall: string) => number
  readonly wall: (epochS: number) => string
  /** As a request would open it now. */
  readonly open: () => Promise<{ readonly db: PlantDb; readonly model: PlantModel }>
}

const stamp = async ({ kysely, tenantId }: TenantDb): Promise<string> =>
  String(
    (await kysely.selectFrom('plant_attachments').select('stop_changes').where('tenant_id', '=', tenantId).executeTakeFirst())
      ?.stop_changes,
  )

export async function stopPlant(
  engine: Engine,
  t: TestContext,
  {
    model = plantModel(),
    now,
    shared,
  }: { readonly model?: PlantModel; readonly now: string; readonly shared?: { plant: LineDatabase; platform: { db: Db; url: string } } },
): Promise<StopPlant> {
  const platform = shared?.platform ?? (await migratedDatabase(engine, t))
  const plant = shared?.plant ?? (await lineDatabase(engine, t))
  const tenantId = await companyIn(platform.db)
  const db: TenantDb = { ...platform.db, tenantId }
  await saveAttachment(db, createSecrets('k'.repeat(40)), { url: plant.url, canManage: false, nowMs: 0 })
  const user = await db.kysely.selectFrom('memberships').select('user_id').where('tenant_id', '=', tenantId).executeTakeFirstOrThrow()
  const zone = zoneOf(model.settings.timeZone)
  const at = (wall: string): number => zone.toEpochS(parseLocal(wall) ?? Number.NaN)
  const clock = { nowS: at(now) }
  const histories = createHistories({ db: platform.db, clock: { nowMs: () => clock.nowS * 1000 }, log: console })
  t.after(histories.close)
  const made: StopPlant = {
    db,
    plant,
    platformUrl: platform.url,
    tenantId,
    clock,
    model,
    at,
    wall: (epochS) => formatLocal(zone.toLocalS(epochS)),
    open: async () => ({ db: { ...plant.db, tenantId, beside: { db, stopStamp: await stamp(db) } }, model: made.model }),
    deps: {
      db: platform.db,
      clock: { nowMs: () => clock.nowS * 1000 },
      histories,
      plants: { withPlant: async (_tenantId, work) => work(await made.open()) },
    },
    actor: editorOf(tenantId, user.user_id, 'ana', ['annotate_downtime', 'recalculate_downtime']),
  }
  return made
}

export const editorOf = (tenantId: number, userId: number, username: string, permissions: readonly string[]): TenantActor =>
  ({
    kind: 'person',
    userId,
    username,
    isSuperAdmin: false,
    language: 'es',
    tenant: { tenantId, uuid: '', slug: 'planta', name: 'Planta' },
    role: 'MANAGER',
    roleName: 'MANAGER',
    permissions: new Set(permissions),
    lineIds: null,
    sessionUuid: '',
    sessionKind: 'api',
  }) as unknown as TenantActor

/** A row each `stepS` from `from` to `to`, both included. */
export function rowsEvery({ at, wall }: Pick<StopPlant, 'at' | 'wall'>, stepS: number, from: string, to: string): TestRow[] {
  const rows: TestRow[] = []
  for (let atS = at(from); atS <= at(to); atS += stepS) rows.push([wall(atS)])
  return rows
}
