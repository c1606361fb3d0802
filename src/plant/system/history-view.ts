/** The history's part of the system page: per line, how far it is read; below, how it is used. */
import type { Language } from '../../platform/i18n/i18n.ts'
import {
  defineMessages,
  formatDuration,
  formatLocalDate,
  formatNumber,
  formatRatio,
  noValue,
  translator,
} from '../../platform/i18n/index.ts'
import { badge, banner, card, type Html, html, table } from '../../platform/ui/index.ts'
import type { QueryInfo } from '../model/index.ts'
import type { HistoryLine, HistoryReport } from './history-report.ts'

const messages = defineMessages({
  title: { es: 'Historia', en: 'History' },
  hint: {
    es: 'Resúmenes por día de las detecciones: de ellos salen los números exactos del tablero.',
    en: 'Day summaries of the detections: the dashboard takes its exact numbers from them.',
  },
  line: { es: 'Línea', en: 'Line' },
  state: { es: 'Estado', en: 'State' },
  complete: { es: 'Completa', en: 'Complete' },
  loading: { es: 'En carga, {percent} %', en: 'Loading, {percent} %' },
  notAsked: { es: 'Todavía no se pidió', en: 'Not asked for yet' },
  range: { es: 'Días cargados', en: 'Days loaded' },
  rangeValue: { es: '{from} al {to} ({days})', en: '{from} to {to} ({days})' },
  rows: { es: 'Filas', en: 'Rows' },
  watermark: { es: 'Marca (id)', en: 'Watermark (id)' },
  lag: { es: 'Sobre la marca', en: 'Above it' },
  missing: { es: 'Ids faltantes', en: 'Missing ids' },
  purged: { es: 'Días depurados', en: 'Purged days' },
  rebuilds: { es: 'Relecturas', en: 'Rebuilds' },
  noLines: { es: 'Ninguna línea tiene tabla de detecciones.', en: 'No line has a table of detections.' },
  away: {
    es: 'La base de la planta no responde: se muestra lo último que se supo de ella.',
    en: 'The plant database does not answer: this is what was last known of it.',
  },
  lagHint: {
    es: 'Las filas sobre la marca ya están en cada respuesta; se guardan en el resumen cuando se asientan. Los ids faltantes se buscan durante 7 días.',
    en: 'Rows above the watermark are in every answer already; they enter the stored summary once settled. Missing ids are looked for during 7 days.',
  },
  process: { es: 'Uso en este proceso', en: 'Use in this process' },
  cache: { es: 'Resúmenes en memoria', en: 'Summaries in memory' },
  cacheValue: { es: '{used} de {max} MB · {days} partes de día', en: '{used} of {max} MB · {days} day parts' },
  hits: { es: 'Aciertos', en: 'Hit rate' },
  memory: { es: 'Cálculos en memoria', en: 'Work kept in memory' },
  memoryValue: { es: '{used} de {max} MB · aciertos {hits}', en: '{used} of {max} MB · hit rate {hits}' },
  answers: { es: 'Tableros respondidos', en: 'Dashboards answered' },
  answersValue: {
    es: '{asked}, de ellos {shared} con la respuesta que otra petición del mismo segundo ya tenía',
    en: '{asked}, {shared} of them with what another request of the same second had worked out',
  },
  watchers: { es: 'Pantallas en vivo', en: 'Live screens' },
  queries: { es: 'Consultas a la planta', en: 'Plant queries' },
  plain: { es: 'Lecturas fila por fila', en: 'Reads row by row' },
  plainValue: { es: '{count} · {rows} filas · {time}', en: '{count} · {rows} rows · {time}' },
  slow: { es: 'Consultas lentas (más de 0,5 s)', en: 'Slow queries (over 0.5 s)' },
  slowLast: { es: 'Últimas consultas lentas', en: 'Last slow queries' },
  query: { es: 'Consulta', en: 'Query' },
  duration: { es: 'Duración (ms)', en: 'Duration (ms)' },
})

const megabytes = (bytes: number, language: Language): string => formatNumber(bytes / 1_048_576, language, 1)

