import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { password, startWithPeople } from '../identity/people.fixture.ts'

/** The real command in a process of its own, over the server's database. */
async function setup(t: TestContext) {
  const server = await startWithPeople({ nowMs: Date.now() }, t) // the command's clock is the real one
  const run = async (args: readonly string[], { stdin = '', env = {} }: { stdin?: string; env?: Record<string, string> } = {}) => {
    const main = path.join(import.meta.dirname, '..', 'main.ts')
    const child = spawn(process.execPath, [main, 'user', ...args], {
      env: {
        PATH: process.env.PATH,
        APP_ENV: 'test',
        DATABASE_URL: server.ctx.config.database.url,
        DATA_DIR: server.ctx.config.dataDir,
        ...env,
      },
    })
    child.stdin.on('error', () => {}) // a command that asks for nothing closes it early
    child.stdin.end(stdin)
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
    return { code: child.exitCode, out, err }
  }
  const canSignIn = async (tried: string) =>
    (await server.newClient().json('/api/v1/auth/login', { username: 'ana', password: tried })).status === 200
  return { server, run, canSignIn }
}

test('ID-69 user set-password reads the password from stdin and ends all sessions', async (t) => {
  const { server, run, canSignIn } = await setup(t)
  const client = server.newClient()
  await client.signInApi('ana', password)
  const { code, out, err } = await run(['set-password', 'ANA@example.com', '--json'], { stdin: 'Mi_Contraseña_123\n' })
  assert.deepEqual([code, err], [0, ''])
  assert.deepEqual(JSON.parse(out), { user_id: server.acme.userId, username: 'ana', ended_sessions: 1 })
  assert.equal((await client.json('/api/v1/auth/me')).status, 401)
  assert.deepEqual([await canSignIn(password), await canSignIn('Mi_Contraseña_123')], [false, true])
  const rows = await server.ctx.db.kysely.selectFrom('audit_logs').select('details').where('action', '=', 'ADMIN_CLI').execute()
  assert.deepEqual(
    rows.map(({ details }) => JSON.parse(details)),
    [{ command: 'user set-password', username: 'ana' }],
  )
})

test('user set-password takes ANDON_PASSWORD, and argv with a warning', async (t) => {
  const { run, canSignIn } = await setup(t)
  assert.equal((await run(['set-password', 'ana'], { env: { ANDON_PASSWORD: 'FromEnv123!' } })).code, 0)
  assert.equal(await canSignIn('FromEnv123!'), true)
  const { code, err } = await run(['set-password', 'ana', '--password', 'FromArgv123!'])
  assert.equal(code, 0)
  assert.match(err, /Warning: a password on the command line/)
  assert.equal(await canSignIn('FromArgv123!'), true)
})

test('user set-password refuses a weak password, nobody, and silence, with a reason and exit code 1', async (t) => {
  const { run, canSignIn } = await setup(t)
  const weak = await run(['set-password', 'ana'], { stdin: 'weak' })
  assert.equal(weak.code, 1)
  assert.match(weak.err, /at least 8 characters; .*uppercase.*digit/)
  assert.match((await run(['set-password', 'nobody'], { stdin: 'NewPass456!' })).err, /There is no user nobody/)
  const silent = await run(['set-password', 'ana'])
  assert.deepEqual([silent.code, silent.err], [1, 'andon: No password: give it on stdin or in ANDON_PASSWORD\n'])
  assert.equal(await canSignIn(password), true)
})
