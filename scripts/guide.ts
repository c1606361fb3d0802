/** The pictures of the user guide: `npm run guide [-- --only es]` walks docs/guide.es.md in a browser, from a company without plant to its exported
 *  configuration, and writes docs/guide/*.png. Needs MariaDB (ANDON_TEST_MARIADB_URL) and Chromium; what it makes is gone at the end. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { type Browser, chromium } from 'playwright-core'
import sharp from 'sharp'
import { buildApp } from '../src/app.ts'
import { createContext, rootDir } from '../src/context.ts'
import { createTenantWithAdmin } from '../src/identity/index.ts'
import { migrations } from '../src/migrations/index.ts'
import { readConfig } from '../src/platform/config/index.ts'
import { migrateUp } from '../src/platform/db/index.ts'
import { closeServer } from '../src/platform/http/index.ts'
import { createLog } from '../src/platform/log/index.ts'
import { buildAssets } from './build.ts'
import { makeGuidePlant } from './guide-plant.ts'
import { type Language, walk } from './guide-walk.ts'

/** A Wednesday at 15:20 in Bogotá: each run shows the same days. */
const nowMs = Date.UTC(2026, 9, 21, 20, 20)
const out = path.join(rootDir, 'docs/guide')
const person = { username: 'ana', email: 'ana@example.com', password: 'Segura123!' }
/** Colours of a picture: text on plain ground stays as sharp as it was. */
const colours = 128

async function picture(file: string, png: Buffer): Promise<void> {
  const small = await sharp(png).png({ palette: true, colours, compressionLevel: 9, effort: 10 }).toBuffer()
  await writeFile(path.join(out, file), small)
  process.stdout.write(`docs/guide/${file} ${Math.round(small.length / 1_000)} KB\n`)
}

/** One language: a server, a platform database and a plant of its own. */
async function take(browser: Browser, language: Language): Promise<void> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'andon-guide-'))
  const plant = await makeGuidePlant(nowMs)
  const env = {
    APP_ENV: 'test',
    SECRET_KEY: 'guide-secret-key-of-at-least-32-bytes',
    PLANT_NETWORKS: '127.0.0.0/8',
    DATA_DIR: dataDir,
    DATABASE_URL: `sqlite:${path.join(dataDir, 'andon.sqlite')}`,
  }
  try {
    const ctx = await createContext(readConfig(env), { clock: { nowMs: () => nowMs }, log: createLog('error') })
    await migrateUp(ctx.db, migrations)
    const app = await buildApp(ctx)
    try {
      const url = await app.listen({ host: '127.0.0.1', port: 0 })
      const made = await createTenantWithAdmin(ctx.db, ctx, { companyName: 'Panificadora Norte', ...person, config: {} })
      await walk({
        browser,
        language,
        url,
        nowMs,
        plant,
        ...person,
        slug: made.slug,
        keep: (name, png) => picture(`${name}.${language}.png`, png),
      })
    } finally {
      await closeServer(app, 500)
      await ctx.close()
    }
  } finally {
    await plant.drop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

const { values } = parseArgs({ options: { only: { type: 'string' } } })
await buildAssets()
await mkdir(out, { recursive: true })
for (const language of ['es', 'en'] as const) {
  if ((values.only ?? language) !== language) continue
  // date fields are in the language of the browser, not of the page: English where Chromium has no other (Debian: chromium-l10n)
  const spoken = language === 'es' ? 'es-419' : 'en-GB'
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox', `--lang=${spoken}`],
    env: { ...process.env, LANGUAGE: spoken },
  })
  try {
    await take(browser, language)
  } finally {
    await browser.close()
  }
}
