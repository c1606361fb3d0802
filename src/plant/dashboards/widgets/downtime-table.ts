/** The stops of the range, newest first: recorded, manual, calculated, live and planned. */
import { translator } from '../../../platform/i18n/index.ts'
import { messages } from '../messages.ts'
import type { DowntimeTableData } from './data.ts'
import { downtimeRow } from './downtime-rows.ts'
import { lineNames } from './stop-words.ts'
import type { Widget } from './widget.ts'

const columns = [
  'tipo',
  'start_time',
  'end_time',
  'duration_min',
  'failure_type',
  'failure_desc',
  'incident_code',
  'incident_desc',
  'line_name',
  'source_badge',
] as const

export const downtimeTable = {
  className: 'DowntimeTable',
  displayName: { es: 'Paradas', en: 'Stops' },
  explanation: {
    es: 'Todas las paradas del período, cortadas a él. Una parada calculada es un silencio de la salida estrictamente mayor que el umbral, dentro de los turnos; lo registrado manda y se le resta. Las planificadas y las que caen fuera de turno se listan pero no cuentan como tiempo perdido.',
    en: 'All stops of the period, cut to it. A calculated stop is a silence of the output strictly longer than the threshold, inside shifts; recorded events prevail and are subtracted. Planned stops and those outside shifts are listed but cost no time.',
  },
  render: 'table',
  tab: 'produccion',
  columnSpan: 3,
  rowSpan: 2,
  order: 14,
  downtimeOnly: true,
  compute: ({ facts: { latestStops, stopTotals }, model, language }) => {
    const t = translator(messages, language)
    const names = lineNames(model)
    return {
      columns: columns.map((key) => ({ key, label: t(`column.${key}`) })),
      rows: latestStops.toReversed().map((stop) => downtimeRow(stop, names.get(stop.lineId) ?? '', language)),
      total: { count: stopTotals.count, duration_seconds: stopTotals.durationS, counted_seconds: stopTotals.countedS },
    }
  },
} satisfies Widget<DowntimeTableData>
