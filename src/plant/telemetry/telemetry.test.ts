import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { makeEditablePlantDatabase } from '../../../test/harness/editable-plant.ts'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { startTestServer } from '../../../test/harness/server.ts'
import { smallPlant } from '../../../test/harness/small-plant.ts'
import { openPlantKysely } from '../../platform/db/index.ts'
import { zoneOf } from '../../platform/time/index.ts'
import type { PlantModel } from '../model/index.ts'
import { chartSvg } from './chart.ts'
import { hasTelemetry, readTelemetry } from './read.ts'
import { isStale, moodOfHeat, moodOfLoad, type Sample, thinned } from './telemetry.ts'

const nowMs = Date.UTC(2026, 9, 14, 15, 0, 0)
const at = (minutesAgo: number) => new Date(nowMs - minutesAgo * 60_000).toISOString().slice(0, 19).replace('T', ' ')
const zone = zoneOf('America/Bogota')
const model = {
  lines: [{ lineName: 'Envasado', areas: [{ areaId: 1, areaName: 'Entrada' }] }],
} as unknown as PlantModel

const sampleRow = (minutesAgo: number, cpu: number) => ({
  created_at: at(minutesAgo),
  cpu_usage: cpu,
  cpu_freq: 3_600,
  ram_usage: 41.5,
  ram_used_bytes: 13_000_000_000,
  cpu_temp: 61_000,
  cpu_temp_sensor: 0,
  gpu_name: 'RTX 3060',
  gpu_temp: 72.25,
  gpu_usage: 88,
  gpu_mem_used_bytes: 6_000_000_000,
  gpu_mem_total_bytes: 12_000_000_000,
})

forEachEngine(
  'PL-96 the box of a plant: newest figures, a day of them thinned, camera events and areas; tables that are missing are nothing',
  async (engine, t) => {
    const opened = await openPlantKysely(await makeEditablePlantDatabase(engine, t))
    t.after(() => opened.close())
    const { kysely } = opened
    const db = { tenantId: 1, engine: opened.engine, kysely }
    assert.equal(await hasTelemetry(db), false)
    // a row each minute for 30 hours
    const rows = Array.from({ length: 1_800 }, (_, n) => sampleRow(1_799 - n, n % 100))
    for (let from = 0; from < rows.length; from += 300)
      await kysely
        .insertInto('system_monitor')
        .values(rows.slice(from, from + 300))
        .execute()
    const event = { camera_id: 7, reason: 'gpu > 95 %', action: 'pausa', gpu_usage_percent: 96.5 }
    await kysely
      .insertInto('camera_control_event')
      .values({ ...event, created_at: nowMs / 1_000 - 60 })
      .execute()
    await kysely
      .insertInto('camera_area')
      .values([
        { camara_id: 8, area_id: 2, status: 0 },
        { camara_id: 7, area_id: 1, status: 1 },
      ])
      .execute()
    assert.equal(await hasTelemetry(db), true)

    const { newest, history, events, cameras } = await readTelemetry(db, model, zone, nowMs)
    assert.equal(newest?.atMs, nowMs)
    assert.deepEqual(
      [newest?.cpu, newest?.gpu, newest?.ram, newest?.cpuTemp, newest?.gpuTemp, newest?.gpuName],
      [99, 88, 41.5, 61, 72.25, 'RTX 3060'],
    )
    assert.ok(history.length > 200 && history.length <= 240, String(history.length))
    assert.equal(history.at(-1)?.atMs, nowMs)
    assert.ok((history[0]?.atMs ?? 0) > nowMs - 86_400_000 && (history[0]?.atMs ?? 0) < nowMs - 80_000_000)
    assert.deepEqual(events, [{ atMs: nowMs - 60_000, cameraId: 7, action: 'pausa', reason: 'gpu > 95 %', gpu: 96.5 }])
    assert.deepEqual(
      cameras?.map(({ cameraId, areaName, lineName, isActive }) => [cameraId, areaName, lineName, isActive]),
      [
        [7, 'Entrada', 'Envasado', true],
        [8, null, null, false],
      ],
    )
    assert.deepEqual([isStale({ newest }, nowMs + 60_000), isStale({ newest }, nowMs + 3_600_000)], [false, true])

    for (const table of ['system_monitor', 'camera_control_event', 'camera_area']) await sql`drop table ${sql.table(table)}`.execute(kysely)
    assert.deepEqual(await readTelemetry(db, model, zone, nowMs), {
      newest: null,
      history: [],
      hasMonitor: false,
      events: null,
      cameras: null,
    })
    assert.equal(await hasTelemetry(db), false)
  },
)

test('PL-96 the page and the API of the box; the system page leads there only when it tells something', async (t) => {
  const server = await startTestServer({ nowMs }, t)
  const { slug, username, password, plantUrl } = await smallPlant(server, 'sqlite', 'CANARIO', 20)
  const client = server.newClient()
  await client.signIn(username, password)
  const page = async (path: string) => {
    const answer = await client.fetch(`/t/${slug}/${path}`, { headers: { accept: 'text/html' } })
    assert.equal(answer.status, 200, path)
    return answer.text()
  }
  assert.match(await page('system/box'), /no tiene datos del equipo de visión/)
  assert.doesNotMatch(await page('system'), /system\/box/)
  const opened = await openPlantKysely(plantUrl)
  await opened.kysely
    .insertInto('system_monitor')
    .values([sampleRow(90, 20), sampleRow(30, 97)])
    .execute()
  await opened.kysely
    .insertInto('camera_control_event')
    .values({ camera_id: 1, reason: '<img src=x onerror=alert(1)>', action: 'on', gpu_usage_percent: 1, created_at: 1 })
    .execute()
  await opened.close()
  assert.match(await page('system'), /system\/box/)
  const box = await page('system/box')
  assert.match(box, /El equipo no informa desde el/)
  assert.match(box, /97,0/)
  assert.match(box, /Crítica/)
  assert.match(box, /data:image\/svg\+xml;base64,/)
  assert.doesNotMatch(box, /<img src=x/)
  const { status, body } = await client.json('/api/v1/system/telemetry')
  const { newest, history } = body as { newest: Record<string, unknown>; history: unknown[] }
  assert.deepEqual([status, newest.cpu_percent, newest.cpu_celsius, newest.is_stale, history.length], [200, 97, 61, true, 2])
})

test('PL-96 a gap in the measurements is a gap in the line; labels cannot leave their place', () => {
  const sample = (minute: number, cpu: number | null): Sample => ({
    atMs: minute * 60_000,
    cpu,
    gpu: null,
    ram: null,
    cpuTemp: null,
    gpuTemp: null,
  })
  const curve = { label: '<b>"CPU"', colour: '#fff', value: ({ cpu }: Sample) => cpu }
  const samples = [...Array.from({ length: 30 }, (_, n) => sample(n, 50)), ...Array.from({ length: 30 }, (_, n) => sample(n + 600, 150))]
  const svg = chartSvg([...samples, sample(640, null)], [curve], { max: 100, unit: ' %', timeOf: () => '10:00' })
  assert.equal(svg.match(/M\d/g)?.length, 2)
  assert.doesNotMatch(svg, /<b>|NaN/)
})

test('PL-96 what is high is said before it hurts', () => {
  assert.deepEqual([84, 85, 95].map(moodOfLoad), ['ok', 'warn', 'danger'])
  assert.deepEqual([74, 75, 85].map(moodOfHeat), ['ok', 'warn', 'danger'])
  assert.deepEqual(thinned([1, 2, 3, 4, 5, 6, 7], 4), [1, 3, 5, 7])
})
