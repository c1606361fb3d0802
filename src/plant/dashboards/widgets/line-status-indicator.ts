/** What each line is doing now, whatever the range. */

import { translator } from '../../../platform/i18n/index.ts'
import { cappedPercent, roundHalfAway } from '../../kpi/index.ts'
import { messages } from '../messages.ts'
import type { LineStatusIndicatorData } from './data.ts'
import { localIso } from './local-time.ts'
import type { Widget } from './widget.ts'

/** Spec plant 5.2: warning below 80 %, critical below 50 %. */
const efficiencyLevel = (oeeIndex: number | null) =>
  oeeIndex === null ? null : oeeIndex < 0.5 ? 'critical' : oeeIndex < 0.8 ? 'warning' : 'ok'

export const lineStatusIndicator = {
  className: 'LineStatusIndicator',
  displayName: { es: 'Estado de líneas', en: 'Line status' },
  explanation: {
    es: 'Estado de este momento, no del período: produciendo; parada (silencio mayor que el umbral dentro del turno); fuera de turno; sin datos (la tabla está vacía, o nada llega desde hace más que el límite de la línea). Las cantidades sí son del período.',
    en: 'The state right now, not of the period: running; stopped (silence beyond the threshold inside a shift); off shift; no data (the table is empty, or nothing came for longer than the limit of the line). The counts are those of the period.',
  },
  render: 'indicator',
  tab: 'produccion',
  columnSpan: 1,
  rowSpan: 1,
  order: 10,
  downtimeOnly: false,
  compute: ({ facts: { lines }, language }) => {
    const t = translator(messages, language)
    return {
      lines: lines.map((facts) => ({
        line_id: facts.line.lineId,
        line_name: facts.line.lineName,
        line_code: facts.line.lineCode,
        status: facts.status,
        status_text: t(`status.${facts.status}`),
        detection_count: facts.counts.total,
        output_count: facts.counts.output,
        last_detection: facts.lastDetectionLocalS === null ? null : localIso(facts.lastDetectionLocalS),
        minutes_since_last: facts.minutesSinceLast === null ? null : roundHalfAway(facts.minutesSinceLast, 1),
        threshold_seconds: facts.thresholdS,
        oee: cappedPercent(facts.kpi.oeeIndex),
        efficiency_level: efficiencyLevel(facts.kpi.oeeIndex),
      })),
      total_lines: lines.length,
    }
  },
} satisfies Widget<LineStatusIndicatorData>
