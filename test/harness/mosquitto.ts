/** Tests with the MQTT broker of this machine (`ANDON_TEST_MQTT_URL`). A missing one is skipped aloud, or fails when `ANDON_TEST_REQUIRE` lists it. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import net from 'node:net'
import process from 'node:process'
import { type TestContext, test } from 'node:test'
import { connectAsync, type MqttClient } from 'mqtt'
import { noteOrigin } from './origins.ts'

export const brokerUrl = process.env.ANDON_TEST_MQTT_URL ?? 'mqtt://127.0.0.1:1883'
const isRequired = (process.env.ANDON_TEST_REQUIRE ?? '').split(',').some((name) => name.trim().toLowerCase() === 'mosquitto')

const missing = await connectAsync(brokerUrl, { connectTimeout: 3_000, reconnectPeriod: 0 })
  .then(async (client) => {
    await client.endAsync()
    return null
  })
  .catch((error: unknown) => `no MQTT broker for tests at ${brokerUrl}: ${(error as Error).message}`)
if (missing) console.log(`# skipped: ${missing}`)

/** Each test has topics of its own, which nobody else listens to. */
export type BrokerOfTest = {
  readonly url: string
  /** `andon-test/…`, without a slash at its end. */
  readonly root: string
  /** Resolves when the broker has it. */
  readonly publish: (topic: string, payload: unknown, options?: { readonly qos?: 0 | 1 | 2 }) => Promise<void>
}

export function withBroker(name: string, work: (broker: BrokerOfTest, t: TestContext) => Promise<void>): void {
  noteOrigin(name, import.meta.url)
  if (missing && !isRequired) return void test(name, { skip: missing }, () => {})
  test(name, async (t) => {
    if (missing) throw new Error(`mosquitto is required by ANDON_TEST_REQUIRE: ${missing}`)
    const root = `andon-test/${randomBytes(8).toString('hex')}`
    const client: MqttClient = await connectAsync(brokerUrl, { reconnectPeriod: 0 })
    t.after(() => client.endAsync())
    await work(
      {
        url: brokerUrl,
        root,
        async publish(topic, payload, { qos = 1 } = {}) {
          const bytes = typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload)
          await client.publishAsync(`${root}/${topic}`, bytes, { qos })
        },
      },
      t,
    )
  })
}

/** The broker behind a wire that can be cut. */
export async function wireTo(
  url: string,
  t: TestContext,
): Promise<{ readonly url: string; readonly cut: () => void; readonly mend: () => void }> {
  const target = new URL(url)
  const sockets = new Set<net.Socket>()
  let isCut = false
  const server = net.createServer((near) => {
    if (isCut) return void near.destroy()
    const far = net.connect(Number(target.port || 1883), target.hostname)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.on('error', () => {})
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => {
    isCut = true
    for (const socket of sockets) socket.destroy()
  }
  t.after(() => {
    cut()
    server.close()
  })
  return {
    url: `mqtt://127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    cut,
    mend: () => {
      isCut = false
    },
  }
}
