/** What the operator's view refuses with, besides what stops, scrap and signing do. */
import { type ProblemSpec, problemFactory } from '../../platform/http/problem.ts'

const operatorProblems = {
  line_not_shown: {
    status: 403,
    title: { es: 'Línea no disponible', en: 'Line not available' },
    detail: {
      es: 'Esta pantalla no muestra esa línea, o la línea ya no está activa.',
      en: 'This display does not show that line, or the line is active no more.',
    },
  },
  invalid_action: {
    status: 422,
    title: { es: 'Datos no válidos', en: 'Invalid data' },
    detail: { es: 'Revise los campos indicados.', en: 'Check the fields named.' },
  },
} as const satisfies Record<string, ProblemSpec>

export const problem = problemFactory(operatorProblems)
