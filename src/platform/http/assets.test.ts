import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { silentLog } from '../log/index.ts'
import { fixedClock } from '../time/index.ts'
import { publicOnly } from './access.ts'
import { createMetrics } from './metrics.ts'
import { buildServer } from './server.ts'

test('files of the browser build are found by plain name, sent compressed, and kept for a year; nothing above their folder is', async (t) => {
  const distDir = mkdtempSync(path.join(os.tmpdir(), 'andon-test-dist-'))
  t.after(() => rmSync(distDir, { recursive: true, force: true }))
  writeFileSync(path.join(distDir, 'manifest.json'), '{"app.js":"app-1a2b.js"}')
  writeFileSync(path.join(distDir, 'app-1a2b.js'), '1;'.repeat(2000))
  const settings = {
    basePath: '/andon',
    isSecure: false,
    trustProxyHops: 0,
    rateLimitPerMinute: 1,
    overloadDelayMs: 60_000,
    overloadRequests: 1_000,
    tenantRateLimitPerMinute: 1,
    allowedOrigins: [],
    metricsToken: '',
  }
  const app = await buildServer({
    settings,
    distDir,
    app: { name: 'Andon', version: '0' },
    log: silentLog(),
    clock: fixedClock(0),
    policy: publicOnly,
    readiness: async () => ({}),
    metrics: createMetrics({ withProcess: false }),
  })
  t.after(() => app.close())
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const address = app.shell.assets.urlOf('app.js')
  assert.equal(address, '/andon/assets/app-1a2b.js')
  for (let n = 0; n < 3; n++) {
    const response = await fetch(url + address, { headers: { 'accept-encoding': 'br' } })
    assert.deepEqual(
      [response.status, response.headers.get('cache-control'), response.headers.get('content-encoding')],
      [200, 'public, max-age=31536000, immutable', 'br'],
    )
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
    assert.equal((await response.text()).length, 4000)
  }
  assert.equal(app.shell.assets.urlOf('gone.js'), '/andon/assets/gone.js')
  for (const name of ['gone.js', '..%2f..%2fetc%2fpasswd', '%2e%2e/package.json', '']) {
    const missing = await fetch(`${url}/andon/assets/${name}`)
    assert.equal(missing.status, 404, name)
    assert.equal(missing.headers.get('cache-control'), 'no-store', name)
    await missing.text()
  }
})
