/** Listens to one company's broker for as long as it is told to: connects anew when the connection breaks, later each time. A message is acknowledged
 *  only when it was taken (`take.ts`); few are open at a time (`acks.ts`), so that a writer that is full slows the broker down, and nothing is lost. */
import type { MqttClient } from 'mqtt'
import type { Db } from '../../platform/db/database.ts'
import type { Text } from '../../platform/i18n/i18n.ts'
import type { Secrets } from '../../platform/secrets/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import type { Ingest } from '../ingest/index.ts'
import { createAcks } from './acks.ts'
import { ConnectFault, closeClient, type GuardOptions, openClient, subscribe, unsubscribe } from './client.ts'
import type { Connection, ConnectionState } from './connection.ts'
import { createNotes } from './notes.ts'
import { saveState, saveSubscribed } from './queries.ts'
import { filterOf } from './rule.ts'
import { type Arrived, takeMessage } from './take.ts'

export type SubscriberDeps = {
  readonly db: Db
  readonly secrets: Secrets
  readonly clock: Clock
  readonly ingest: Pick<Ingest, 'accept'>
  readonly guard: GuardOptions
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

export function startSubscriber(deps: SubscriberDeps, connection: Connection): Subscriber {
  const { clock, log } = deps
  const { tenantId, rules } = connection
  const db = { ...deps.db, tenantId }
  const stopping = new AbortController()
  const notes = createNotes(db, clock, log)
  let subscribed = connection.subscribed
  let told = ''

  /** Once per change; a database that is away is told by everything else too. */
  const tell = async (state: ConnectionState, detail: Text | null): Promise<void> => {
    const now = `${state} ${detail?.en ?? ''}`
    if (now === told) return
    told = now
    await saveState(db, state, detail, clock.nowMs()).catch(() => {
      told = ''
    })
  }

  /** One connection, from its beginning to its end. Resolves when it was good and broke. */
  async function listen(): Promise<void> {
    const over = new AbortController()
    const ended = AbortSignal.any([stopping.signal, over.signal])
    const acks = createAcks()
    const prepare = (client: MqttClient): void => {
      client.on('close', () => over.abort())
      const take = (arrived: Arrived) =>
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
            blocked: (why) => tell(why ? 'blocked' : 'connected', why),
            pause: (ms) => pause(ms, ended),
          },
          arrived,
        ).catch((error: unknown) => {
          log.error({ event: 'mqtt_message_failed', tenantId, err: error }, 'a message could not be taken')
          client.end(true)
          return false
        })
      client.handleMessage = (packet, next) => {
        // the broker keeps it for the next connection
        if (ended.aborted) return
        const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload
        const isRoom = acks.add(payload.length, take({ topic: packet.topic, payload }), () => {
          // after the end of this connection the number may be another message's
          if (packet.qos > 0 && !over.signal.aborted) acknowledge(client, packet.messageId ?? 0)
        })
        // an error here means "without an acknowledgement, read on": it is sent when the message was taken
        isRoom.then(() => next(notYet))
      }
    }
    const { client, isSessionKept } = await openClient(connection, deps.guard, { isLasting: true, prepare })
    try {
      if (stopping.signal.aborted) return
      const topics = rules.map(({ topic }) => filterOf(topic))
      // a session that the broker forgot has no topics; one that it kept may have some of a former map
      if (isSessionKept)
        await unsubscribe(
          client,
          subscribed.filter((topic) => !topics.includes(topic)),
        )
      const refused = await subscribe(client, topics)
      subscribed = topics
      await saveSubscribed(db, topics)
      await tell('connected', refused.length > 0 ? refusedTopics(refused) : null)
      log.info({ event: 'mqtt_connected', tenantId }, 'listening to a broker')
      await new Promise<void>((resolve) => {
        if (ended.aborted) return resolve()
        ended.addEventListener('abort', () => resolve(), { once: true })
      })
    } finally {
      // what is being written is finished and acknowledged
      if (!over.signal.aborted) await acks.settled()
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
      } catch (error) {
        why = error instanceof ConnectFault ? error.text : broken
        if (!(error instanceof ConnectFault)) log.warn({ event: 'mqtt_failed', tenantId, err: error }, 'a broker cannot be listened to')
      }
      if (stopping.signal.aborted) break
      // it held for a while: that was no failed attempt
      if (performance.now() - startedMs > 60_000) attempt = 0
      await tell('waiting', why)
      await pause(backOffMs(attempt), stopping.signal)
    }
    await notes.end()
    told = ''
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

const notYet = new Error('acknowledged when it is taken')
/** PUBACK of MQTT 3.1.1 (3.4): type, length, and the number of the message. */
const acknowledge = ({ stream }: MqttClient, messageId: number): void =>
  void stream.write(Buffer.from([0x40, 0x02, messageId >> 8, messageId & 0xff]))

const broken: Text = { es: 'La conexión con el servidor se cortó', en: 'The connection to the server broke' }
const refusedTopics = (topics: readonly string[]): Text => ({
  es: `El servidor no deja leer: ${topics.join(', ').slice(0, 300)}`,
  en: `The server does not let us read: ${topics.join(', ').slice(0, 300)}`,
})

/** True when the time is over, false when the signal came first. */
const pause = (ms: number, signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve(false)
    const stop = () => {
      clearTimeout(timer)
      resolve(false)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve(true)
    }, ms)
    signal.addEventListener('abort', stop, { once: true })
  })
