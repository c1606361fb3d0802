/** Run by ingest-kills.test.ts as another process: `<platform url> <secret key> <tenant> <clock in epoch ms>`. Takes batches from its parent
 *  and says of each when it is accepted. */
import process from 'node:process'
import { createIngest } from '../src/plant/ingest/index.ts'
import { createPlants } from '../src/plant/model/index.ts'
import { openDatabase } from '../src/platform/db/index.ts'
import { silentLog } from '../src/platform/log/index.ts'
import { createSecrets } from '../src/platform/secrets/index.ts'

const [, , platformUrl = '', secretKey = '', tenant, startMs] = process.argv
const { db } = await openDatabase(platformUrl)
const startedMs = performance.now()
const clock = { nowMs: () => Number(startMs) + Math.round(performance.now() - startedMs) }
const log = silentLog()
const plants = createPlants({ db, secrets: createSecrets(secretKey), log, clock })
const ingest = createIngest({ db, plants, clock, log, abandonedMs: 1_000 })

export type Sent = { readonly key: string; readonly rows: readonly unknown[] }
export type Told = { readonly key: string; readonly accepted: number } | { readonly key: string; readonly error: string }

process.on('message', ({ key, rows }: Sent) => {
  ingest.accept(Number(tenant), { batchKey: key, rows, source: 'http' }).then(
    ({ accepted }) => process.send?.({ key, accepted } satisfies Told),
    (error: unknown) => process.send?.({ key, error: String((error as { code?: string }).code ?? error) } satisfies Told),
  )
})
process.on('disconnect', () => process.exit(0))
process.send?.('ready')
