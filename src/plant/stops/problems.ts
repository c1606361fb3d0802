/** Refusals of work on stops. */
import { type ProblemSpec, problemFactory } from '../../platform/http/problem.ts'

export const stopProblems = {
  stop_not_found: {
    status: 404,
    title: { es: 'Parada no encontrada', en: 'Stop not found' },
    detail: {
      es: 'No hay una parada ahí: quizás alguien la eliminó, o llegaron detecciones de ese rato.',
      en: 'There is no stop there: perhaps somebody deleted it, or detections of that time came in.',
    },
  },
  line_not_found: {
    status: 404,
    title: { es: 'Línea desconocida', en: 'Unknown line' },
    detail: { es: 'La planta no tiene una línea {line}.', en: 'The plant has no line {line}.' },
  },
  edited_meanwhile: {
    status: 409,
    title: { es: 'Alguien la cambió mientras tanto', en: 'Somebody changed it meanwhile' },
    detail: {
      es: '{by} cambió esta parada el {at}. Revise lo que dice ahora y vuelva a guardar.',
      en: '{by} changed this stop at {at}. Look at what it says now and save again.',
    },
  },
  stop_overlaps: {
    status: 409,
    title: { es: 'Se superpone con otra parada', en: 'It overlaps another stop' },
    detail: {
      es: 'En ese rato ya hay {count} paradas guardadas. Cambie las horas, o guárdela igualmente.',
      en: 'That time has {count} stored stops already. Change the times, or save it all the same.',
    },
  },
  stop_still_open: {
    status: 409,
    title: { es: 'La parada sigue en curso', en: 'The stop still goes on' },
    detail: {
      es: 'Puede indicar ya el motivo; lo demás, cuando termine.',
      en: 'Its reason can be given now; everything else when it is over.',
    },
  },
  invalid_stop: { status: 422, title: { es: 'Datos de la parada no válidos', en: 'Invalid stop' } },
  stop_too_old: {
    status: 403,
    title: { es: 'Solo paradas de las últimas 24 horas', en: 'Only stops of the last 24 hours' },
    detail: {
      es: 'Para agregar una parada anterior, o sobre otra, pídalo a un supervisor.',
      en: 'For an earlier one, or one above another, ask a supervisor.',
    },
  },
  times_not_allowed: {
    status: 403,
    title: { es: 'Sin permiso para cambiar las horas', en: 'Times may not be changed' },
    detail: {
      es: 'Puede indicar el motivo; las horas las cambia un supervisor.',
      en: 'You may give the reason; the times are changed by a supervisor.',
    },
  },
  not_detecting: {
    status: 422,
    title: { es: 'La línea no detecta paradas', en: 'The line detects no stops' },
    detail: {
      es: '{line} no tiene detección automática, o su umbral no es mayor que 0: no hay nada que recalcular.',
      en: '{line} has no automatic detection, or its threshold is not above 0: there is nothing to calculate.',
    },
  },
  history_loading: {
    status: 503,
    title: { es: 'La historia se está cargando', en: 'History is loading' },
    detail: { es: 'Vuelva a intentar cuando termine la carga.', en: 'Try again when it is loaded.' },
  },
  stops_busy: {
    status: 503,
    title: { es: 'La línea está ocupada', en: 'The line is busy' },
    detail: {
      es: 'Otros cambios de esta línea no terminan; vuelva a intentar en un momento.',
      en: 'Other changes of this line do not end; try again in a moment.',
    },
  },
} as const satisfies Record<string, ProblemSpec>

export const problem = problemFactory(stopProblems)
