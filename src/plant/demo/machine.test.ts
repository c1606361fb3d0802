import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dayS, isoWeekdayOfDay as isoWeekday } from '../../platform/time/index.ts'
import { demoPlans, plantaDemo, plantaSur } from './company-plans.ts'
import { type LineDay, produceDay } from './machine.ts'
import type { LinePlan, PlantPlan } from './plant-plan.ts'
import { productionOf } from './production.ts'
import { outageOf, workdayBefore } from './troubles.ts'

// Saturday 2026-11-21, days since 1970.
const newestDay = 20_778
const anchor = { seed: 'test', newestDay }
const days = (plan: PlantPlan) => Array.from({ length: plan.historyDays }, (_, at) => newestDay - plan.historyDays + at)
const areaOf = (line: LinePlan, type: string) => line.areas.find((area) => area.type === type)?.areaId
const quarter = new Map<string, LineDay[]>()
for (const plan of demoPlans)
  for (const line of plan.lines)
    quarter.set(
      `${plan.key}/${line.lineId}`,
      days(plan).map((day) => produceDay(plan, line, day, anchor)),
    )
const historyOf = (plan: PlantPlan, line: LinePlan): LineDay[] => quarter.get(`${plan.key}/${line.lineId}`) ?? []

test('the same seed gives the same day, another seed another day', () => {
  const [line] = plantaDemo.lines
  assert.ok(line)
  assert.deepEqual(produceDay(plantaDemo, line, newestDay - 1, anchor), historyOf(plantaDemo, line).at(-1))
  assert.notDeepEqual(produceDay(plantaDemo, line, newestDay - 1, { ...anchor, seed: 'other' }), historyOf(plantaDemo, line).at(-1))
})

test('weekdays are counted from Monday', () => {
  assert.equal(isoWeekday(newestDay), 6)
  assert.equal(workdayBefore(newestDay), newestDay - 1)
})

test('the demo company delivers about a million and a half rows in its history', () => {
  const rows = plantaDemo.lines.flatMap((line) => historyOf(plantaDemo, line)).reduce((sum, { pieces }) => sum + pieces.length, 0)
  assert.ok(rows > 1_400_000 && rows < 1_700_000, String(rows))
})

test('nights and weekends are quieter than weekday mornings', () => {
  const [line] = plantaDemo.lines
  assert.ok(line)
  const ratePerHour = (isAsked: (isoDay: number, hour: number) => boolean): number => {
    let rows = 0
    for (const [at, { pieces }] of historyOf(plantaDemo, line).entries()) {
      const day = days(plantaDemo)[at] ?? 0
      rows += pieces.filter(({ detectedS }) => isAsked(isoWeekday(day), Math.floor(detectedS / 3600 - day * 24))).length
    }
    const week = Array.from({ length: 7 * 24 }, (_, at) => isAsked(1 + Math.floor(at / 24), 6 + (at % 24)))
    return rows / week.filter(Boolean).length
  }
  const morning = ratePerHour((isoDay, hour) => isoDay < 6 && hour < 14)
  assert.ok(morning > 1.03 * ratePerHour((isoDay, hour) => isoDay < 6 && hour >= 22))
  assert.ok(morning > 1.03 * ratePerHour((isoDay) => isoDay > 5))
})

