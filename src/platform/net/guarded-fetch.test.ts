import assert from 'node:assert/strict'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { guardedFetch } from './guarded-fetch.ts'

const loopback = ['127.0.0.0/8']
const listening = async (t: TestContext, answer: RequestListener): Promise<string> => {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${portOf(server)}`
}
const portOf = (server: Server): number => (server.address() as { port: number }).port
const ask = (url: string, more: Partial<Parameters<typeof guardedFetch>[1]> = {}) =>
  guardedFetch({ url, method: 'GET', headers: {} }, { openNetworks: loopback, timeoutMs: 30_000, maxBytes: 5_000_000, ...more })

test('PL-78 what a server says is handed on, packed or not', async (t) => {
  const text = JSON.stringify({ texto: 'ñandú'.repeat(100) })
  const url = await listening(t, (request, reply) => {
    if (request.url === '/gzip') return reply.setHeader('content-encoding', 'gzip').end(gzipSync(text))
    if (request.url === '/br') return reply.setHeader('content-encoding', 'br').end(brotliCompressSync(text))
    reply.end(text)
  })
  for (const path of ['/plain', '/gzip', '/br']) {
    const found = await ask(url + path)
    assert.ok(found.ok, path)
    assert.equal(found.body.toString('utf8'), text)
  }
})

test('PL-78 a body and headers are sent as given', async (t) => {
  const url = await listening(t, async (request, reply) => {
    let body = ''
    for await (const chunk of request) body += chunk
    reply.end(JSON.stringify({ method: request.method, key: request.headers['x-api-key'], body }))
  })
  const found = await guardedFetch(
    { url, method: 'POST', headers: { 'X-API-Key': 'k' }, body: '{"a":1}' },
    { openNetworks: loopback, timeoutMs: 30_000, maxBytes: 1_000 },
  )
  assert.deepEqual(found.ok && JSON.parse(found.body.toString()), { method: 'POST', key: 'k', body: '{"a":1}' })
})

test('PL-78 redirects are refused, also to a metadata service, and nobody is asked there', async (t) => {
  let asked = 0
  const url = await listening(t, (request, reply) => {
    asked += 1
    if (request.url === '/meta') return reply.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end()
    return reply.writeHead(307, { location: '/again' }).end()
  })
  for (const path of ['/meta', '/self'])
    assert.deepEqual(await ask(url + path), { ok: false, status: path === '/meta' ? 302 : 307, fault: 'redirect' })
  assert.equal(asked, 2)
})

test('PL-78 more than the limit ends the answer: told length, none told, packed', async (t) => {
  let sent = 0
  const url = await listening(t, (request, reply) => {
    if (request.url === '/bomb') return reply.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.alloc(30_000_000)))
    // without end: only the reader can stop it
    const more = () => {
      while (!reply.destroyed && reply.write(Buffer.alloc(65_536))) sent += 65_536
    }
    reply.on('drain', more)
    more()
  })
  for (const path of ['/endless', '/bomb']) assert.deepEqual(await ask(url + path), { ok: false, status: 200, fault: 'too_large' }, path)
  assert.ok(sent < 100_000_000, 'the server was stopped')
})

test('PL-78 whoever is slow is left: a silent server, and a drop at a time', async (t) => {
  const url = await listening(t, (request, reply) => {
    if (request.url === '/silent') return
    const drip = setInterval(() => reply.write(' '), 5)
    reply.on('close', () => clearInterval(drip))
  })
  for (const path of ['/silent', '/drip']) {
    const found = await ask(url + path, { timeoutMs: 150 })
    assert.deepEqual([found.ok, !found.ok && found.fault], [false, 'timeout'], path)
  }
  const nameless = await ask('http://slow.example/', { timeoutMs: 50, find: () => new Promise(() => {}) })
  assert.deepEqual(nameless, { ok: false, status: null, fault: 'timeout' })
})

test('PL-78 a server that changes the protocol, or speaks of something else first, is left', async (t) => {
  const says = async (text: string) => {
    const server = createTcpServer((socket) => socket.on('error', () => {}).write(text))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    t.after(() => server.close())
    return ask(`http://127.0.0.1:${(server.address() as { port: number }).port}/`, { timeoutMs: 300 })
  }
  assert.deepEqual(await says('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'), {
    ok: false,
    status: 101,
    fault: 'status',
  })
  const waiting = 'HTTP/1.1 103 Early Hints\r\n\r\n'
  assert.deepEqual(await says(waiting.repeat(3)), { ok: false, status: null, fault: 'timeout' })
})

