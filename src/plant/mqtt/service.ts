/** What people do with their broker: settings and topics kept with their audit rows, and a connection tried. */
import { randomBytes } from 'node:crypto'
import { type Origin, recordAudit, type TenantActor } from '../../identity/index.ts'
import type { Db, TenantDb } from '../../platform/db/database.ts'
import { transaction } from '../../platform/db/index.ts'
import type { Text } from '../../platform/i18n/i18n.ts'
import type { Secrets } from '../../platform/secrets/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import { ConnectFault, closeClient, type GuardOptions, openClient, subscribe } from './client.ts'
import { type BrokerForm, type Connection, readBroker } from './connection.ts'
import { problem } from './problems.ts'
import { findConnection, insertConnection, updateConnection } from './queries.ts'
import { filterOf, mostRules, ruleFaults, type TopicRule } from './rule.ts'

export type MqttDeps = { readonly db: Db; readonly secrets: Secrets; readonly clock: Clock; readonly guard: GuardOptions }
export type Person = { readonly actor: TenantActor; readonly origin: Origin }

const dbOf = ({ db }: Pick<MqttDeps, 'db'>, { tenant }: TenantActor): TenantDb => ({ ...db, tenantId: tenant.tenantId })

export const connectionOf = (deps: Pick<MqttDeps, 'db' | 'secrets'>, actor: TenantActor): Promise<Connection | null> =>
  findConnection(dbOf(deps, actor), deps.secrets)

const audit = (deps: MqttDeps, tx: TenantDb, { actor, origin }: Person, data: Readonly<Record<string, unknown>>) =>
  recordAudit(tx, deps, actor, 'UPDATE', { entityType: 'mqtt_connection', entityId: actor.tenant.tenantId, origin, data })

/** `seenVersion` 0: there was none. Throws invalid_mqtt (422), mqtt_edited_meanwhile (409). */
export async function saveBroker(
  deps: MqttDeps,
  person: Person,
  form: BrokerForm & { readonly isEnabled: boolean },
  seenVersion: number,
): Promise<void> {
  await transaction(dbOf(deps, person.actor), async (tx) => {
    const known = await findConnection(tx, deps.secrets)
    const { broker, fields } = readBroker(form, known)
    if (!broker) throw problem('invalid_mqtt', { fields })
    const settings = { ...broker, isEnabled: form.isEnabled }
    const nowMs = deps.clock.nowMs()
    const isDone = known
      ? await updateConnection(tx, { settings, secrets: deps.secrets, isElsewhere: known.url !== broker.url }, seenVersion, nowMs)
      : seenVersion === 0 && (await insertConnection(tx, deps.secrets, { ...settings, clientId: newClientId() }, nowMs))
    if (!isDone) throw problem('mqtt_edited_meanwhile')
    await audit(deps, tx, person, { url: broker.url, username: broker.username, enabled: form.isEnabled })
  })
}

/** At most 23 letters and digits, which every broker takes (MQTT 3.1.1, 3.1.3.1). */
const newClientId = (): string => `andon${randomBytes(9).toString('hex')}`

/** `former` is the topic that the rule stands in place of; null = a new one. `rule` null: it goes. Throws invalid_mqtt, too_many_topics (422),
 *  mqtt_not_configured, mqtt_edited_meanwhile (409). */
export async function saveRule(
  deps: MqttDeps,
  person: Person,
  former: string | null,
  rule: TopicRule | null,
  seenVersion: number,
): Promise<void> {
  await transaction(dbOf(deps, person.actor), async (tx) => {
    const known = await findConnection(tx, deps.secrets)
    if (!known) throw problem('mqtt_not_configured')
    if (known.version !== seenVersion) throw problem('mqtt_edited_meanwhile')
    const others = known.rules.filter(({ topic }) => topic !== former)
    if (rule) {
      const fields = ruleFaults(rule, others)
      if (fields.length > 0) throw problem('invalid_mqtt', { fields })
      if (others.length >= mostRules) throw problem('too_many_topics', { parameters: { most: mostRules } })
    }
    const at = known.rules.findIndex(({ topic }) => topic === former)
    const rules = rule === null ? others : at < 0 ? [...others, rule] : known.rules.with(at, rule)
    if (!(await updateConnection(tx, { rules }, seenVersion, deps.clock.nowMs()))) throw problem('mqtt_edited_meanwhile')
    await audit(deps, tx, person, { topics: rules.map(({ topic }) => topic) })
  })
}

export type Tried = { readonly ok: boolean; readonly text: Text }

const works: Text = { es: 'Se conectó y puede leer los temas.', en: 'It connected and may read the topics.' }

/** Connects as somebody else than the one who listens, whose session it leaves alone. Throws 409 `mqtt_not_configured`. */
export async function tryConnection(deps: MqttDeps, person: Person): Promise<Tried> {
  const known = await connectionOf(deps, person.actor)
  if (!known) throw problem('mqtt_not_configured')
  const tried = await connect(deps, known)
  await audit(deps, dbOf(deps, person.actor), person, { tested: tried.ok ? 'ok' : 'failed' })
  return tried
}

async function connect(deps: MqttDeps, known: Connection): Promise<Tried> {
  try {
    const { client } = await openClient({ ...known, clientId: newClientId() }, deps.guard, { isLasting: false })
    try {
      const refused = await subscribe(
        client,
        known.rules.map(({ topic }) => filterOf(topic)),
      )
      if (refused.length === 0) return { ok: true, text: works }
      const list = refused.join(', ').slice(0, 200)
      return { ok: false, text: { es: `Se conectó, pero no puede leer: ${list}`, en: `It connected, but may not read: ${list}` } }
    } finally {
      await closeClient(client, true)
    }
  } catch (error) {
    if (error instanceof ConnectFault) return { ok: false, text: error.text }
    throw error
  }
}
