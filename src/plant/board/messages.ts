/** What the board of the hall and the operator's view call things. */
import { defineMessages } from '../../platform/i18n/index.ts'

export const boardMessages = defineMessages({
  title: { es: 'Televisor de planta', en: 'Plant television' },
  'state.running': { es: 'Produciendo', en: 'Running' },
  'state.stopped': { es: 'Parada', en: 'Stopped' },
  'state.planned': { es: 'Parada planificada', en: 'Planned stop' },
  'state.idle': { es: 'Fuera de turno', en: 'Off shift' },
  'state.no_data': { es: 'Sin datos', en: 'No data' },
  'since.no_data': { es: 'desde {time}', en: 'since {time}' },
  never: { es: 'nunca llegaron datos', en: 'no data ever came' },
  'shift.extra': { es: 'Turno adicional', en: 'Extra shift' },
  'shift.day': { es: 'Hoy', en: 'Today' },
  'shift.over.named': { es: '{name} (terminado)', en: '{name} (over)' },
  pieces: { es: 'piezas', en: 'pieces' },
  'target.of': { es: 'de {target}', en: 'of {target}' },
  'target.none': { es: 'Sin objetivo: falta la velocidad ideal', en: 'No target: the ideal rate is missing' },
  oee: { es: 'OEE', en: 'OEE' },
  'reason.none': { es: 'Sin motivo', en: 'No reason yet' },
  'strip.label': { es: 'Última hora', en: 'Last hour' },
  'strip.part': { es: '{state} {minutes} min', en: '{state} {minutes} min' },
  'page.of': { es: '{page} de {pages}', en: '{page} of {pages}' },
  pause: { es: 'Pausar', en: 'Pause' },
  resume: { es: 'Seguir', en: 'Resume' },
  next: { es: 'Siguiente página', en: 'Next page' },
  stale: { es: 'Sin conexión: datos de las {time}', en: 'No connection: data of {time}' },
  refused: {
    es: 'El servidor no da los datos: los mostrados son de las {time}',
    en: 'The server refuses the data: those shown are of {time}',
  },
  none: { es: 'No hay líneas para mostrar', en: 'No lines to show' },
  'none.detail': {
    es: 'Esta pantalla no tiene líneas activas. Elíjalas en Pantallas.',
    en: 'This display has no active lines. Choose them under Displays.',
  },
})
