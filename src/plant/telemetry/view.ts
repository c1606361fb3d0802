/** The page of the vision box. */
import { defineMessages, formatInstant, formatNumber, type Language, translator } from '../../platform/i18n/index.ts'
import {
  badge,
  banner,
  card,
  emptyState,
  type Html,
  html,
  kpiFigure,
  type NavItem,
  type PageContext,
  pageHead,
  shell,
  table,
} from '../../platform/ui/index.ts'
import { asImage, type Curve, chartSvg } from './chart.ts'
import { isStale, type Mood, moodOfHeat, moodOfLoad, type Newest, type Sample, type Telemetry } from './telemetry.ts'

const messages = defineMessages({
  title: { es: 'Equipo de visión', en: 'Vision box' },
  subtitle: {
    es: 'La computadora de las cámaras: su carga, su temperatura y lo que hicieron las cámaras.',
    en: 'The computer of the cameras: how busy and how hot it is, and what the cameras did.',
  },
  none: { es: 'Esta planta no tiene datos del equipo de visión', en: 'This plant has no data of a vision box' },
  noneHint: {
    es: 'Aparecen solos cuando el equipo escribe en system_monitor o camera_control_event de la base de la planta.',
    en: 'They appear by themselves once the box writes into system_monitor or camera_control_event of the plant’s database.',
  },
  silent: {
    es: 'El equipo no informa desde el {time}. Puede estar apagado o sin red; mientras tanto tampoco llegan piezas.',
    en: 'The box has not reported since {time}. It may be off or without network; no pieces arrive meanwhile either.',
  },
  noSamples: { es: 'Todavía no hay mediciones', en: 'No measurements yet' },
  noPlant: { es: 'La planta no responde', en: 'The plant does not answer' },
  noPlantHint: {
    es: 'No se pudo leer su base de datos. Vea Sistema → Verificación.',
    en: 'Its database could not be read. See System → Verification.',
  },
  now: { es: 'Última medición', en: 'Latest measurement' },
  at: { es: 'Medido el {time}', en: 'Measured on {time}' },
  cpu: { es: 'Procesador', en: 'Processor' },
  gpu: { es: 'Gráfica', en: 'Graphics' },
  ram: { es: 'Memoria', en: 'Memory' },
  cpuTemp: { es: 'Temperatura del procesador', en: 'Processor temperature' },
  gpuTemp: { es: 'Temperatura de la gráfica', en: 'Graphics temperature' },
  ok: { es: 'Normal', en: 'Normal' },
  warn: { es: 'Alta', en: 'High' },
  danger: { es: 'Crítica', en: 'Critical' },
  unmeasured: { es: 'El equipo no lo mide', en: 'The box does not measure it' },
  used: { es: '{used} GB usados', en: '{used} GB in use' },
  usedOf: { es: '{used} de {total} GB de video', en: '{used} of {total} GB of video memory' },
  frequency: { es: '{mhz} MHz', en: '{mhz} MHz' },
  day: { es: 'Últimas 24 horas', en: 'Last 24 hours' },
  load: { es: 'Carga', en: 'Load' },
  heat: { es: 'Temperatura', en: 'Temperature' },
  range: { es: '{label} de {low} a {high} {unit}', en: '{label} from {low} to {high} {unit}' },
  events: { es: 'Qué hicieron las cámaras', en: 'What the cameras did' },
  noEvents: { es: 'Ninguna cámara fue encendida ni apagada por el equipo.', en: 'The box switched no camera on or off.' },
  time: { es: 'Momento', en: 'Time' },
  camera: { es: 'Cámara', en: 'Camera' },
  action: { es: 'Acción', en: 'Action' },
  reason: { es: 'Motivo', en: 'Reason' },
  gpuUse: { es: 'Carga de la gráfica', en: 'Graphics load' },
  cameras: { es: 'Qué ve cada cámara', en: 'What each camera sees' },
  noCameras: { es: 'No hay cámaras asignadas a áreas.', en: 'No cameras are assigned to areas.' },
  area: { es: 'Área', en: 'Area' },
  line: { es: 'Línea', en: 'Line' },
  status: { es: 'Estado', en: 'Status' },
  active: { es: 'Activa', en: 'Active' },
  inactive: { es: 'Inactiva', en: 'Inactive' },
  unknownArea: { es: 'Área {id}, que no existe', en: 'Area {id}, which does not exist' },
  latest: { es: 'Los últimos 50', en: 'The latest 50' },
})

