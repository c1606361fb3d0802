/** A broker that does as a test says. */
import { once } from 'node:events'
import net from 'node:net'
import type { TestContext } from 'node:test'

/** Of MQTT 3.1.1, the high half of a packet's first byte. */
export const packetTypes = { connect: 1, publish: 3, subscribe: 8, unsubscribe: 10, pingreq: 12, disconnect: 14 } as const

export type StubBroker = {
  readonly url: string
  readonly sockets: net.Socket[]
  /** Types of the packets that came. */
  readonly came: number[]
}

export type Answer = (type: number, packet: Buffer, socket: net.Socket) => Buffer | null

/** Accepts, grants and pings back; what is no answer of its own is that of `answer`. */
export const politely: Answer = (type, packet) => {
  if (type === packetTypes.connect) return Buffer.from([0x20, 2, 0, 0])
  if (type === packetTypes.subscribe) return Buffer.from([0x90, 3, packet[2] as number, packet[3] as number, 1])
  if (type === packetTypes.unsubscribe) return Buffer.from([0xb0, 2, packet[2] as number, packet[3] as number])
  return type === packetTypes.pingreq ? Buffer.from([0xd0, 0]) : null
}

/** QoS 0. */
export function publishPacket(topic: string, payload: string): Buffer {
  const length = 2 + topic.length + payload.length
  const head = [0x30, (length & 0x7f) | 0x80, length >> 7, topic.length >> 8, topic.length & 0xff]
  return Buffer.concat([Buffer.from(head), Buffer.from(topic + payload)])
}

/** Packets of less than 128 bytes are understood, which are all that we send. */
export async function stubBroker(t: TestContext, answer: Answer = politely): Promise<StubBroker> {
  const sockets: net.Socket[] = []
  const came: number[] = []
  // an end of ours is not answered by one of its own
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    let rest = Buffer.alloc(0)
    socket.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk])
      while (rest.length >= 2 && rest.length >= 2 + (rest[1] as number)) {
        const packet = rest.subarray(0, 2 + (rest[1] as number))
        rest = rest.subarray(packet.length)
        const type = (packet[0] as number) >> 4
        came.push(type)
        const reply = answer(type, packet, socket)
        if (reply) socket.write(reply)
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { url: `mqtt://127.0.0.1:${(server.address() as net.AddressInfo).port}`, sockets, came }
}
