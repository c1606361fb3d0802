/** Lists of detections from outside, in one run: the first page and deep ones, by number and by cursor, against `ORDER BY … LIMIT … OFFSET` on the same
 *  server; and a file of 100,000 rows. MariaDB plant of 1 M detections, made and dropped. Fails when a page differs from what plain SQL gives. */
import { isDeepStrictEqual, parseArgs } from 'node:util'
import { sql } from 'kysely'
import { smallHostSettings } from '../scripts/small-host.mjs'
import { lineTableNames } from '../src/plant/source/index.ts'
import { formatLocal, formatLocalDate } from '../src/platform/time/index.ts'
import { dropPlant, engineOf, generatePlant, namePrefix, plantUrl, progressLine, thisHourS, usualDays, wholeNumber } from './generate.ts'
import { lines, openMeasured, timesOf } from './measures.ts'
import { benchPlan } from './plan.ts'
import { createInstallation, type Person } from './server.ts'

const { values } = parseArgs({ options: { engine: { type: 'string', default: 'mysql' }, rows: { type: 'string', default: '1000000' } } })
const engine = engineOf(values.engine)
const rowCount = wholeNumber('rows', values.rows)
const days = usualDays(rowCount)
const name = `${namePrefix}detections_${process.pid}`
const pageSize = 100
const repeats = 20

type Key = { readonly line_id: number; readonly detection_id: number; readonly detected_at: string }
type Page = { readonly data: readonly Key[]; readonly total: number; readonly next_cursor: string | null }