export type TelemetryPage = {
  readonly page: PageContext
  readonly nav: readonly NavItem[]
  /** Null: the plant does not answer. */
  readonly telemetry: Telemetry | null
  readonly timeZone: string
  readonly nowMs: number
}

const words = (language: Language) => translator(messages, language)
type Words = ReturnType<typeof words>

export function telemetryView({ page, nav, telemetry, timeZone, nowMs }: TelemetryPage): Html {
  const t = words(page.language)
  const when = (atMs: number): string => formatInstant(atMs, page.language, timeZone)
  const content =
    telemetry === null
      ? card({ body: emptyState({ title: t('noPlant'), detail: t('noPlantHint'), icon: 'warning' }) })
      : isNothing(telemetry)
        ? card({ body: emptyState({ title: t('none'), detail: t('noneHint'), icon: 'info' }) })
        : sections(telemetry, page.language, when, nowMs)
  const body = html`${pageHead({ title: t('title'), subtitle: t('subtitle') })}${content}`
  return shell({ page, title: t('title'), nav, body })
}

const isNothing = ({ newest, events, cameras }: Telemetry): boolean =>
  newest === null && (events ?? []).length === 0 && (cameras ?? []).length === 0

function sections(telemetry: Telemetry, language: Language, when: (atMs: number) => string, nowMs: number): Html {
  const t = words(language)
  const { newest, history, events, cameras, hasMonitor } = telemetry
  return html`
    ${newest && isStale(telemetry, nowMs) ? banner({ tone: 'warning', body: t('silent', { time: when(newest.atMs) }) }) : ''}
    ${newest ? figures(newest, language, when) : hasMonitor ? card({ title: t('now'), body: emptyState({ title: t('noSamples') }) }) : ''}
    ${history.length > 1 ? charts(history, language, when) : ''}
    ${events ? eventList(events, language, when) : ''}
    ${cameras ? cameraList(cameras, language) : ''}`
}

const tones = { ok: 'success', warn: 'warning', danger: 'danger' } as const
const icons = { ok: 'check_circle', warn: 'warning', danger: 'error' } as const
const gigabytes = (bytes: number, language: Language): string => formatNumber(bytes / 1e9, language, 1)

function figures(newest: Newest, language: Language, when: (atMs: number) => string): Html {
  const t = words(language)
  const figure = (
    key: 'cpu' | 'gpu' | 'ram' | 'cpuTemp' | 'gpuTemp',
    value: number | null,
    unit: string,
    mood: (value: number) => Mood,
    note: string | null = null,
  ): Html => {
    const state = value === null ? null : mood(value)
    const notes = [...(state ? [badge({ label: t(state), tone: tones[state], icon: icons[state] })] : []), ...(note ? [note] : [])]
    return card({
      title: t(key),
      body: kpiFigure({
        id: `box-${key}`,
        value: value === null ? null : formatNumber(value, language, 1),
        unit,
        reason: t('unmeasured'),
        notes,
      }),
    })
  }
  const { gpuMemoryUsedBytes: used, gpuMemoryTotalBytes: total } = newest
  return html`
    <section aria-labelledby="box-now">
      <h2 class="box-title" id="box-now">${t('now')}</h2>
      <p class="muted">${t('at', { time: when(newest.atMs) })}${newest.gpuName ? ` · ${newest.gpuName}` : ''}</p>
      <div class="box-figures">
        ${figure('cpu', newest.cpu, ' %', moodOfLoad, newest.cpuMhz === null ? null : t('frequency', { mhz: formatNumber(newest.cpuMhz, language) }))}
        ${figure('gpu', newest.gpu, ' %', moodOfLoad, used === null || total === null || total === 0 ? null : t('usedOf', { used: gigabytes(used, language), total: gigabytes(total, language) }))}
        ${figure('ram', newest.ram, ' %', moodOfLoad, newest.ramUsedBytes === null ? null : t('used', { used: gigabytes(newest.ramUsedBytes, language) }))}
        ${figure('cpuTemp', newest.cpuTemp, ' °C', moodOfHeat)}
        ${figure('gpuTemp', newest.gpuTemp, ' °C', moodOfHeat)}
      </div>
    </section>`
}

