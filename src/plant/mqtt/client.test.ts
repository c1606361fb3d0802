/** A broker that does what nobody asked for. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { test } from 'node:test'
import { openClient } from './client.ts'

test('PL-72 a broker that sends with QoS 2, which nobody asked for, loses its connection: such messages would be kept until it releases them', {
  timeout: 60_000,
}, async (t) => {
  const server = net.createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => {
      socket.write(Buffer.from([0x20, 0x02, 0x00, 0x00]))
      // PUBLISH, QoS 2: topic "a", number 1, "x"
      socket.write(Buffer.from([0x34, 0x06, 0x00, 0x01, 0x61, 0x00, 0x01, 0x78]))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const { port } = server.address() as net.AddressInfo
  const closed = Promise.withResolvers<void>()
  const { client } = await openClient(
    { url: `mqtt://127.0.0.1:${port}`, username: '', password: null, clientId: 'andontest' },
    { openNetworks: ['127.0.0.0/8'] },
    { isLasting: false, prepare: (one) => void one.on('close', closed.resolve) },
  )
  await closed.promise
  assert.equal(client.connected, false)
})
