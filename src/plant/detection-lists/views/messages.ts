/** Words of the page of detections. */
import { defineMessages, type Language, translator } from '../../../platform/i18n/index.ts'

const messages = defineMessages({
  'page.title': { es: 'Detecciones', en: 'Detections' },
  'page.no_lines': { es: 'La planta todavía no tiene líneas', en: 'The plant has no lines yet' },
  'page.no_lines.detail': {
    es: 'En cuanto haya una línea activa con detecciones, aparecen aquí.',
    en: 'As soon as there is an active line with detections, they appear here.',
  },
  'page.filters': { es: 'Filtros', en: 'Filters' },

  'figure.total': { es: 'Detecciones', en: 'Detections' },
  'figure.total.note': { es: 'De {first} a {last}', en: 'From {first} to {last}' },
  'figure.production': { es: 'Producción', en: 'Production' },
  'figure.production.note': { es: 'Detecciones en áreas de salida', en: 'Detections in output areas' },
  'figure.input': { es: 'Entrada', en: 'Input' },
  'figure.input.note': { es: 'Detecciones en áreas de entrada', en: 'Detections in input areas' },
  'figure.scrap': { es: 'Descarte', en: 'Scrap' },
  'figure.scrap.note': { es: 'Detecciones en áreas de descarte', en: 'Detections in discard areas' },
  'figure.products': { es: 'Productos', en: 'Products' },
  'figure.products.note': { es: '{weight} kg producidos', en: '{weight} kg produced' },

  'tab.label': { es: 'Cómo se muestran', en: 'How they are shown' },
  'tab.rows': { es: 'Una por una', en: 'One by one' },
  'tab.buckets': { es: 'Por intervalo', en: 'Per interval' },

  'rows.title': { es: 'Detecciones, una por una', en: 'Detections, one by one' },
  'rows.desc': { es: 'Más nuevas primero', en: 'Newest first' },
  'rows.asc': { es: 'Más antiguas primero', en: 'Oldest first' },
  'rows.order': { es: 'Orden', en: 'Order' },
  'rows.more': { es: 'Mostrar {count} más', en: 'Show {count} more' },
  'rows.all': { es: 'Son todas.', en: 'These are all.' },
  'rows.from_start': { es: 'Volver al principio', en: 'Back to the start' },
  'rows.none': { es: 'No hay detecciones con estos filtros', en: 'There are no detections with these filters' },
  'rows.none.detail': {
    es: 'Elija otro período, otra línea o menos filtros. Si debería haber, revise la cámara y su reloj.',
    en: 'Choose another period, another line or fewer filters. If there should be some, check the camera and its clock.',
  },
  'rows.gone': {
    es: 'Las filas ya no están en la base de datos de la planta; sólo quedan sus totales.',
    en: "The rows are no longer in the plant's database; only their totals are left.",
  },

  'buckets.title': { es: 'Detecciones por intervalo', en: 'Detections per interval' },
  'buckets.subtitle': { es: '{count} detecciones en {rows} filas', en: '{count} detections in {rows} rows' },

  'column.time': { es: 'Fecha y hora', en: 'Date and time' },
  'column.bucket': { es: 'Desde', en: 'From' },
  'column.line': { es: 'Línea', en: 'Line' },
  'column.area': { es: 'Área', en: 'Area' },
  'column.product': { es: 'Producto', en: 'Product' },
  'column.code': { es: 'Código', en: 'Code' },
  'column.id': { es: 'Detección', en: 'Detection' },
  'column.count': { es: 'Cantidad', en: 'Count' },

  'export.label': { es: 'Exportar', en: 'Export' },
  'export.csv': { es: 'CSV', en: 'CSV' },
  'export.xlsx': { es: 'Excel', en: 'Excel' },
  'export.of': { es: 'Exportar {count} detecciones a {format}', en: 'Export {count} detections to {format}' },
  'export.too_many': {
    es: 'Son {count} detecciones; un archivo tiene como máximo {limit}. Elija menos días, líneas o productos para exportar.',
    en: 'These are {count} detections; a file has at most {limit}. Choose fewer days, lines or products to export.',
  },
  'export.starting': { es: 'Preparando el archivo…', en: 'Preparing the file…' },
  'export.progress': { es: '{done} de {total} filas', en: '{done} of {total} rows' },
  'export.done': { es: 'Listo: {file}, {total} filas.', en: 'Done: {file}, {total} rows.' },
  'export.cut': {
    es: 'La exportación se cortó después de {done} de {total} filas. Intente de nuevo.',
    en: 'The export broke off after {done} of {total} rows. Try again.',
  },
  'export.offline': {
    es: 'No se pudo llegar al servidor. Revise la conexión e intente de nuevo.',
    en: 'The server could not be reached. Check the connection and try again.',
  },
  'export.cancelled': { es: 'Exportación cancelada.', en: 'Export cancelled.' },
  'export.cancel': { es: 'Cancelar', en: 'Cancel' },
})

export const words = (language: Language) => translator(messages, language)
