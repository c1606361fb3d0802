/** What docs/operations.md and deploy/ say is so: files, commands, options, schedules; and the entry for Passenger starts as Passenger starts it. */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { parse as parseYaml } from 'yaml'
import { runCli } from '../src/cli/index.ts'

const root = path.join(import.meta.dirname, '..')
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8')
const manual = read('docs/operations.md')

async function help(...command: readonly string[]): Promise<string> {
  let text = ''
  const out = {
    write: (chunk: string) => {
      text += chunk
    },
  }
  await runCli([...command, '--help'], {}, { out, err: out })
  return text
}
const commandsIn = (text: string): string[] =>
  [...(text.split('Commands:\n')[1] ?? '').matchAll(/^ {2}([a-z][\w-]*)/gm)].map(([, name = '']) => name).filter((name) => name !== 'help')

/** `backup --prune` → every word and option is one of the command line's. */
async function demandCommand(line: string): Promise<void> {
  const words = line.trim().split(/\s+/)
  const names: string[] = []
  let text = await help()
  for (const word of words) {
    if (!commandsIn(text).includes(word)) break
    names.push(word)
    text = await help(...names)
  }
  assert.ok(names.length > 0, `andon ${line}: no such command`)
  for (const option of words.filter((word) => word.startsWith('--')))
    assert.match(text, new RegExp(`${option}\\b`), `andon ${line}: no option ${option}`)
}

