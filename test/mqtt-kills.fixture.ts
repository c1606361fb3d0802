/** Run by mqtt-kills.test.ts as another process: `<platform url> <secret key> <tenant> <clock in epoch ms>`. Listens to the company's broker until it is killed. */
import process from 'node:process'
import { createIngest } from '../src/plant/ingest/index.ts'
import { createPlants } from '../src/plant/model/index.ts'
import { createSupervisor } from '../src/plant/mqtt/index.ts'
import { openDatabase } from '../src/platform/db/index.ts'
import { createRoutines } from '../src/platform/jobs/index.ts'
import { silentLog } from '../src/platform/log/index.ts'
import { createSecrets } from '../src/platform/secrets/index.ts'

const [, , platformUrl = '', secretKey = '', , startMs] = process.argv
const { db } = await openDatabase(platformUrl)
const startedMs = performance.now()
const clock = { nowMs: () => Number(startMs) + Math.round(performance.now() - startedMs) }
const log = silentLog()
const secrets = createSecrets(secretKey)
const plants = createPlants({ db, secrets, log, clock })
const ingest = createIngest({ db, plants, clock, log, abandonedMs: 1_000 })
const supervisor = createSupervisor(
  { db, secrets, clock, ingest, log, guard: { openNetworks: ['127.0.0.0/8'] } },
  { everyMs: 50, leaseMs: 100 },
)
createRoutines({ log }, [supervisor]).start()
process.on('disconnect', () => process.exit(0))
process.send?.('ready')
