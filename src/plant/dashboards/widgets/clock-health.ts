/** Clocks of the cameras, line by line, whatever the range. */
import { type ClockHealthData, clockHealthBody } from '../../clock-health/index.ts'
import type { Widget } from './widget.ts'

export const clockHealth = {
  className: 'ClockHealth',
  displayName: { es: 'Relojes de las cámaras', en: 'Camera clocks' },
  explanation: {
    es: 'De las últimas filas de cada línea y los resúmenes de ocho días: filas con fecha futura (quedan fuera de los números), diferencia de horas justas (otra zona horaria), filas que llegaron más de un minuto tarde hoy, y una cámara sin piezas cuando por su parte habitual ya debió ver veinte. Sin datos: nada llega desde hace más que el límite de la línea.',
    en: 'From the newest rows of each line and the summaries of eight days: rows dated in the future (left out of the figures), a difference of whole hours (another time zone), rows that came more than a minute late today, and a camera without pieces that by its usual share should have seen twenty. No data: nothing came for longer than the limit of the line.',
  },
  render: 'clock',
  tab: 'produccion',
  columnSpan: 2,
  rowSpan: 1,
  order: 19,
  downtimeOnly: false,
  needs: ['clocks'],
  compute: ({ facts, language }) => clockHealthBody(facts.clocks, language),
} satisfies Widget<ClockHealthData>
