/** SQL of MQTT connections and their messages. */

import type { Selectable } from 'kysely'
import type { Db, TenantDb } from '../../platform/db/database.ts'
import { insertUnlessExists } from '../../platform/db/index.ts'
import type { Text } from '../../platform/i18n/i18n.ts'
import { SealBrokenError, type Secrets } from '../../platform/secrets/index.ts'
import { latestLeaseMs } from '../../platform/time/index.ts'
import type { Broker, Connection, ConnectionState } from './connection.ts'
import type { TopicRule } from './rule.ts'
import type { MqttConnectionRow } from './tables.ts'

/** Null when SECRET_KEY changed since: the broker will not accept us, and the page says so. */
function opened(sealed: string, secrets: Pick<Secrets, 'openSecret'>): string | null {
  try {
    return secrets.openSecret('mqtt', sealed)
  } catch (error) {
    if (error instanceof SealBrokenError) return null
    throw error
  }
}

const fromRow = (row: Selectable<MqttConnectionRow>, secrets: Pick<Secrets, 'openSecret'>): Connection => ({
  connectionId: row.id,
  tenantId: row.tenant_id,
  url: row.url,
  username: row.username,
  password: row.sealed_password === null ? null : opened(row.sealed_password, secrets),
  clientId: row.client_id,
  rules: JSON.parse(row.topics) as TopicRule[],
  subscribed: JSON.parse(row.subscribed) as string[],
  isEnabled: row.is_enabled === 1,
  version: row.version,
  state: row.state as ConnectionState,
  stateDetail: row.state_detail === null ? null : (JSON.parse(row.state_detail) as Text),
  stateAtMs: row.state_at,
  received: row.received,
  acceptedRows: row.accepted_rows,
  refused: row.refused,
  leaseUntilMs: row.lease_until,
})

export async function findConnection({ kysely, tenantId }: TenantDb, secrets: Pick<Secrets, 'openSecret'>): Promise<Connection | null> {
  const row = await kysely.selectFrom('mqtt_connections').selectAll().where('tenant_id', '=', tenantId).executeTakeFirst()
  return row ? fromRow(row, secrets) : null
}

/** Companies whose broker is listened to, with the version of its settings. */
export const listEnabled = ({ kysely }: Db): Promise<readonly { tenant_id: number; version: number }[]> =>
  kysely
    .selectFrom('mqtt_connections as c')
    .innerJoin('tenants as t', 't.id', 'c.tenant_id')
    .select(['c.tenant_id', 'c.version'])
    .where('c.is_enabled', '=', 1)
    .where('t.is_active', '=', 1)
    .where('t.deleted_at', 'is', null)
    .orderBy('c.tenant_id')
    .execute()

