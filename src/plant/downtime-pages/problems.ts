/** Refusals of the downtime pages; those of the stops themselves are in plant/stops. */
import { type ProblemSpec, problemFactory } from '../../platform/http/problem.ts'

const downtimeProblems = {
  stop_not_in_view: {
    status: 404,
    title: { es: 'Parada no encontrada', en: 'Stop not found' },
    detail: {
      es: 'No hay una parada ahí: quizás alguien la eliminó o la unió con otra, o llegaron detecciones de ese rato.',
      en: 'There is no stop there: perhaps somebody deleted or merged it, or detections of that time came in.',
    },
  },
  invalid_time: {
    status: 422,
    title: { es: 'Hora no válida', en: 'Invalid time' },
    detail: { es: 'Escriba fecha y hora de la planta.', en: 'Write date and time of the plant.' },
  },
} as const satisfies Record<string, ProblemSpec>

export const downtimeProblem = problemFactory(downtimeProblems)
