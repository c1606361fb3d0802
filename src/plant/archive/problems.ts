/** What the archive refuses. No row that was to be kept is lost by it. */
import { problemFactory } from '../../platform/http/problem.ts'

export const problem = problemFactory({
  archive_broken: {
    status: 409,
    title: { es: 'Archivo dañado', en: 'Damaged archive' },
    detail: {
      es: 'El archivo de {month} de la línea {line} no es el que se guardó: {reason_es}. No se tocó ninguna fila.',
      en: 'The archive of {month} of line {line} is not the one that was stored: {reason}. No row was touched.',
    },
  },
  archive_missing: {
    status: 404,
    title: { es: 'Sin archivo', en: 'No archive' },
    detail: { es: 'No hay filas archivadas de {month} de la línea {line}.', en: 'There are no archived rows of {month} of line {line}.' },
  },
  archive_other_plant: {
    status: 409,
    title: { es: 'De otra base de datos', en: 'Of another database' },
    detail: {
      es: 'Las filas archivadas de {month} salieron de {database}.{table}, que no es la base de ahora. Nada cambió; quien opera Andon puede restaurarlas con `andon archive restore --customer-tables`.',
      en: 'The archived rows of {month} came out of {database}.{table}, which is not the present database. Nothing changed; the operator of Andon can restore them with `andon archive restore --customer-tables`.',
    },
  },
  archive_conflict: {
    status: 409,
    title: { es: 'Filas distintas', en: 'Different rows' },
    detail: {
      es: 'La tabla tiene otra fila con el identificador {id} de {month}. No se restauró encima: revise esa fila.',
      en: 'The table has another row with the id {id} of {month}. Nothing was restored over it: look at that row.',
    },
  },
  archive_columns: {
    status: 409,
    title: { es: 'Columnas distintas', en: 'Different columns' },
    detail: {
      es: 'La tabla {table} no tiene las columnas del archivo ({columns}), o tiene datos binarios que no se archivan. Nada cambió.',
      en: 'The table {table} lacks columns of the archive ({columns}), or has binary data, which is not archived. Nothing changed.',
    },
  },
  rows_odd: {
    status: 409,
    title: { es: 'Fechas imposibles', en: 'Impossible dates' },
    detail: {
      es: 'La tabla {table} tiene filas sin una fecha real; corríjalas antes. Nada cambió.',
      en: 'The table {table} has rows without a real date; correct them first. Nothing changed.',
    },
  },
  history_loading: {
    status: 409,
    title: { es: 'Historia incompleta', en: 'Incomplete history' },
    detail: {
      es: 'Los resúmenes de la línea {line} todavía se están cargando o no tienen todas las filas de esos meses. Espere e inténtelo de nuevo: sin ellos no se quitan filas.',
      en: 'The summaries of line {line} are still loading, or lack rows of those months. Wait and try again: no rows are taken out without them.',
    },
  },
  rows_keep_coming: {
    status: 409,
    title: { es: 'Siguen llegando filas', en: 'Rows keep coming' },
    detail: {
      es: 'A los meses viejos de la línea {line} les siguen llegando filas, o se corrigen mientras salen. Puede que una parte haya salido ya, archivada si así se pidió; la próxima vez se sigue. Revise el reloj de las cámaras.',
      en: 'Rows of old months keep coming to line {line}, or are corrected while they leave. A part of them may have left already, archived if that was asked; the next run goes on. Look at the clocks of the cameras.',
    },
  },
})
