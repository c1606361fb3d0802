/** What the newest rows of each line tell about clocks, speeds and ids: pure, over a small sample. */
import type { Text } from '../../../platform/i18n/i18n.ts'
import { formatDurationS, hourS, type LocalS, minuteS } from '../../../platform/time/index.ts'
import type { Line, PlantModel } from '../../model/index.ts'
import { bad, type Check, listed, ok } from './check.ts'
import { ratePerMinute } from './metadata.ts'

export type SampleRow = { readonly atS: LocalS; readonly areaId: number; readonly productId: number }
/** Newest rows by id, newest first. */
export type LineSample = { readonly line: Line; readonly rows: readonly SampleRow[] }

/** A camera's clock and ours may differ by this much without meaning anything. */
const toleranceS = 2 * minuteS

const newestOf = (samples: readonly LineSample[]): LocalS | null => {
  const times = samples.flatMap((sample) => sample.rows.map((row) => row.atS))
  return times.length === 0 ? null : times.reduce((newest, atS) => Math.max(newest, atS))
}

/** A newest row that is a whole number of hours away from now is most often a wrong zone, not a quiet plant. */
export function checkTimeZone(samples: readonly LineSample[], nowLocalS: LocalS, timeZone: string): Check {
  const title: Text = { es: 'Zona horaria', en: 'Time zone' }
  const newest = newestOf(samples)
  if (newest === null)
    return bad(
      'time_zone',
      'warn',
      title,
      {
        es: `No hay detecciones con que comprobar la zona ${timeZone}.`,
        en: `There are no detections to check the zone ${timeZone} with.`,
      },
      { es: 'Vuelva a verificar cuando las cámaras registren.', en: 'Verify again when the cameras record.' },
    )
  const ageS = nowLocalS - newest
  const hours = Math.round(ageS / hourS)
  const counts = { newest_age_seconds: ageS }
  if (hours !== 0 && Math.abs(hours) <= 14 && Math.abs(ageS - hours * hourS) <= toleranceS)
    return bad(
      'time_zone',
      'warn',
      title,
      {
        es: `La detección más nueva está a ${Math.abs(hours)} h justas de la hora local en ${timeZone} (${hours > 0 ? 'atrás' : 'adelante'}).`,
        en: `The newest detection is exactly ${Math.abs(hours)} h ${hours > 0 ? 'behind' : 'ahead of'} local time in ${timeZone}.`,
      },
      {
        es: 'Probablemente la zona no es la de la planta: elíjala en Planta → Ajustes (al conectar, en el paso de la zona).',
        en: "The zone is probably not the plant's: choose it in Plant → Settings (while attaching, in the step of the zone).",
      },
      { ...counts, hours },
    )
  if (ageS < -toleranceS)
    return bad(
      'time_zone',
      'warn',
      title,
      {
        es: `Hay detecciones en el futuro (${formatDurationS(-ageS)} adelante): quedan fuera de los cálculos.`,
        en: `There are detections in the future (${formatDurationS(-ageS)} ahead): they are left out of every figure.`,
      },
      { es: 'Revise el reloj de las cámaras y la zona horaria.', en: "Check the cameras' clocks and the time zone." },
      counts,
    )
  return ok(
    'time_zone',
    title,
    {
      es: `${timeZone}; la detección más nueva es de hace ${formatDurationS(Math.max(0, ageS))}.`,
      en: `${timeZone}; the newest detection is ${formatDurationS(Math.max(0, ageS))} old.`,
    },
    counts,
  )
}

/** Pieces of the counting areas per minute of running time (gaps up to the threshold), against the line's rate; null when it cannot be told. */
export function impliedPerformance({ line, rows }: LineSample, model: PlantModel): number | null {
  const rated = ratePerMinute(line, model.settings)
  const outputIds = new Set(line.areas.filter((area) => area.areaType === 'output').map((area) => area.areaId))
  const times = rows
    .filter((row) => outputIds.size === 0 || outputIds.has(row.areaId))
    .map((row) => row.atS)
    .sort((a, b) => a - b)
  let runningS = 0
  let pieces = 0
  for (const [index, atS] of times.entries()) {
    const gapS = atS - (times[index - 1] ?? atS)
    if (index === 0 || gapS > Math.max(line.downtimeThresholdS, 60)) continue
    runningS += gapS
    pieces++
  }
  return rated === null || pieces < 50 || runningS === 0 ? null : pieces / (runningS / 60) / rated
}

export function checkPerformance(samples: readonly LineSample[], model: PlantModel): Check {
  const title: Text = { es: 'Velocidad de las líneas', en: 'Speed of the lines' }
  const implied = samples.flatMap((sample) => {
    const ratio = sample.line.isActive ? impliedPerformance(sample, model) : null
    return ratio === null ? [] : [{ line: sample.line, percent: Math.round(ratio * 1000) / 10 }]
  })
  const odd = implied.filter(({ percent }) => percent > 300 || percent < 2)
  const counts = Object.fromEntries(implied.map(({ line, percent }) => [`line_${line.lineId}_percent`, percent]))
  if (odd.length === 0)
    return ok(
      'performance',
      title,
      implied.length === 0
        ? { es: 'No hay con qué comprobarla.', en: 'There is nothing to check it with.' }
        : { es: 'Es creíble.', en: 'It is plausible.' },
      counts,
    )
  const names = listed(odd.map(({ line, percent }) => `${line.lineName} ${percent} %`))
  return bad(
    'performance',
    'warn',
    title,
    {
      es: `El rendimiento que resulta no es creíble: ${names} (unidad: ${model.settings.performanceUnit}).`,
      en: `The performance that results is not plausible: ${names} (unit: ${model.settings.performanceUnit}).`,
    },
    {
      es: 'Corrija la unidad en Planta → Ajustes (al conectar, en el paso de la velocidad), o performance en production_line.',
      en: 'Correct the unit in Plant → Settings (while attaching, in the step of the speed), or performance in production_line.',
    },
    counts,
  )
}

export function checkIds(samples: readonly LineSample[], model: PlantModel): Check {
  const title: Text = { es: 'Áreas y productos de las detecciones', en: 'Areas and products of the detections' }
  const areas = new Set<number>()
  const products = new Set<number>()
  let rows = 0
  for (const { line, rows: sampled } of samples) {
    const areaIds = new Set(line.areas.map((area) => area.areaId))
    for (const row of sampled) {
      rows++
      if (!areaIds.has(row.areaId)) areas.add(row.areaId)
      if (!model.products.has(row.productId)) products.add(row.productId)
    }
  }
  const counts = { rows, unknown_areas: areas.size, unknown_products: products.size }
  if (areas.size === 0 && products.size === 0)
    return ok(
      'ids',
      title,
      { es: `Se conocen todos en las últimas ${rows} filas.`, en: `All are known in the newest ${rows} rows.` },
      counts,
    )
  return bad(
    'ids',
    'warn',
    title,
    {
      es: `Detecciones con áreas que no son de su línea (${listed([...areas]) || '—'}) o productos desconocidos (${listed([...products]) || '—'}).`,
      en: `Detections with areas that are not their line's (${listed([...areas]) || '—'}) or unknown products (${listed([...products]) || '—'}).`,
    },
    {
      es: 'Cárguelos en area y product; mientras tanto figuran como "Desconocido".',
      en: 'Add them to area and product; meanwhile they show as "Unknown".',
    },
    counts,
  )
}