export function historySection(report: HistoryReport, language: Language): Html {
  const t = translator(messages, language)
  const number = (value: number | null): string => formatNumber(value, language)
  const cells = ({ lineName, lineId, status, lagIds, rebuilds }: HistoryLine) => [
    { content: lineName ?? String(lineId) },
    { content: stateBadge(status?.loadedFraction ?? null, language) },
    { content: status ? rangeText(status, language) : noValue },
    ...[status?.rows, status?.settledId, lagIds, status?.missingIds, status?.purgedDays, status && status.restarts + rebuilds].map(
      (value) => ({
        content: number(value ?? null),
      }),
    ),
  ]
  const start = ['line', 'state', 'range'] as const
  const end = ['rows', 'watermark', 'lag', 'missing', 'purged', 'rebuilds'] as const
  return html`
    ${card({
      title: t('title'),
      subtitle: t('hint'),
      id: 'history',
      body: html`<div class="stack">
        ${report.isPlantAnswering ? '' : banner({ tone: 'warning', body: t('away') })}
        ${table({
          id: 'history-lines',
          caption: t('title'),
          language,
          isStacked: true,
          columns: [
            ...start.map((key) => ({ key, label: t(key), isSortable: false, isNowrap: key === 'state' })),
            ...end.map((key) => ({ key, label: t(key), align: 'end' as const, isSortable: false })),
          ],
          rows: report.lines.map((line) => ({ key: String(line.lineId), cells: cells(line) })),
          emptyText: t('noLines'),
        })}
        <p class="muted small">${t('lagHint')}</p></div>`,
    })}
    ${card({ title: t('process'), body: useFacts(report, language) })}
    ${report.queries && report.queries.lastSlow.length > 0 ? card({ title: t('slowLast'), body: slowTable(report.queries.lastSlow, language) }) : ''}`
}

function stateBadge(loadedFraction: number | null, language: Language): Html {
  const t = translator(messages, language)
  if (loadedFraction === null) return badge({ label: t('notAsked') })
  if (loadedFraction >= 1) return badge({ label: t('complete'), tone: 'success', icon: 'check_circle' })
  return badge({ label: t('loading', { percent: Math.floor(loadedFraction * 100) }), tone: 'info', icon: 'info' })
}

function rangeText({ fromDayLocalS, toDayLocalS, days }: NonNullable<HistoryLine['status']>, language: Language): string {
  if (fromDayLocalS === null || toDayLocalS === null) return noValue
  const [from, to] = [formatLocalDate(fromDayLocalS, language), formatLocalDate(toDayLocalS, language)]
  return translator(messages, language)('rangeValue', { from, to, days: formatNumber(days, language) })
}

function useFacts({ cache, memory, answers, watchers, queries }: HistoryReport, language: Language): Html {
  const t = translator(messages, language)
  const ratio = ({ hits, misses }: { readonly hits: number; readonly misses: number }) =>
    formatRatio(hits + misses === 0 ? null : hits / (hits + misses), language)
  const facts: readonly (readonly [string, string])[] = [
    [
      t('cache'),
      t('cacheValue', {
        used: megabytes(cache.bytes, language),
        max: megabytes(cache.maxBytes, language),
        days: formatNumber(cache.days, language),
      }),
    ],
    [t('hits'), ratio(cache)],
    [
      t('memory'),
      t('memoryValue', { used: megabytes(memory.bytes, language), max: megabytes(memory.maxBytes, language), hits: ratio(memory) }),
    ],
    [t('answers'), t('answersValue', { asked: formatNumber(answers.asked, language), shared: formatNumber(answers.shared, language) })],
    [t('watchers'), formatNumber(watchers, language)],
    [t('queries'), formatNumber(queries?.queries ?? 0, language)],
    [
      t('plain'),
      t('plainValue', {
        count: formatNumber(queries?.plainReads ?? 0, language),
        rows: formatNumber(queries?.plainRows ?? 0, language),
        time: formatDuration((queries?.plainMs ?? 0) / 1000),
      }),
    ],
    [t('slow'), formatNumber(queries?.slowQueries ?? 0, language)],
  ]
  return html`<dl class="facts">${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`
}

function slowTable(lastSlow: QueryInfo['lastSlow'], language: Language): Html {
  const t = translator(messages, language)
  return table({
    id: 'slow-queries',
    caption: t('slowLast'),
    language,
    columns: [
      { key: 'query', label: t('query'), isSortable: false },
      { key: 'rows', label: t('rows'), align: 'end', isSortable: false },
      { key: 'duration', label: t('duration'), align: 'end', isSortable: false },
    ],
    rows: lastSlow.map(({ sql, durationMs, rowCount, atMs }, i) => ({
      key: `${atMs}-${i}`,
      cells: [{ content: sql }, { content: formatNumber(rowCount, language) }, { content: formatNumber(durationMs, language) }],
    })),
  })
}
