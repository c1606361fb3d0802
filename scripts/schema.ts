/** Writes `schema/` anew: SQL per engine that answers here, OpenAPI, route list. The test that compares them does the writing. */
import { spawnSync } from 'node:child_process'
import path from 'node:path'

const root = path.join(import.meta.dirname, '..')
const { status } = spawnSync(process.execPath, ['--test', '--test-isolation=none', 'test/schema.test.ts'], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, ANDON_UPDATE_SCHEMA: '1' },
})
process.exitCode = status ?? 1
