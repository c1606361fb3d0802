import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { type TestContext, test } from 'node:test'
import { Type } from 'typebox'
import { createLog } from '../log/index.ts'
import { publicOnly } from './access.ts'
import { createMetrics, requireUpload, route } from './index.ts'
import { buildServer } from './server.ts'

const png = Buffer.from([0x89, ...Buffer.from('PNG\r\n'), 0x1a, 0x0a, 0, 0, 0, 0, 0, 0, 0, 0])

/** A server whose temporary files are in a folder of the test's own. */
async function start(t: TestContext) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'andon-test-upload-'))
  const { TMPDIR } = process.env
  process.env.TMPDIR = folder
  const lines: string[] = []
  const app = await buildServer({
    settings: {
      ...{ basePath: '', isSecure: false, trustProxyHops: 0, allowedOrigins: [], metricsToken: '' },
      ...{ rateLimitPerMinute: 1_000, tenantRateLimitPerMinute: 1_000, overloadDelayMs: 60_000, overloadRequests: 1_000 },
    },
    app: { name: 'Andon', version: '0.0.0' },
    log: createLog('error', { write: (line) => lines.push(line) }),
    clock: { nowMs: () => 0 },
    policy: publicOnly,
    readiness: async () => ({}),
    metrics: createMetrics({ withProcess: false }),
    distDir: '/nonexistent',
  })
  t.after(async () => {
    await app.close()
    if (TMPDIR === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = TMPDIR
    rmSync(folder, { recursive: true, force: true })
  })
  route(app, {
    ...{ method: 'POST', url: '/picture', access: 'public', summary: 'x', tags: [] },
    upload: { maxBytes: 2 ** 20, accepts: ['image/png'] },
    reply: { 200: Type.Object({ isThere: Type.Boolean() }) },
    handler: ({ request }) => ({ isThere: readFileSync(requireUpload(request).path).equals(png) }),
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const send = () => {
    const form = new FormData()
    form.set('file', new File([png], 'a.png'))
    return fetch(`${url}/picture`, { method: 'POST', body: form })
  }
  return { app, url, folder, lines, send }
}

const isEmpty = async (folder: string): Promise<void> => {
  while (readdirSync(folder).length > 0) await new Promise(setImmediate)
}

test('an upload is there until the answer, and leaves nothing; nor does one that breaks off', { timeout: 60_000 }, async (t) => {
  const { app, url, folder, send } = await start(t)
  assert.deepEqual(await (await send()).json(), { isThere: true })
  await isEmpty(folder)
  const begun = once(app.server, 'request')
  const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {})
  const head = 'POST /picture HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 9000\r\n\r\n'
  socket.write(`${head}--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\nabc`)
  await begun
  while (readdirSync(folder).length === 0) await new Promise(setImmediate)
  socket.destroy()
  await isEmpty(folder)
})

test('what another account has in the folder of temporary files keeps no upload out', async (t) => {
  const { folder, send } = await start(t)
  writeFileSync(path.join(folder, 'andon-uploads'), 'not ours')
  assert.equal((await send()).status, 200)
})

test('a folder of temporary files that cannot be written is our fault, and is in the log', async (t) => {
  const { folder, lines, send } = await start(t)
  rmSync(folder, { recursive: true })
  const response = await send()
  assert.deepEqual([response.status, ((await response.json()) as { code: string }).code], [500, 'internal_error'])
  assert.match(lines.join(), /ENOENT.*"event":"internal_error"/)
})