/** True when the process has it now: it was free, over, or its own. */
export async function takeLease({ kysely, tenantId }: TenantDb, owner: string, nowMs: number, leaseMs: number): Promise<boolean> {
  const { numUpdatedRows } = await kysely
    .updateTable('mqtt_connections')
    .set({ lease_owner: owner, lease_until: nowMs + leaseMs })
    .where('tenant_id', '=', tenantId)
    .where((eb) =>
      eb.or([
        eb('lease_owner', 'is', null),
        eb('lease_owner', '=', owner),
        eb('lease_until', '<=', nowMs),
        eb('lease_until', '>', latestLeaseMs(nowMs, leaseMs)),
      ]),
    )
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

export const dropLease = ({ kysely, tenantId }: TenantDb, owner: string): Promise<unknown> =>
  kysely
    .updateTable('mqtt_connections')
    .set({ lease_owner: null, lease_until: 0 })
    .where('tenant_id', '=', tenantId)
    .where('lease_owner', '=', owner)
    .execute()

type Settings = Omit<Broker, 'clientId'> & { readonly isEnabled: boolean }
const settingValues = ({ url, username, password, isEnabled }: Settings, secrets: Pick<Secrets, 'sealSecret'>) => ({
  url,
  username,
  sealed_password: password === null ? null : secrets.sealSecret('mqtt', password),
  is_enabled: isEnabled ? 1 : 0,
})

/** False when there is one already. */
export const insertConnection = (
  db: TenantDb,
  secrets: Pick<Secrets, 'sealSecret'>,
  settings: Settings & { readonly clientId: string },
  nowMs: number,
): Promise<boolean> =>
  insertUnlessExists(db, 'mqtt_connections', {
    tenant_id: db.tenantId,
    ...settingValues(settings, secrets),
    client_id: settings.clientId,
    topics: '[]',
    subscribed: '[]',
    version: 1,
    state: 'off',
    state_detail: null,
    state_at: nowMs,
    received: 0,
    accepted_rows: 0,
    refused: 0,
    lease_owner: null,
    lease_until: 0,
    created_at: nowMs,
    updated_at: nowMs,
  })

type Change = { readonly settings: Settings; readonly secrets: Pick<Secrets, 'sealSecret'> } | { readonly rules: readonly TopicRule[] }

/** False when it is not the version that was seen. Another broker knows none of our topics. */
export async function updateConnection(
  { kysely, tenantId }: TenantDb,
  change: Change & { readonly isElsewhere?: boolean },
  seenVersion: number,
  nowMs: number,
): Promise<boolean> {
  const { numUpdatedRows } = await kysely
    .updateTable('mqtt_connections')
    .set({
      ...('rules' in change ? { topics: JSON.stringify(change.rules) } : settingValues(change.settings, change.secrets)),
      ...(change.isElsewhere && { subscribed: '[]' }),
      version: seenVersion + 1,
      updated_at: nowMs,
    })
    .where('tenant_id', '=', tenantId)
    .where('version', '=', seenVersion)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

export const saveSubscribed = ({ kysely, tenantId }: TenantDb, topics: readonly string[]): Promise<unknown> =>
  kysely
    .updateTable('mqtt_connections')
    .set({ subscribed: JSON.stringify(topics) })
    .where('tenant_id', '=', tenantId)
    .execute()

export const saveState = ({ kysely, tenantId }: TenantDb, state: ConnectionState, detail: Text | null, nowMs: number): Promise<unknown> =>
  kysely
    .updateTable('mqtt_connections')
    .set({ state, state_detail: detail === null ? null : JSON.stringify(detail), state_at: nowMs })
    .where('tenant_id', '=', tenantId)
    .execute()

export type Outcome = 'accepted' | 'repeated' | 'partly' | 'refused'
export type Noted = {
  readonly receivedAtMs: number
  readonly topic: string
  readonly key: string
  readonly payload: string
  readonly outcome: Outcome
  readonly accepted: number
  readonly detail: readonly Text[]
}

const kept = { good: 50, bad: 500 } as const

export async function insertMessages({ kysely, tenantId }: TenantDb, messages: readonly Noted[], nowMs: number): Promise<void> {
  if (messages.length === 0) return
  await kysely
    .insertInto('mqtt_messages')
    .values(
      messages.map(({ receivedAtMs, topic, key, payload, outcome, accepted, detail }) => ({
        tenant_id: tenantId,
        received_at: receivedAtMs,
        topic,
        message_key: key,
        payload,
        outcome,
        accepted,
        detail: JSON.stringify(detail),
        created_at: nowMs,
      })),
    )
    .execute()
}

const bad: readonly Outcome[] = ['partly', 'refused']
const good: readonly Outcome[] = ['accepted', 'repeated']

/** Forgets what is more than a page shows. */
export async function pruneMessages({ kysely, tenantId }: TenantDb): Promise<void> {
  for (const [outcomes, most] of [
    [good, kept.good],
    [bad, kept.bad],
  ] as const) {
    const oldest = await kysely
      .selectFrom('mqtt_messages')
      .select('id')
      .where('tenant_id', '=', tenantId)
      .where('outcome', 'in', [...outcomes])
      .orderBy('id', 'desc')
      .offset(most)
      .limit(1)
      .executeTakeFirst()
    if (!oldest) continue
    await kysely
      .deleteFrom('mqtt_messages')
      .where('tenant_id', '=', tenantId)
      .where('outcome', 'in', [...outcomes])
      .where('id', '<=', oldest.id)
      .execute()
  }
}

export const addCounts = (
  { kysely, tenantId }: TenantDb,
  { received, acceptedRows, refused }: { readonly received: number; readonly acceptedRows: number; readonly refused: number },
): Promise<unknown> =>
  kysely
    .updateTable('mqtt_connections')
    .set((eb) => ({
      received: eb('received', '+', received),
      accepted_rows: eb('accepted_rows', '+', acceptedRows),
      refused: eb('refused', '+', refused),
    }))
    .where('tenant_id', '=', tenantId)
    .execute()

/** Newest first. */
export async function listMessages({ kysely, tenantId }: TenantDb, which: 'all' | 'refused', limit: number): Promise<Noted[]> {
  const rows = await kysely
    .selectFrom('mqtt_messages')
    .select(['received_at', 'topic', 'message_key', 'payload', 'outcome', 'accepted', 'detail'])
    .where('tenant_id', '=', tenantId)
    .$if(which === 'refused', (query) => query.where('outcome', 'in', [...bad]))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    receivedAtMs: row.received_at,
    topic: row.topic,
    key: row.message_key,
    payload: row.payload,
    outcome: row.outcome as Outcome,
    accepted: row.accepted,
    detail: JSON.parse(row.detail) as Text[],
  }))
}
