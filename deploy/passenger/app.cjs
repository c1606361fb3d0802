'use strict'
/* Startup file for Phusion Passenger and cPanel ("Setup Node.js App"), which call it with `require` and give the server its socket.
 * Application root: the folder of Andon. Startup file: deploy/passenger/app.cjs. Node: 24 or newer.
 * Settings come from the panel, or from the file that ANDON_ENV_FILE names (the same one that cron reads).
 * Background work is done by cron (deploy/cron/andon.cron): Passenger stops processes that nobody asks anything. */
const { existsSync } = require('node:fs')
const path = require('node:path')

const root = path.join(__dirname, '../..')

if (Number(process.versions.node.split('.')[0]) < 24)
  throw new Error(`Andon needs Node.js 24 or newer, and this is ${process.versions.node}: choose it in the panel and start again`)
if (!existsSync(path.join(root, 'node_modules', 'fastify')))
  throw new Error(`Andon is not installed in ${root}: run "npm ci --omit=dev" there (in the panel: "Run NPM Install")`)
if (!existsSync(path.join(root, 'dist', 'manifest.json')))
  throw new Error(`The browser files are not built: run "node scripts/build.ts" in ${root}`)

if (process.env.ANDON_ENV_FILE) process.loadEnvFile(process.env.ANDON_ENV_FILE)
// Passenger and LiteSpeed lend a socket; what they write into PORT is none.
if (!/^\d+$/.test(process.env.PORT ?? '')) delete process.env.PORT
// The web server in front is the one proxy that names the client.
process.env.TRUST_PROXY_HOPS ||= '1'
process.chdir(root)
process.argv.splice(2, Number.POSITIVE_INFINITY, 'serve', '--no-with-worker')
import('../../src/main.ts').catch((error) => {
  console.error(error)
  process.exit(1)
})
