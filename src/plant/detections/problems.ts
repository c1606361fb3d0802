import { problemFactory } from '../../platform/http/problem.ts'

export const detectionProblem = problemFactory({
  range_too_large: {
    status: 503,
    title: { es: 'El rango es demasiado grande', en: 'The range is too large' },
    detail: {
      es: 'Leer estas filas llevaría más de {limit} segundos. Elija menos días o menos líneas.',
      en: 'Reading these rows would take more than {limit} seconds. Choose fewer days or fewer lines.',
    },
  },
})
