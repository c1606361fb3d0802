/** Refusals of the dashboards. */
import { type ProblemSpec, problemFactory } from '../../platform/http/problem.ts'

export const dashboardProblems = {
  widget_ids_required: {
    status: 400,
    title: { es: 'Faltan los widgets', en: 'Widgets are missing' },
    detail: { es: 'Indique en `widget_ids` qué widgets quiere ver.', en: 'Name in `widget_ids` the widgets to preview.' },
  },
  unknown_widgets: {
    status: 400,
    title: { es: 'Widgets desconocidos', en: 'Unknown widgets' },
    detail: { es: 'Ninguno de los widgets indicados está en el catálogo.', en: 'None of the widgets named is in the catalogue.' },
  },
  line_not_shown: {
    status: 403,
    title: { es: 'Línea no disponible', en: 'Line not available' },
    detail: { es: 'Esta pantalla no muestra esa línea.', en: 'This display does not show that line.' },
  },
  raw_not_allowed: {
    status: 403,
    title: { es: 'Sin permiso para ver filas crudas', en: 'Raw rows not allowed' },
    detail: {
      es: '`include_raw` requiere el permiso view_production_data.',
      en: '`include_raw` requires the permission view_production_data.',
    },
  },
  invalid_filter_ids: {
    status: 400,
    title: { es: 'Lista de filtros no válida', en: 'Invalid filter list' },
    detail: {
      es: '`filter_ids` es una lista de números separados por comas.',
      en: '`filter_ids` is a list of numbers separated by commas.',
    },
  },
  unknown_filter: {
    status: 404,
    title: { es: 'Filtro desconocido', en: 'Unknown filter' },
    detail: { es: 'La empresa no tiene un filtro {name}.', en: 'The company has no filter {name}.' },
  },
} as const satisfies Record<string, ProblemSpec>

export const problem = problemFactory(dashboardProblems)
