/** A connection to a company's broker, behind the guard for addresses that somebody else wrote: the name is resolved once and the judged address is
 *  the one that is connected to; without encryption only where the operator opened the network. One connection: whoever holds it connects anew. */
import net from 'node:net'
import tls from 'node:tls'
import type { MqttClient } from 'mqtt'
import type { Text } from '../../platform/i18n/i18n.ts'
import { isNamed, type Lookup, netFaultOf, netFaults, resolveTarget } from '../../platform/net/index.ts'
import type { Broker } from './connection.ts'

export type GuardOptions = { readonly openNetworks: readonly string[]; readonly find?: Lookup }

/** Why there is no connection, in words for the page. */
export class ConnectFault extends Error {
  /** mqtt.js passes on only errors of a connection that have one. */
  readonly code = 'connect_fault'
  readonly text: Text
  constructor(text: Text, cause?: unknown) {
    super(text.en, { cause })
    this.name = 'ConnectFault'
    this.text = text
  }
}

const texts = {
  ...netFaults,
  account: { es: 'El servidor no acepta el usuario o la contraseña', en: 'The server does not accept the user or the password' },
  too_large: {
    es: 'El servidor envía un mensaje de más de 16 MB: límite message_size_limit en él',
    en: 'The server sends a message of more than 16 MB: limit message_size_limit there',
  },
} as const satisfies Record<string, Text>

/** Of the name's address, of being let in, and of an answer about topics. */
const answerMs = 10_000
/** For the broker to close after we said goodbye. */
const closeMs = 2_000

/** What does not come in time, or before the signal, is not waited for. Throws `ConnectFault`. */
async function inTime<T>(work: Promise<T>, signal?: AbortSignal): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new ConnectFault(texts.timeout)), answerMs)
  const stop = () => reject(new ConnectFault(texts.network))
  if (signal?.aborted) stop()
  signal?.addEventListener('abort', stop)
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
  }
}

/** The judged address. */
async function addressOf(
  broker: Pick<Broker, 'url'>,
  { openNetworks, find }: GuardOptions,
  signal?: AbortSignal,
): Promise<{ url: URL; host: string; address: string }> {
  const url = new URL(broker.url)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  try {
    const address = await inTime(resolveTarget(host, openNetworks, find), signal)
    if (url.protocol === 'mqtt:' && !isNamed(address, openNetworks)) throw new ConnectFault(texts.plain)
    return { url, host, address }
  } catch (error) {
    throw error instanceof ConnectFault ? error : new ConnectFault(texts[netFaultOf(error)], error)
  }
}

/** A packet is held in memory until it is whole: one that is larger ends the connection. */
const mostPacketBytes = 16 * 2 ** 20

export type Opened = { readonly client: MqttClient; readonly isSessionKept: boolean }
type OpenOptions = {
  readonly isLasting: boolean
  readonly prepare?: (client: MqttClient) => void
  /** Aborted: it is no longer wanted. */
  readonly signal?: AbortSignal
  readonly keepaliveS?: number
}

/** Resolves once the broker has accepted us. `prepare` is given the client before anything can come. Throws `ConnectFault`. */
export async function openClient(
  broker: Broker,
  guard: GuardOptions,
  { isLasting, prepare, signal, keepaliveS = 30 }: OpenOptions,
): Promise<Opened> {
  const { url, host, address } = await addressOf(broker, guard, signal)
  const { MqttClient } = await import('mqtt')
  const at = { host: address, port: Number(url.port) }
  let [unread, isHeard] = [0, false]
  const stream = () => {
    const socket = url.protocol === 'mqtts:' ? tls.connect({ ...at, ...(net.isIP(host) === 0 && { servername: host }) }) : net.connect(at)
    socket.on('data', (chunk: Buffer) => {
      isHeard = true
      unread += chunk.length
      if (unread > mostPacketBytes) socket.destroy(new ConnectFault(texts.too_large))
    })
    const beat = setInterval(() => {
      if (!client.connected) return
      client.sendPing()
      // the answer to a ping may lie behind much that is not read yet: bytes tell, and a socket that we hold back is not a dead one
      if (isHeard || socket.isPaused()) client.reschedulePing(true)
      isHeard = false
    }, keepaliveS * 333)
    socket.on('close', () => clearInterval(beat))
    return socket
  }
  const client = new MqttClient(stream, {
    protocol: url.protocol === 'mqtts:' ? 'mqtts' : 'mqtt',
    protocolVersion: 4,
    clientId: broker.clientId,
    // what comes while nobody listens is kept by the broker, under the same client id
    clean: !isLasting,
    username: broker.username || undefined,
    ...(broker.password !== null && { password: broker.password }),
    reconnectPeriod: 0,
    connectTimeout: answerMs,
    keepalive: keepaliveS,
    resubscribe: false,
    manualConnect: true,
  })
  // as often as it likes: an error that nobody hears ends the process, and one of the protocol alone would leave the connection open
  client.on('error', () => client.stream.destroy())
  client.on('packetreceive', (packet) => {
    unread = 0
    // nobody asked for these: the library would keep each until the broker releases it, 65,535 of any size
    if (packet.cmd === 'publish' && packet.qos === 2) client.stream.destroy(new ConnectFault(texts.network))
  })
  prepare?.(client)
  const opening = new Promise<Opened>((resolve, reject) => {
    const fail = (error?: unknown) => reject(error instanceof ConnectFault ? error : new ConnectFault(textOf(error), error))
    client.once('connect', ({ sessionPresent }) => resolve({ client, isSessionKept: sessionPresent === true }))
    client.once('error', fail)
    client.once('close', fail)
    client.connect()
  })
  return inTime(opening, signal).catch((error: unknown) => {
    client.end(true)
    throw error
  })
}

function textOf(error: unknown): Text {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: string }
  // CONNACK return codes of MQTT 3.1.1: 4 bad user name or password, 5 not authorized
  if (code === 4 || code === 5) return texts.account
  if (/timeout/i.test(message ?? '')) return texts.timeout
  return texts[netFaultOf(error)]
}

/** An answer of the broker. Throws when the connection breaks, nothing comes, or it is no longer wanted. */
async function answered<T>(
  client: MqttClient,
  signal: AbortSignal | undefined,
  ask: (done: (error: unknown, answer: T) => void) => void,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const stop = () => reject(new ConnectFault(texts.network))
  client.once('close', stop)
  ask((error, answer) => (error ? reject(error) : resolve(answer)))
  try {
    return await inTime(promise, signal)
  } finally {
    client.removeListener('close', stop)
  }
}

/** Topics that the broker refused. */
export async function subscribe(client: MqttClient, topics: readonly string[], signal?: AbortSignal): Promise<readonly string[]> {
  if (topics.length === 0) return []
  const codes = await answered<readonly unknown[]>(client, signal, (done) =>
    client.subscribe([...topics], { qos: 1 }, (error, _granted, packet) => {
      const codes = packet?.granted
      // refused topics are an error, too
      done(codes ? null : error, codes ?? [])
    }),
  )
  return topics.filter((_topic, i) => Number(codes[i]) >= 128)
}

export async function unsubscribe(client: MqttClient, topics: readonly string[], signal?: AbortSignal): Promise<void> {
  if (topics.length > 0) await answered<void>(client, signal, (done) => client.unsubscribe([...topics], (error) => done(error, undefined)))
}

/** A broker that does not close its end is not waited for. */
export const closeClient = (client: MqttClient, isForced = false): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => {
      client.stream.destroy()
      resolve()
    }, closeMs)
    client.end(isForced, () => {
      clearTimeout(timer)
      resolve()
    })
  })