test('PL-97 every command is in the manual, and every command of the manual exists, with a dry run where it says so', async () => {
  const rows = [...(manual.split('## Commands')[1] ?? '').matchAll(/^\| (`.+?) \| .+? \| (✓?) ?\|$/gm)]
  const told = rows.flatMap(([, names = '', dry = '']) =>
    [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => ({ name, isDry: dry !== '' })),
  )
  for (const { name, isDry } of told) {
    await demandCommand(name)
    const text = await help(...name.split(' ').filter((word) => !['up', 'down', 'status'].includes(word)))
    if (isDry) assert.match(text, /--dry-run/, name)
  }
  const names = new Set(told.map(({ name }) => name.split(' ')[0]))
  assert.deepEqual(
    commandsIn(await help()).filter((name) => !names.has(name)),
    [],
  )
  // of the specification, whatever else there is
  const wanted =
    'seed-widget-catalog register-tenant create-user verify-client doctor test-db init-dynamic-tables ensure-partitions drop-old-partitions seed-filters init-db load-detections setup-production backup optimize-indexes monitor migrate recalculate-downtime archive'
  assert.deepEqual(
    wanted.split(' ').filter((name) => !names.has(name)),
    [],
  )
  assert.match(await help(), /doctor\|verify-dependencies/)
})

test('PL-86 PL-TODO-20 the files that the manual names exist, and every file of deploy/ is named', () => {
  const named = new Set([...manual.matchAll(/`(deploy\/[\w./-]+|Procfile)`/g)].map(([, file = '']) => file))
  for (const file of named) assert.ok(existsSync(path.join(root, file)), file)
  const there = globSync('deploy/**/*.*', { cwd: root }).filter((file) => !file.endsWith('.dockerignore'))
  assert.ok(there.length >= 9)
  assert.deepEqual(
    [...there, 'deploy/docker/Dockerfile'].filter((file) => !named.has(file)),
    [],
  )
})

test('PL-86 cron lines, units, Procfile and Compose call commands that exist; the table of cron is the file', async () => {
  const called = [
    ...[...read('deploy/cron/andon.cron').matchAll(/\$ANDON ([^>\n]+?)(?: >\/dev\/null)?$/gm)].map(([, line = '']) => line),
    ...globSync('deploy/systemd/*.service', { cwd: root }).flatMap((file) =>
      [...read(file).matchAll(/^ExecStart=\/opt\/andon\/bin\/andon (.+)$/gm)].map(([, line = '']) => line),
    ),
    ...[...read('Procfile').matchAll(/bin\/andon (.+)$/gm)].map(([, line = '']) => line),
  ]
  assert.ok(called.length >= 13, String(called.length))
  const compose = parseYaml(read('deploy/docker/compose.yaml'), { merge: true }) as { services: Record<string, { command?: string[] }> }
  for (const { command } of Object.values(compose.services)) if (command) called.push(command.join(' '))
  for (const line of new Set(called)) await demandCommand(line)
  const table = (manual.split('## By cron')[1] ?? '').split('\n## ')[0] ?? ''
  const inTable = [...table.matchAll(/^\| [^|]+ \| `andon ([^`]+)`/gm)].map(([, line]) => line)
  const inFile = [...read('deploy/cron/andon.cron').matchAll(/\$ANDON ([^>\n]+?)(?: >\/dev\/null)?$/gm)].map(([, line]) => line)
  assert.deepEqual(inTable, inFile)
})

test('PL-86 systemd understands the units', (t) => {
  const files = globSync('deploy/systemd/*', { cwd: root })
  for (const file of files)
    for (const line of read(file).split('\n')) assert.match(line, /^(#.*|\[[A-Z]\w+\]|[A-Z]\w+=.*|)$/, `${file}: ${line}`)
  if (spawnSync('systemd-analyze', ['--version']).status !== 0) return t.skip('no systemd-analyze here')
  // The program is not at its place here: any file that can be run stands for it.
  const folder = mkdtempSync(path.join(os.tmpdir(), 'andon-units-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  for (const file of files)
    writeFileSync(path.join(folder, path.basename(file)), read(file).replace(/^ExecStart=\S+/m, 'ExecStart=/bin/true'))
  const units = files.map((file) => path.join(folder, path.basename(file)))
  const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...units], { encoding: 'utf8' })
  const ours = stderr.split('\n').filter((line) => line.includes('andon-'))
  assert.deepEqual([status, ours], [0, []], stderr)
})

test('PL-86 PL-TODO-20 the entry for Passenger serves a socket below a path, and ends when told to', async (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'andon-passenger-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const socketPath = path.join(folder, 'passenger.sock')
  // As Passenger's own loader: whatever the program wants to listen on, it gets this socket.
  const loader = path.join(folder, 'loader.cjs')
  writeFileSync(
    loader,
    `const net = require('node:net'); const listen = net.Server.prototype.listen
     net.Server.prototype.listen = function (...given) { const done = given.findLast((one) => typeof one === 'function'); return listen.call(this, ${JSON.stringify(socketPath)}, done) }
     require(${JSON.stringify(path.join(root, 'deploy/passenger/app.cjs'))})`,
  )
  const settings = path.join(folder, 'andon.env')
  writeFileSync(
    settings,
    `DATA_DIR=${folder}/data\nPUBLIC_URL=https://example.com/andon\nSECRET_KEY=${'k'.repeat(20)}-1-passenger-test-key\nAPP_ENV=test\nLOG_LEVEL=info\n`,
  )
  const env = { PATH: process.env.PATH ?? '', HOME: folder, ANDON_ENV_FILE: settings, PORT: 'passenger' }
  const child = spawn(process.execPath, [loader], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve))
  t.after(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const listening = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output += String(chunk)
        if (output.includes('"event":"listening"')) resolve()
      })
    void ended.then(() => reject(new Error(output)))
  })
  await listening
  const get = (url: string) =>
    new Promise<{ readonly status: number; readonly body: string }>((resolve, reject) => {
      http
        .get({ socketPath, path: url, headers: { host: 'example.com', accept: 'text/html', 'x-forwarded-proto': 'https' } }, (answer) => {
          let body = ''
          answer.setEncoding('utf8').on('data', (chunk: string) => {
            body += chunk
          })
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }))
        })
        .on('error', reject)
    })
  assert.equal((await get('/andon/ready')).status, 200, output)
  const page = await get('/andon/login')
  assert.equal(page.status, 200, output)
  const script = /src="(\/andon\/[^"]+\.js)"/.exec(page.body)?.[1]
  assert.ok(script, 'scripts are below the path')
  assert.equal((await get(script)).status, 200)
  child.kill('SIGTERM')
  assert.equal(await ended, 0, output)
})
