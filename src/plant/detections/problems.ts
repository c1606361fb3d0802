import { problemFactory } from '../../platform/http/problem.ts'

export const detectionProblem = problemFactory({
  range_too_large: {
    status: 503,
    title: { es: 'El rango es demasiado grande', en: 'The range is too large' },
    detail: {
      es: 'Son demasiadas filas para leerlas de una vez (más de {limit}). Elija menos días o menos líneas.',
      en: 'These are too many rows to read at once (more than {limit}). Choose fewer days or fewer lines.',
    },
  },
})
