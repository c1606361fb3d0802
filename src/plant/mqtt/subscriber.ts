/** Listens to one company's broker for as long as it is told to: connects anew when the connection breaks, later each time. A message is acknowledged
 *  only when it was taken (`take.ts`); few are open at a time (`acks.ts`), so that a writer that is full slows the broker down, and nothing is lost. */
import type { MqttClient } from 'mqtt'
import type { Db } from '../../platform/db/database.ts'
import { isDatabaseUnavailable } from '../../platform/db/index.ts'
import type { Text } from '../../platform/i18n/i18n.ts'
import { pause } from '../../platform/jobs/index.ts'
import type { Secrets } from '../../platform/secrets/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import type { Ingest } from '../ingest/index.ts'
import { createAcks } from './acks.ts'
import { ConnectFault, closeClient, type GuardOptions, openClient, subscribe, unsubscribe } from './client.ts'
import type { Connection, ConnectionState } from './connection.ts'
import { createNotes } from './notes.ts'
import { createPace } from './pace.ts'
import { createPatience } from './patience.ts'
import { saveState, saveSubscribed } from './queries.ts'
import { filterOf } from './rule.ts'
import { type Arrived, databaseAway, takeMessage } from './take.ts'

export type SubscriberDeps = {
  readonly db: Db
  readonly secrets: Secrets
  readonly clock: Clock
  readonly ingest: Pick<Ingest, 'accept'>
  readonly guard: GuardOptions
  readonly refreshMs?: number
  readonly log: {
    readonly info: (fields: object, message: string) => void
    readonly warn: (fields: object, message: string) => void
    readonly error: (fields: object, message: string) => void
  }
}

export type Subscriber = {
  /** What is being written is finished; what was not taken stays with the broker. */
  readonly stop: () => Promise<void>
}

/** 1, 2, 4… 60 s, a fifth more or less: many who lost one broker do not come back at one moment. */
export const backOffMs = (attempt: number, random = Math.random()): number =>
  Math.min(60_000, 1_000 * 2 ** Math.min(attempt, 6)) * (0.8 + 0.4 * random)

/** A connection that held this long was good. */
const goodMs = 10_000
/** What is being written when we leave is waited for; what takes longer comes again, and is known by its key. */
const settleMs = 10_000
/** Ingest reads a plant anew for what it does not know once a minute. */
const plantRefreshMs = 60_000

