/** Texts of the dashboards: units, reasons for "no data", table headings, notices. */
import { defineMessages } from '../../platform/i18n/index.ts'

export const messages = defineMessages({
  'unit.pieces': { es: 'unidades', en: 'units' },
  'unit.stops': { es: 'paradas', en: 'stops' },

  'reason.no_planned_time': { es: 'Sin tiempo planificado en el período', en: 'No planned time in the period' },
  'reason.no_production_time': { es: 'La línea no produjo en el tiempo planificado', en: 'The line never ran in its planned time' },
  'reason.no_ideal': {
    es: 'Falta la velocidad nominal de la línea o del producto',
    en: 'The rated speed of the line or product is missing',
  },
  'reason.quality_unknown': {
    es: 'Sin áreas de entrada ni de descarte: no se puede saber',
    en: 'No input or scrap area: it cannot be known',
  },
  'reason.nothing_processed': { es: 'No se procesaron unidades en el tiempo planificado', en: 'No units were processed in planned time' },
  'reason.no_scrap_area': { es: 'Ninguna línea elegida tiene área de descarte', en: 'None of the chosen lines has a scrap area' },
  'reason.no_weight_basis': {
    es: 'Falta la velocidad nominal o no hubo salida en tiempo planificado',
    en: 'No rated speed, or no output in planned time',
  },

  'widget.empty': { es: 'No hay datos disponibles', en: 'No data available' },
  'widget.failed': { es: 'Este indicador no se pudo calcular', en: 'This widget could not be computed' },
  'widget.one_line_only': { es: 'Elija una sola línea para ver las paradas', en: 'Choose a single line to see its stops' },
  'widget.in_development': { es: 'Widget en desarrollo', en: 'Widget under development' },

  'product.unknown': { es: 'Desconocido', en: 'Unknown' },
  'area.unknown': { es: 'Desconocida', en: 'Unknown' },
  'stop.no_reason': { es: 'Sin motivo', en: 'No reason' },
  'stop.source.recorded': { es: 'Registrada', en: 'Recorded' },
  'stop.source.manual': { es: 'Manual', en: 'Manual' },
  'stop.source.calculated': { es: 'Calculada', en: 'Calculated' },
  'stop.source.live': { es: 'En curso', en: 'Ongoing' },
  'stop.planned': { es: 'Planificada', en: 'Planned' },

  'status.running': { es: 'Produciendo', en: 'Running' },
  'status.stopped': { es: 'Parada', en: 'Stopped' },
  'status.idle': { es: 'Fuera de turno', en: 'Off shift' },
  'status.no_data': { es: 'Sin datos', en: 'No data' },
  'status.no_table': { es: 'Sin tabla de detecciones', en: 'No detections table' },

  'flow.entrada': { es: 'Entrada', en: 'Input' },
  'flow.salida': { es: 'Salida', en: 'Output' },
  'flow.descarte': { es: 'Descarte', en: 'Scrap' },
  'chart.detections': { es: 'Detecciones', en: 'Detections' },
  'scatter.with_incident': { es: 'Con motivo', en: 'With a reason' },
  'scatter.detected_gap': { es: 'Calculada', en: 'Calculated' },
  'scatter.tooltip': { es: '{line}: {start}, {minutes} min, {reason}', en: '{line}: {start}, {minutes} min, {reason}' },

  'column.product_name': { es: 'Producto', en: 'Product' },
  'column.product_code': { es: 'Código', en: 'Code' },
  'column.count': { es: 'Cantidad', en: 'Count' },
  'column.total_weight': { es: 'Peso total (kg)', en: 'Total weight (kg)' },
  'column.percentage': { es: '%', en: '%' },
  'column.tipo': { es: 'Tipo', en: 'Type' },
  'column.start_time': { es: 'Inicio', en: 'Start' },
  'column.end_time': { es: 'Fin', en: 'End' },
  'column.duration_min': { es: 'Duración (min)', en: 'Duration (min)' },
  'column.failure_type': { es: 'Tipo de falla', en: 'Failure type' },
  'column.failure_desc': { es: 'Falla', en: 'Failure' },
  'column.incident_code': { es: 'Código del motivo', en: 'Reason code' },
  'column.incident_desc': { es: 'Motivo', en: 'Reason' },
  'column.line_name': { es: 'Línea', en: 'Line' },
  'column.source_badge': { es: 'Origen', en: 'Source' },

  'feed.detection': { es: '{product} en {area}', en: '{product} at {area}' },
  'feed.downtime': { es: 'Parada de {minutes} min ({source}): {reason}', en: 'Stop of {minutes} min ({source}): {reason}' },
  'label.week': { es: 'Sem {date}', en: 'Week {date}' },

  'warning.unknown_widget': {
    es: 'El widget {id} del diseño no está en el catálogo',
    en: 'Widget {id} of the layout is not in the catalogue',
  },
  'warning.duplicate_widget': { es: 'El widget {id} está repetido en el diseño', en: 'Widget {id} is repeated in the layout' },
  'warning.unknown_filter': { es: 'El filtro {id} del diseño no existe', en: 'Filter {id} of the layout does not exist' },
  'warning.duplicate_filter': { es: 'El filtro {id} está repetido en el diseño', en: 'Filter {id} is repeated in the layout' },
  'warning.empty_catalogue': {
    es: 'El catálogo de widgets está vacío: ejecute `andon seed-widget-catalog`',
    en: 'The widget catalogue is empty: run `andon seed-widget-catalog`',
  },
  'warning.unreadable_layout': { es: 'El diseño guardado no se puede leer', en: 'The stored layout cannot be read' },
  'warning.several_templates': {
    es: 'Hay {count} diseños para el rol {role}; se usa el más nuevo',
    en: '{count} layouts for role {role}; the newest is used',
  },
  'warning.widget_outside_layout': { es: 'El widget {id} no está en el diseño de su rol', en: "Widget {id} is not in your role's layout" },
  'warning.raw_truncated': { es: 'Las filas crudas se cortaron en {limit} por línea', en: 'Raw rows were cut at {limit} per line' },
})
