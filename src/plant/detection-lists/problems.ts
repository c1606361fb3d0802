/** Refusals of the lists of detections and their files. */
import { type ProblemSpec, problemFactory } from '../../platform/http/problem.ts'

const problems = {
  line_not_found: {
    status: 404,
    title: { es: 'Línea no encontrada', en: 'Line not found' },
    detail: { es: 'La línea no existe o está inactiva.', en: 'The line is unknown or inactive.' },
  },
  rows_not_allowed: {
    status: 403,
    title: { es: 'Sin permiso para ver las detecciones', en: 'The detections may not be seen' },
    detail: {
      es: 'Exportar detecciones requiere también el permiso view_production_data.',
      en: 'Exporting detections also needs the permission view_production_data.',
    },
  },
  nothing_to_export: {
    status: 404,
    title: { es: 'No hay detecciones', en: 'No detections' },
    detail: {
      es: 'No hay detecciones con estos filtros: no hay nada que exportar.',
      en: 'There are no detections with these filters: there is nothing to export.',
    },
  },
  too_many_rows: {
    status: 413,
    title: { es: 'Demasiadas filas', en: 'Too many rows' },
    detail: {
      es: 'Son {count} detecciones y un archivo tiene como máximo {limit}. Elija menos días, líneas o productos.',
      en: 'These are {count} detections and a file has at most {limit}. Choose fewer days, lines or products.',
    },
  },
  too_many_buckets: {
    status: 413,
    title: { es: 'Demasiados intervalos', en: 'Too many buckets' },
    detail: {
      es: 'La respuesta tiene más de {limit} filas. Elija un intervalo más grueso o menos días.',
      en: 'The answer has more than {limit} rows. Choose a coarser interval or fewer days.',
    },
  },
  invalid_cursor: {
    status: 400,
    title: { es: 'Cursor no válido', en: 'Invalid cursor' },
    detail: {
      es: 'El cursor no es uno que haya dado esta lista, o es del otro orden.',
      en: 'The cursor is none that this list gave, or is of the other order.',
    },
  },
  invalid_range: {
    status: 422,
    title: { es: 'Filtros no válidos', en: 'Invalid filters' },
    detail: { es: 'Revise los filtros indicados.', en: 'Check the filters named in `fields`.' },
  },
} as const satisfies Record<string, ProblemSpec>

export const detectionListProblem = problemFactory(problems)