export function startSubscriber(deps: SubscriberDeps, connection: Connection): Subscriber {
  const { clock, log, refreshMs = plantRefreshMs } = deps
  const { tenantId, rules } = connection
  const db = { ...deps.db, tenantId }
  const stopping = new AbortController()
  const notes = createNotes(db, clock, log)
  const pace = createPace()
  const waitForPlant = createPatience(refreshMs)
  const tell = createTeller((state, detail) => saveState(db, state, detail, clock.nowMs()))
  let subscribed = connection.subscribed

  const remember = async (topics: readonly string[]): Promise<void> => {
    if (topics.join('\n') === subscribed.join('\n')) return
    await saveSubscribed(db, topics)
    subscribed = topics
  }

  /** One connection, from its beginning to its end. Resolves when it was good and broke. */
  async function listen(): Promise<void> {
    const over = new AbortController()
    const ended = AbortSignal.any([stopping.signal, over.signal])
    const acks = createAcks()
    const heldUp = new Map<Arrived, Text>()
    let unreadable: Text | null = null
    const tellStanding = () => {
      const why = heldUp.values().next().value
      return why ? tell('blocked', why) : tell('connected', unreadable)
    }
    const take = (arrived: Arrived): Promise<boolean> =>
      takeMessage(
        {
          db,
          rules,
          clock,
          log,
          ingest: deps.ingest,
          sender: new URL(connection.url).host,
          noteRefused: notes.refused,
          noteGood: notes.good,
          waitForPlant,
          blocked(why) {
            if (why) heldUp.set(arrived, why)
            else if (!heldUp.delete(arrived)) return
            if (!ended.aborted) void tellStanding()
          },
          pause: (ms) => pause(ms, ended),
        },
        arrived,
      )
    /** Why this connection ended: known to its socket before anybody who waits on it hears that it did. */
    let fault: ConnectFault | null = null
    const prepare = (client: MqttClient): void => {
      client.on('close', () => over.abort())
      client.on('error', (error) => {
        if (error instanceof ConnectFault) fault ??= error
      })
      client.handleMessage = (packet, next) => {
        // an error means "without an acknowledgement, read on": it is sent when the message was taken. After the end the broker keeps it for the next
        // connection; a socket that nobody reads would not tell that it was closed
        const readOn = () => next(notYet)
        if (ended.aborted) return readOn()
        const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload
        const taken = take({ topic: packet.topic, payload }).catch((error: unknown) => {
          log.error({ event: 'mqtt_message_failed', tenantId, err: error }, 'a message could not be taken')
          client.end(true)
          return false
        })
        const isRoom = acks.add(payload.length, taken, () => {
          // after the end of this connection the number may be another message's
          if (packet.qos > 0 && !over.signal.aborted) acknowledge(client, packet.messageId ?? 0)
        })
        void isRoom.then(() => pause(pace(payload.length, performance.now()), ended)).then(readOn)
      }
    }
    const { client, isSessionKept } = await openClient(connection, deps.guard, { isLasting: true, prepare, signal: stopping.signal })
    try {
      const topics = rules.map(({ topic }) => filterOf(topic))
      // a session that the broker forgot has no topics; one that it kept may have some of a former map
      const former = isSessionKept ? subscribed.filter((topic) => !topics.includes(topic)) : []
      // before the broker has them: should we die in between, they are given back once they go from the map
      await remember([...topics, ...former])
      await unsubscribe(client, former, ended)
      const refused = await subscribe(client, topics, ended)
      await remember(topics)
      unreadable = refused.length > 0 ? refusedTopics(refused) : null
      await tellStanding()
      log.info({ event: 'mqtt_connected', tenantId }, 'listening to a broker')
      await new Promise<void>((resolve) => {
        if (ended.aborted) return resolve()
        ended.addEventListener('abort', () => resolve(), { once: true })
      })
      if (fault) throw fault
    } catch (error) {
      throw fault ?? error
    } finally {
      if (!over.signal.aborted) await Promise.race([acks.settled(), pause(settleMs, over.signal)])
      await closeClient(client, over.signal.aborted)
      over.abort()
    }
  }

  async function run(): Promise<void> {
    await tell('starting', null)
    for (let attempt = 0; !stopping.signal.aborted; attempt += 1) {
      const startedMs = performance.now()
      let why: Text = broken
      try {
        await listen()
        if (performance.now() - startedMs > goodMs) attempt = 0
      } catch (error) {
        why = error instanceof ConnectFault ? error.text : isDatabaseUnavailable(error) ? databaseAway : broken
        const isForeseen = error instanceof ConnectFault || stopping.signal.aborted
        if (!isForeseen) log.warn({ event: 'mqtt_failed', tenantId, err: error }, 'a broker cannot be listened to')
      }
      if (stopping.signal.aborted) break
      await tell('waiting', why)
      await pause(backOffMs(attempt), stopping.signal)
    }
    await notes.end()
    await tell('off', null)
  }

  const running = run()
  return {
    async stop() {
      stopping.abort()
      await running
    },
  }
}

type Tell = (state: ConnectionState, detail: Text | null) => Promise<void>

/** Keeps the last that was told, once per change. What could not be kept is kept with the next; a database that is away is told by everything else too. */
function createTeller(save: (state: ConnectionState, detail: Text | null) => Promise<unknown>): Tell {
  let [wanted, kept] = ['', '']
  let now: Parameters<Tell> = ['off', null]
  let saving: Promise<void> | null = null
  const keep = async (): Promise<void> => {
    try {
      while (kept !== wanted) {
        const saved = wanted
        await save(...now)
        kept = saved
      }
    } catch {
    } finally {
      saving = null
    }
  }
  return async (state, detail) => {
    now = [state, detail]
    wanted = `${state} ${detail?.en ?? ''}`
    if (kept !== wanted) saving ??= keep()
    await saving
  }
}

const notYet = new Error('acknowledged when it is taken')
/** PUBACK of MQTT 3.1.1 (3.4): type, length, and the number of the message. */
const acknowledge = ({ stream }: MqttClient, messageId: number): void =>
  void stream.write(Buffer.from([0x40, 0x02, messageId >> 8, messageId & 0xff]))

const broken: Text = { es: 'La conexión con el servidor se cortó', en: 'The connection to the server broke' }
const refusedTopics = (topics: readonly string[]): Text => ({
  es: `El servidor no deja leer: ${topics.join(', ').slice(0, 300)}`,
  en: `The server does not let us read: ${topics.join(', ').slice(0, 300)}`,
})
