/** A connection to a company's broker, behind the guard for addresses that somebody else wrote: the name is resolved once and the judged address is
 *  the one that is connected to; without encryption only where the operator opened the network. One connection: whoever holds it connects anew. */
import net from 'node:net'
import tls from 'node:tls'
import type { MqttClient } from 'mqtt'
import type { Text } from '../../platform/i18n/i18n.ts'
import { isNamed, type Lookup, resolveTarget, TargetRefusedError } from '../../platform/net/index.ts'
import type { Broker } from './connection.ts'

export type GuardOptions = { readonly openNetworks: readonly string[]; readonly find?: Lookup }

/** Why there is no connection, in words for the page. */
export class ConnectFault extends Error {
  readonly text: Text
  constructor(text: Text, cause?: unknown) {
    super(text.en, { cause })
    this.name = 'ConnectFault'
    this.text = text
  }
}

const texts = {
  unknown: { es: 'Nadie conoce ese servidor: revise el nombre', en: 'Nobody knows that server: check the name' },
  closed: {
    es: 'El servidor está en una red privada que el operador de Andon no abrió (SOURCE_NETWORKS)',
    en: 'The server is in a private network that the operator of Andon did not open (SOURCE_NETWORKS)',
  },
  plain: {
    es: 'Sin cifrar (mqtt) sólo en redes que abrió el operador (SOURCE_NETWORKS): use mqtts',
    en: 'Without encryption (mqtt) only in networks that the operator opened (SOURCE_NETWORKS): use mqtts',
  },
  account: { es: 'El servidor no acepta el usuario o la contraseña', en: 'The server does not accept the user or the password' },
  certificate: {
    es: 'La conexión cifrada falló: revise el certificado del servidor',
    en: 'The encrypted connection failed: check the certificate of the server',
  },
  timeout: { es: 'El servidor no respondió a tiempo', en: 'The server did not answer in time' },
  too_large: {
    es: 'El servidor envía un mensaje de más de 16 MB: límite message_size_limit en él',
    en: 'The server sends a message of more than 16 MB: limit message_size_limit there',
  },
  network: { es: 'No se pudo conectar con el servidor, o la conexión se cortó', en: 'No connection to the server, or it broke' },
} as const satisfies Record<string, Text>

/** The judged address. */
async function addressOf(
  broker: Pick<Broker, 'url'>,
  { openNetworks, find }: GuardOptions,
): Promise<{ url: URL; host: string; address: string }> {
  const url = new URL(broker.url)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  try {
    const address = await resolveTarget(host, openNetworks, find)
    if (url.protocol === 'mqtt:' && !isNamed(address, openNetworks)) throw new ConnectFault(texts.plain)
    return { url, host, address }
  } catch (error) {
    if (error instanceof TargetRefusedError) throw new ConnectFault(texts[error.kind], error)
    throw error
  }
}

const connackMs = 10_000
/** A packet is held in memory until it is whole: one that is larger ends the connection. */
const mostPacketBytes = 16 * 2 ** 20

export type Opened = { readonly client: MqttClient; readonly isSessionKept: boolean }

/** Resolves once the broker has accepted us. `prepare` is given the client before anything can come. Throws `ConnectFault`. */
export async function openClient(
  broker: Broker,
  guard: GuardOptions,
  { isLasting, prepare }: { readonly isLasting: boolean; readonly prepare?: (client: MqttClient) => void },
): Promise<Opened> {
  const { url, host, address } = await addressOf(broker, guard)
  const { MqttClient } = await import('mqtt')
  const at = { host: address, port: Number(url.port) }
  let unread = 0
  const stream = () => {
    const socket = url.protocol === 'mqtts:' ? tls.connect({ ...at, ...(net.isIP(host) === 0 && { servername: host }) }) : net.connect(at)
    socket.on('data', (chunk: Buffer) => {
      unread += chunk.length
      if (unread > mostPacketBytes) socket.destroy(new ConnectFault(texts.too_large))
    })
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
    connectTimeout: connackMs,
    keepalive: 30,
    resubscribe: false,
    manualConnect: true,
  })
  client.on('packetreceive', (packet) => {
    unread = 0
    // nobody asked for these: the library would keep each until the broker releases it, 65,535 of any size
    if (packet.cmd === 'publish' && packet.qos === 2) client.stream.destroy(new ConnectFault(texts.network))
  })
  prepare?.(client)
  return new Promise((resolve, reject) => {
    const fail = (error?: unknown) => {
      client.end(true)
      reject(error instanceof ConnectFault ? error : new ConnectFault(textOf(error), error))
    }
    client.once('connect', ({ sessionPresent }) => {
      client.removeListener('close', fail)
      client.removeListener('error', fail)
      // an error of a connection ends it: `close` tells
      client.on('error', () => {})
      resolve({ client, isSessionKept: sessionPresent === true })
    })
    client.once('error', fail)
    client.once('close', fail)
    client.connect()
  })
}

function textOf(error: unknown): Text {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: string }
  // CONNACK return codes of MQTT 3.1.1: 4 bad user name or password, 5 not authorized
  if (code === 4 || code === 5) return texts.account
  if (/timeout/i.test(message ?? '')) return texts.timeout
  if (typeof code === 'string' && /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|ERR_SSL|EPROTO/.test(code)) return texts.certificate
  return texts.network
}

/** Topics that the broker refused. Throws when the connection breaks. */
export const subscribe = (client: MqttClient, topics: readonly string[]): Promise<readonly string[]> =>
  new Promise((resolve, reject) => {
    if (topics.length === 0) return resolve([])
    const stop = () => reject(new ConnectFault(texts.network))
    client.once('close', stop)
    client.subscribe([...topics], { qos: 1 }, (error, _granted, packet) => {
      client.removeListener('close', stop)
      const codes = packet?.granted
      if (!codes) return error ? reject(error) : resolve([])
      resolve(topics.filter((_topic, i) => Number(codes[i]) >= 128))
    })
  })

export const unsubscribe = (client: MqttClient, topics: readonly string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    if (topics.length === 0) return resolve()
    const stop = () => reject(new ConnectFault(texts.network))
    client.once('close', stop)
    client.unsubscribe([...topics], (error) => {
      client.removeListener('close', stop)
      if (error) reject(error)
      else resolve()
    })
  })

export const closeClient = (client: MqttClient, isForced = false): Promise<void> =>
  new Promise((resolve) => {
    client.end(isForced, () => resolve())
  })
