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
  layout_edited_meanwhile: {
    status: 409,
    title: { es: 'Otra persona cambió este tablero', en: 'Somebody else changed this dashboard' },
    detail: {
      es: 'Lo guardó {by} el {at}. Nada suyo se perdió ni se pisó.',
      en: 'Saved by {by} at {at}. Nothing was lost or overwritten.',
    },
  },
  layout_exists: {
    status: 409,
    title: { es: 'El rol ya tiene un tablero', en: 'The role has a dashboard already' },
    detail: { es: 'Cámbielo con PUT y su `seen_version` ({version}).', en: 'Change it with PUT and its `seen_version` ({version}).' },
  },
  invalid_layout: {
    status: 422,
    title: { es: 'El diseño no se puede guardar', en: 'The layout cannot be saved' },
    detail: { es: 'Se encontraron {count} fallas; nada se guardó.', en: '{count} faults were found; nothing was saved.' },
  },
  unknown_tab: {
    status: 422,
    title: { es: 'Pestaña desconocida', en: 'Unknown tab' },
    detail: { es: 'El tablero no tiene la pestaña {tab}.', en: 'The dashboard has no tab {tab}.' },
  },
  unknown_role: {
    status: 422,
    title: { es: 'Rol desconocido', en: 'Unknown role' },
    detail: { es: 'La empresa no tiene un rol {role}.', en: 'The company has no role {role}.' },
  },
  persons_only: {
    status: 403,
    title: { es: 'Solo para personas', en: 'For people only' },
    detail: { es: 'Una clave o una pantalla no tiene un tablero propio.', en: 'A key or a screen has no dashboard of its own.' },
  },
  layout_version_not_found: {
    status: 404,
    title: { es: 'Versión desconocida', en: 'Unknown version' },
    detail: {
      es: 'Se guardan las últimas 20 versiones; la {version} no está.',
      en: 'The last 20 versions are kept; {version} is not there.',
    },
  },
} as const satisfies Record<string, ProblemSpec>

export const problem = problemFactory(dashboardProblems)
