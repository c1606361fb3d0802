/** Whom a connection that verifies its server takes for it. The servers here speak as much of each protocol as comes before an account is asked for. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { type TestContext, test } from 'node:test'
import { getCACertificates, setDefaultCACertificates, TLSSocket } from 'node:tls'
import { sql } from 'kysely'
import { DatabaseUnavailableError } from './errors.ts'
import { openPlantKysely } from './open.ts'

/** Of `db.example.test` and 127.0.0.1, signed by itself; with its key, which opens nothing. */
const cert = `-----BEGIN CERTIFICATE-----
MIIBrTCCAVOgAwIBAgIUX1F83/35RbXsZ1YE9EbH+9DMCpMwCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPZGIuZXhhbXBsZS50ZXN0MCAXDTI2MTEyMjAwMzkwMloYDzIx
MjYxMDI5MDAzOTAyWjAaMRgwFgYDVQQDDA9kYi5leGFtcGxlLnRlc3QwWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAASyorgeEkE8o4kJSEECAYoT2YPfk+y7+VldANb3
nKe7CqY7dENVT/l18RO9uSkRLbHk4mYpDJNAnwOr2rolNbo+o3UwczAdBgNVHQ4E
FgQU5o4FxvCppew68sRXOjfozLzEAdYwHwYDVR0jBBgwFoAU5o4FxvCppew68sRX
OjfozLzEAdYwDwYDVR0TAQH/BAUwAwEB/zAgBgNVHREEGTAXgg9kYi5leGFtcGxl
LnRlc3SHBH8AAAEwCgYIKoZIzj0EAwIDSAAwRQIhALZAb6Bp4nud1lu5TwSOOflK
PFBuIJKNSXKP3TyltnsGAiAfuAm6Wp0/xFYH0ECUT+CYpEvfbvFgsUHeN5Gletmd
cw==
-----END CERTIFICATE-----`
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgAKOk1UKLtMbfYAok
1JHv7076WGEQfM7ANhYuFqPSZIqhRANCAASyorgeEkE8o4kJSEECAYoT2YPfk+y7
+VldANb3nKe7CqY7dENVT/l18RO9uSkRLbHk4mYpDJNAnwOr2rolNbo+
-----END PRIVATE KEY-----`

// whoever trusts the authorities of the world trusts those that sign for anybody
setDefaultCACertificates([...getCACertificates(), cert])

const text = (words: string) => Buffer.from(`${words}\0`)
const int32 = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

/** What each server says first, to the wish for TLS, and to whoever comes through with an account: that it is not known. */
const protocols = {
  postgres: {
    greeting: null,
    wishBytes: 8,
    consent: Buffer.from('S'),
    refusal: () => {
      const fields = Buffer.concat([text('SFATAL'), text('C28P01'), text('Mno such account'), Buffer.from([0])])
      return Buffer.concat([Buffer.from('E'), int32(4 + fields.length), fields])
    },
  },
  mysql: {
    greeting: packet(
      0,
      Buffer.concat([
        Buffer.from([10]),
        text('8.0.0'),
        Buffer.from([1, 0, 0, 0, ...Buffer.from('abcdefgh'), 0, 0xff, 0xff, 45, 2, 0, 0xff, 0xc7, 21, ...Buffer.alloc(10)]),
        text('ijklmnopqrst'),
        text('mysql_native_password'),
      ]),
    ),
    wishBytes: 36,
    consent: null,
    refusal: () => packet(3, Buffer.concat([Buffer.from([0xff, 0x15, 0x04]), Buffer.from('#28000no such account')])),
  },
} as const

function packet(sequence: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([body.length & 255, body.length >> 8, 0, sequence]), body])
}

async function serve(
  t: TestContext,
  { greeting, wishBytes, consent, refusal }: (typeof protocols)[keyof typeof protocols],
): Promise<number> {
  const server = net.createServer((socket) => {
    socket.on('error', () => {})
    t.after(() => socket.destroy())
    if (greeting) socket.write(greeting)
    socket.once('data', (wish: Buffer) => {
      // the client's first words over TLS may come with it
      socket.pause()
      if (wish.length > wishBytes) socket.unshift(wish.subarray(wishBytes))
      if (consent) socket.write(consent)
      const secure = new TLSSocket(socket, { isServer: true, cert, key })
      secure.on('error', () => {})
      secure.once('data', () => secure.write(refusal()))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return (server.address() as net.AddressInfo).port
}

for (const scheme of ['postgres', 'mysql'] as const)
  for (const c of [
    { name: 'its own name, at an address that was looked up before', host: 'db.example.test', hostAddress: '127.0.0.1', isTaken: true },
    { name: 'its own address', host: '127.0.0.1', isTaken: true },
    { name: 'another name', host: 'localhost', isTaken: false },
    { name: 'another name, at an address that was looked up before', host: 'db.example.com', hostAddress: '127.0.0.1', isTaken: false },
  ])
    test(`${scheme}: sslmode=verify-full, a server by ${c.name} is ${c.isTaken ? 'taken' : 'refused before it hears of an account'}`, async (t) => {
      const port = await serve(t, protocols[scheme])
      const { kysely, close } = await openPlantKysely(`${scheme}://ana:secret@${c.host}:${port}/plant?sslmode=verify-full`, {
        connectTimeoutMs: 10_000,
        hostAddress: c.hostAddress,
      })
      t.after(close)
      const error = await sql`select 1`.execute(kysely).then(
        () => assert.fail('should have failed'),
        (thrown: unknown) => thrown,
      )
      if (c.isTaken) assert.ok(error instanceof DatabaseUnavailableError && error.reason === 'refused', String(error))
      else assert.match(String(error), /does not match certificate's altnames/)
    })
