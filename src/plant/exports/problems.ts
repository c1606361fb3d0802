/** Refusals of exports. */
import { type ProblemSpec, problemFactory } from '../../platform/http/problem.ts'

export const exportProblems = {
  export_not_allowed: {
    status: 403,
    title: { es: 'Sin permiso para ver el tablero', en: 'The dashboard may not be seen' },
    detail: {
      es: 'Exportar el tablero requiere también el permiso view_dashboard.',
      en: 'Exporting the dashboard also needs the permission view_dashboard.',
    },
  },
  invalid_charts: {
    status: 422,
    title: { es: 'Gráficos no válidos', en: 'Invalid charts' },
    detail: {
      es: 'Se encontraron {count} fallas en `charts`; no se hizo ningún archivo.',
      en: '{count} faults in `charts`; no file was made.',
    },
  },
} as const satisfies Record<string, ProblemSpec>

export const problem = problemFactory(exportProblems)