const colours = { cpu: '#38BDF8', gpu: '#22C55E', ram: '#FBBF24' } as const

function charts(history: readonly Sample[], language: Language, when: (atMs: number) => string): Html {
  const t = words(language)
  const picture = (title: string, curves: readonly Curve[], max: number, unit: string): Html => {
    const measured = curves.filter(({ value }) => history.some((sample) => value(sample) !== null))
    if (measured.length === 0) return html``
    const alternative = measured.map((curve) => rangeOf(curve, history, unit, t, language)).join('; ')
    const svg = chartSvg(history, measured, { max, unit: unit === '%' ? ' %' : ' °', timeOf: (atMs) => when(atMs).slice(-5) })
    return html`<figure class="box-chart"><figcaption>${title}</figcaption><img src="${asImage(svg)}" alt="${`${title}: ${alternative}`}" width="480" height="200" loading="lazy"></figure>`
  }
  return card({
    title: t('day'),
    body: html`<div class="box-charts">
      ${picture(
        t('load'),
        [
          { label: t('cpu'), colour: colours.cpu, value: ({ cpu }) => cpu },
          { label: t('gpu'), colour: colours.gpu, value: ({ gpu }) => gpu },
          { label: t('ram'), colour: colours.ram, value: ({ ram }) => ram },
        ],
        100,
        '%',
      )}
      ${picture(
        t('heat'),
        [
          { label: t('cpu'), colour: colours.cpu, value: ({ cpuTemp }) => cpuTemp },
          { label: t('gpu'), colour: colours.gpu, value: ({ gpuTemp }) => gpuTemp },
        ],
        100,
        '°C',
      )}
    </div>`,
  })
}

function rangeOf({ label, value }: Curve, history: readonly Sample[], unit: string, t: Words, language: Language): string {
  const read = history.flatMap((sample) => value(sample) ?? [])
  const [low, high] = [Math.min(...read), Math.max(...read)]
  return t('range', { label, low: formatNumber(low, language), high: formatNumber(high, language), unit })
}

function eventList(events: NonNullable<Telemetry['events']>, language: Language, when: (atMs: number) => string): Html {
  const t = words(language)
  const list = table({
    id: 'camera-events',
    caption: t('events'),
    language,
    isStacked: true,
    columns: (['time', 'camera', 'action', 'reason', 'gpuUse'] as const).map((key) => ({ key, label: t(key), isSortable: false })),
    rows: events.map(({ atMs, cameraId, action, reason, gpu }, at) => ({
      key: String(at),
      cells: [
        { content: when(atMs) },
        { content: String(cameraId) },
        { content: action },
        { content: reason },
        { content: gpu === null ? '—' : `${formatNumber(gpu, language, 1)} %` },
      ],
    })),
  })
  return card({
    title: t('events'),
    ...(events.length >= 50 && { subtitle: t('latest') }),
    body: events.length > 0 ? list : html`<p class="muted">${t('noEvents')}</p>`,
  })
}

function cameraList(cameras: NonNullable<Telemetry['cameras']>, language: Language): Html {
  const t = words(language)
  const list = table({
    id: 'camera-areas',
    caption: t('cameras'),
    language,
    isStacked: true,
    columns: (['camera', 'line', 'area', 'status'] as const).map((key) => ({ key, label: t(key), isSortable: false })),
    rows: cameras.map(({ cameraId, areaId, areaName, lineName, isActive }, at) => ({
      key: String(at),
      cells: [
        { content: String(cameraId) },
        { content: lineName ?? '—' },
        { content: areaName ?? t('unknownArea', { id: areaId }) },
        { content: badge({ label: t(isActive ? 'active' : 'inactive'), tone: isActive ? 'success' : 'neutral' }) },
      ],
    })),
  })
  return card({ title: t('cameras'), body: cameras.length > 0 ? list : html`<p class="muted">${t('noCameras')}</p>` })
}
