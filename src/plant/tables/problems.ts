/** What care of the tables refuses. */
import { problemFactory } from '../../platform/http/problem.ts'

export const problem = problemFactory({
  validation_failed: {
    status: 422,
    title: { es: 'Datos no válidos', en: 'Invalid data' },
    detail: { es: 'Revise los campos indicados.', en: 'Check the fields named.' },
  },
  line_not_found: {
    status: 404,
    title: { es: 'Línea no encontrada', en: 'Line not found' },
    detail: { es: 'La planta no tiene esa línea.', en: 'The plant has no such line.' },
  },
  line_without_table: {
    status: 409,
    title: { es: 'Sin tabla', en: 'No table' },
    detail: { es: 'La línea {line} no tiene tabla de detecciones.', en: 'Line {line} has no table of detections.' },
  },
  tables_are_the_customers: {
    status: 403,
    title: { es: 'Las tablas son del cliente', en: "The tables are the customer's" },
    detail: {
      es: 'Esta planta se conectó solo para leerla: Andon no cambia sus tablas. Entregue el SQL de esta página a quien administra esa base.',
      en: 'This plant was attached to be read only: Andon does not change its tables. Give the SQL of this page to whoever looks after that database.',
    },
  },
  table_task_running: {
    status: 409,
    title: { es: 'Hay un trabajo en curso', en: 'Work is under way' },
    detail: {
      es: 'Ya hay un trabajo sobre las tablas de esta empresa. Espere a que termine.',
      en: 'There is work on the tables of this company already. Wait for it to end.',
    },
  },
  table_policy_changed: {
    status: 409,
    title: { es: 'La retención cambió', en: 'The retention changed' },
    detail: {
      es: 'Alguien prendió o apagó el archivo mientras usted miraba. No se hizo nada: véalo de nuevo.',
      en: 'Somebody turned the archive on or off while you were looking. Nothing was done: look at it again.',
    },
  },
  table_busy: {
    status: 409,
    title: { es: 'La tabla está ocupada', en: 'The table is busy' },
    detail: {
      es: 'La tabla {table} está en uso, por ejemplo por un respaldo, o la base tardó demasiado con ella. Lo que no se hizo queda como estaba: pídalo de nuevo en una hora tranquila.',
      en: 'The table {table} is in use, by a backup for instance, or the database took too long over it. What was not done is as it was: ask for it again at a quiet hour.',
    },
  },
  table_not_convertible: {
    status: 409,
    title: { es: 'No se puede particionar', en: 'Cannot be partitioned' },
    detail: {
      es: 'La tabla {table} no se puede particionar por mes: {reason_es}. Nada cambió.',
      en: 'The table {table} cannot be partitioned by month: {reason}. Nothing changed.',
    },
  },
  table_missing_month: {
    status: 409,
    title: { es: 'Mes sin partición', en: 'Month without a partition' },
    detail: {
      es: 'Los meses {months} de {table} están dentro de una partición de varios meses que no se puede dividir.',
      en: 'The months {months} of {table} sit in a partition of several months that cannot be split.',
    },
  },
})