const table: string[] = []
const add = (measure: string, value: string): void => {
  table.push(`| ${measure} | ${value} |`)
  process.stderr.write(`  ${measure}: ${value}\n`)
}
const ms = (value: number): string => (value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`)

await generatePlant({ engine, name, rows: rowCount, days, untilS: thisHourS(Date.now()), parallel: 2 }, progressLine(name))
const installation = createInstallation(null)
const measured = await openMeasured(engine, name)
try {
  const company = await installation.attach(name, benchPlan(measured.rows / (lines.length * days)), plantUrl(engine, name))
  const people = await installation.addPeople(company.tenantId, 40)
  await installation.loadHistory(company.tenantId)
  const server = await installation.start({ MAX_EXPORT_ROWS: '100000' })
  try {
    const tokens: string[] = []
    for (const person of people) tokens.push(await server.signIn(person))
    let turn = 0
    const ask = async (body: object, url = '/api/v1/data/detections/paginated?format=raw') => {
      const answer = await server.request(url, { body, token: tokens[turn++ % tokens.length] ?? '' })
      if (answer.status !== 200) throw new Error(`${answer.status} ${answer.body.toString().slice(0, 300)}`)
      return answer
    }
    const fromS = measured.endS - days * 86_400
    for (const { scope, chosen } of [
      { scope: 'one line', chosen: lines.slice(0, 1) },
      { scope: `${lines.length} lines`, chosen: lines },
    ]) {
      const filters = {
        line_ids: chosen.map((line) => lines.indexOf(line) + 1),
        start_date: formatLocalDate(fromS),
        end_date: formatLocalDate(measured.endS - 1),
      }
      const page = async (more: object) => {
        const times: number[] = []
        let found: Page | null = null
        for (let i = 0; i < repeats; i++) {
          const answer = await ask({ filters, page_size: pageSize, ...more })
          times.push(answer.ms)
          found = JSON.parse(answer.body.toString()) as Page
        }
        return { found: found as Page, ...timesOf(times) }
      }
      /** The obvious statement, all lines in one. */
      const plain = async (offset: number) => {
        const parts = chosen.map((line) => {
          const window = sql`detected_at >= ${formatLocal(fromS)} and detected_at < ${formatLocal(measured.endS)}`
          return sql`select ${sql.lit(lines.indexOf(line) + 1)} as line_id, detection_id, cast(detected_at as char(19)) as detected_at, area_id, product_id from ${sql.id(lineTableNames(line.code).detectionTable)} where ${window}`
        })
        const query = sql<Key>`select line_id, detection_id, detected_at from (${sql.join(parts, sql` union all `)}) as rows_of order by detected_at, detection_id, line_id limit ${sql.lit(pageSize)} offset ${sql.lit(offset)}`
        const times: number[] = []
        let rows: readonly Key[] = []
        for (let i = 0; i < 3; i++) {
          const startedMs = performance.now()
          rows = (await query.execute(measured.plant.kysely)).rows
          times.push(performance.now() - startedMs)
        }
        return { keys: rows.map(({ line_id, detection_id }) => `${line_id}/${detection_id}`), ms: timesOf(times).p50Ms }
      }
      const same = (what: string, ours: Page, theirs: readonly string[]): void => {
        const keys = ours.data.map(({ line_id, detection_id }) => `${line_id}/${detection_id}`)
        if (!isDeepStrictEqual(keys, theirs))
          throw new Error(`${what}: ${keys.slice(0, 3).join(' ')} … ≠ ${theirs.slice(0, 3).join(' ')} …`)
      }
      const first = await page({ page: 1 })
      const { total } = first.found
      const deepNumber = Math.floor((0.9 * total) / pageSize)
      const deep = await page({ page: deepNumber })
      const before = await page({ page: deepNumber - 1 })
      const byCursor = await page({ cursor: before.found.next_cursor })
      const [plainFirst, plainDeep] = [await plain(0), await plain((deepNumber - 1) * pageSize)]
      same('first page', first.found, plainFirst.keys)
      same('deep page', deep.found, plainDeep.keys)
      same('deep page by cursor', byCursor.found, plainDeep.keys)
      const of = `${scope}, ${days} days, ${total.toLocaleString('en')} rows`
      const against = (own: number, theirs: number): string => `p50 ${ms(own)}; OFFSET ${ms(theirs)}: ${(theirs / own).toFixed(0)}×`
      add(`first page of ${pageSize}, ${of}`, against(first.p50Ms, plainFirst.ms))
      add(
        `page ${deepNumber.toLocaleString('en')} by cursor, ${of}`,
        `${against(byCursor.p50Ms, plainDeep.ms)} (${(byCursor.p50Ms / first.p50Ms).toFixed(1)}× the first page)`,
      )
      add(
        `page ${deepNumber.toLocaleString('en')} by number, ${of}`,
        `${against(deep.p50Ms, plainDeep.ms)} (${(deep.p50Ms / first.p50Ms).toFixed(1)}× the first page)`,
      )
      if (scope === 'one line')
        for (const format of ['csv', 'xlsx']) {
          const rssBefore = server.memory().rssBytes
          const file = await ask({ filters: { ...filters } }, `/api/v1/data/detections/export?format=${format}`)
          const { rssBytes } = server.memory()
          add(
            `${format} file of ${total.toLocaleString('en')} rows`,
            `${ms(file.ms)}, ${Math.round(total / (file.ms / 1_000)).toLocaleString('en')} rows/s, ${(file.body.length / 2 ** 20).toFixed(1)} MB; memory ${Math.round(rssBefore / 2 ** 20)} → ${Math.round(rssBytes / 2 ** 20)} MB`,
          )
        }
    }
  } finally {
    await server.stop()
  }
  const limits = smallHostSettings(256 * 2 ** 20, {})
  const small = await installation.start({
    MEMORY_LIMIT_MB: '256',
    PLANT_POOL_SIZE: '2',
    DATABASE_POOL_SIZE: '2',
    ...limits?.env,
    NODE_OPTIONS: limits?.flags.join(' ') ?? '',
  })
  try {
    const token = await small.signIn(people[0] as Person)
    const before = small.memory()
    for (const format of ['csv', 'xlsx']) {
      const {
        status,
        ms: tookMs,
        body,
      } = await small.request(`/api/v1/data/detections/export?format=${format}`, {
        body: { line_id: 1, start_date: formatLocalDate(measured.endS - days * 86_400), end_date: formatLocalDate(measured.endS - 1) },
        token,
      })
      if (status !== 200) throw new Error(`${status} ${body.toString().slice(0, 300)}`)
      add(
        `${format} file with the limits of a 256 MB host`,
        `${ms(tookMs)}; most memory ${Math.round(small.memory().peakBytes / 2 ** 20)} MB (signed in ${Math.round(before.peakBytes / 2 ** 20)} MB)`,
      )
    }
  } finally {
    await small.stop()
  }
} finally {
  await measured.plant.close()
  installation.remove()
  await dropPlant(engine, name)
}
console.log(`\n${engine}, Node ${process.version}\n\n| measure | measured |\n|---|---|\n${table.join('\n')}`)