for (const plan of demoPlans)
  for (const line of plan.lines)
    test(`${plan.companyName}, ${line.name}: a plant manager would believe the figures`, () => {
      const history = historyOf(plan, line)
      const outputId = areaOf(line, 'output')
      const outputs = history.map(({ pieces }) => pieces.filter(({ areaId }) => areaId === outputId))
      const good = outputs.flat().length
      const inputOrScrap = areaOf(line, 'discard') ?? areaOf(line, 'input')
      const other = history.flatMap(({ pieces }) => pieces.filter(({ areaId }) => areaId === inputOrScrap)).length
      const quality = areaOf(line, 'discard') === undefined ? good / other : good / (good + other)
      assert.ok(quality > 0.97 && quality < 0.995, `quality ${quality}`)
      const workDays = history.filter(({ pieces }) => pieces.length > 0)
      const stopsPerDay = workDays.reduce((sum, { stops }) => sum + stops.length, 0) / workDays.length
      assert.ok(stopsPerDay > 4 && stopsPerDay < 40, `stops ${stopsPerDay}`)
      const ideal = (productId: number) => 3600 / (plan.products.find((product) => product.productId === productId)?.standardPerHour ?? 0)
      for (const [at, pieces] of outputs.entries()) {
        const running = pieces.slice(1).map(({ detectedS }, before) => detectedS - (pieces[before]?.detectedS ?? 0))
        const actualS = running.filter((gapS) => gapS <= line.thresholdS).reduce((sum, gapS) => sum + gapS, 0)
        const idealS = pieces.reduce((sum, { productId }) => sum + ideal(productId), 0)
        if (pieces.length > 100) assert.ok(idealS / actualS < 1, `day ${at} performance ${idealS / actualS}`)
      }
    })

test('recorded stops are silent: no piece leaves the line while it is written down as stopped', () => {
  for (const plan of demoPlans)
    for (const line of plan.lines)
      for (const { pieces, stops } of historyOf(plan, line)) {
        const outputS = pieces.filter(({ areaId }) => areaId === areaOf(line, 'output')).map(({ detectedS }) => detectedS)
        for (const stop of stops) {
          assert.ok(stop.endS - stop.startS > line.thresholdS)
          assert.equal(
            outputS.find((second) => second > stop.startS && second < stop.endS),
            undefined,
          )
        }
      }
})

test('one camera sees nothing for hours and nobody writes a stop for it', () => {
  const outage = outageOf(plantaDemo, anchor)
  assert.ok(outage)
  const line = plantaDemo.lines.find(({ lineId }) => lineId === outage.lineId)
  assert.ok(line)
  const { pieces, stops } = produceDay(plantaDemo, line, Math.floor(outage.fromS / dayS), anchor)
  assert.equal(pieces.filter(({ detectedS }) => detectedS >= outage.fromS && detectedS < outage.toS).length, 0)
  assert.equal(stops.filter(({ startS, endS }) => endS > outage.fromS && startS < outage.toS).length, 0)
  assert.ok(pieces.length > 1_000)
  assert.equal(outageOf(plantaSur, anchor), null)
})

test('one batch arrives hours after later pieces', () => {
  const late = plantaDemo.lines.flatMap((line) =>
    historyOf(plantaDemo, line).flatMap(({ pieces }) => pieces.filter(({ detectedS, arrivedS }) => arrivedS > detectedS)),
  )
  assert.ok(late.length > 100, String(late.length))
  assert.ok(late.every(({ detectedS, arrivedS }) => arrivedS - detectedS >= 3 * 3600))
})

test('asking second by second gives the rows of asking once', () => {
  const production = productionOf(plantaDemo, anchor)
  const fromS = (newestDay - 1) * dayS + 6 * 3600 - 1800
  const atOnce = production.arrivals(fromS, fromS + 7200)
  const pieceWise = productionOf(plantaDemo, anchor)
  const collected = plantaDemo.lines.map(() => ({ pieces: [] as unknown[], stops: [] as unknown[] }))
  for (let second = 0; second < 7200; second += 1)
    for (const [at, { pieces, stops }] of pieceWise.arrivals(fromS + second, fromS + second + 1).entries()) {
      collected[at]?.pieces.push(...pieces)
      collected[at]?.stops.push(...stops)
    }
  assert.deepEqual(
    collected,
    atOnce.map(({ pieces, stops }) => ({ pieces, stops })),
  )
  assert.ok(atOnce.some(({ pieces }) => pieces.length > 0) && atOnce.some(({ stops }) => stops.length > 0))
})