test('PL-78 a header that cannot be sent is named as such', async () => {
  const found = await guardedFetch(
    { url: 'http://127.0.0.1:9/', method: 'GET', headers: { authorization: 'Bearer “a”€' } },
    { openNetworks: loopback, timeoutMs: 1_000, maxBytes: 1_000 },
  )
  assert.deepEqual(found, { ok: false, status: null, fault: 'header' })
})

test('PL-78 the judged address is the one that is asked, though the name says another in the next moment', async (t) => {
  const url = await listening(t, (_request, reply) => reply.end('"mine"'))
  let asked = 0
  const rebinding = async () => {
    asked += 1
    return [{ address: asked === 1 ? '127.0.0.1' : '169.254.169.254', family: 4 }]
  }
  const found = await ask(url.replace('127.0.0.1', 'rebind.example'), { find: rebinding })
  assert.equal(found.ok && found.body.toString(), '"mine"')
  assert.equal(asked, 1, 'the name was asked once')
})

test('PL-78 closed networks, plain http to the internet, odd addresses and what is not http are refused before anything is sent', async (t) => {
  let asked = 0
  const url = await listening(t, (_request, reply) => {
    asked += 1
    reply.end('1')
  })
  const fault = async (...args: Parameters<typeof ask>) => {
    const found = await ask(...args)
    return found.ok ? 'ok' : found.fault
  }
  const port = new URL(url).port
  assert.equal(await fault(url, { openNetworks: [] }), 'closed')
  assert.equal(await fault(`http://2130706433:${port}/`, { openNetworks: [] }), 'closed')
  assert.equal(await fault(`http://[::ffff:127.0.0.1]:${port}/`, { openNetworks: [] }), 'closed')
  assert.equal(await fault('http://169.254.169.254/latest', {}), 'closed')
  assert.equal(await fault('http://public.example/', { find: async () => [{ address: '8.8.8.8', family: 4 }] }), 'plain')
  assert.equal(await fault('http://nobody.example/', { find: async () => [] }), 'unknown')
  for (const odd of ['ftp://x.example/', 'file:///etc/passwd', 'no address', `http://user:pass@127.0.0.1:${port}/`])
    assert.equal(await fault(odd), 'address', odd)
  assert.equal(asked, 0)
})

test('PL-78 what is no http, breaks off, or packs in an unknown way is a fault, never an exception', async (t) => {
  const noise = createTcpServer((socket) => socket.on('error', () => {}).end('hello\r\n\r\n'))
  await new Promise<void>((resolve) => noise.listen(0, '127.0.0.1', resolve))
  t.after(() => noise.close())
  assert.deepEqual(await ask(`http://127.0.0.1:${(noise.address() as { port: number }).port}/`), {
    ok: false,
    status: null,
    fault: 'network',
  })
  assert.deepEqual(await ask(`https://127.0.0.1:${(noise.address() as { port: number }).port}/`), {
    ok: false,
    status: null,
    fault: 'certificate',
  })
  const url = await listening(t, (request, reply) => {
    if (request.url === '/odd') return reply.setHeader('content-encoding', 'lzma').end('x')
    if (request.url === '/broken') return reply.setHeader('content-encoding', 'gzip').end('no gzip')
    if (request.url === '/cut') return reply.writeHead(200, { 'content-length': '100' }).write('half', () => reply.destroy())
    reply.writeHead(500).end('{}')
  })
  assert.deepEqual(await ask(`${url}/odd`), { ok: false, status: 200, fault: 'encoding' })
  assert.deepEqual(await ask(`${url}/broken`), { ok: false, status: 200, fault: 'encoding' })
  assert.deepEqual(await ask(`${url}/cut`), { ok: false, status: 200, fault: 'network' })
  assert.deepEqual(await ask(`${url}/other`), { ok: false, status: 500, fault: 'status' })
})
