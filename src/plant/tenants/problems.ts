/** What looking after a company's plant database refuses. */
import { problemFactory } from '../../platform/http/problem.ts'

export const problem = problemFactory({
  validation_failed: {
    status: 422,
    title: { es: 'Datos no válidos', en: 'Invalid data' },
    detail: { es: 'Revise los campos indicados.', en: 'Check the fields named.' },
  },
  tenant_not_found: { status: 404, title: { es: 'Empresa no encontrada', en: 'Company not found' } },
  plant_not_attached: { status: 404, title: { es: 'La empresa no tiene planta', en: 'The company has no plant' } },
  plant_attached: {
    status: 409,
    title: { es: 'Ya tiene una planta', en: 'It has a plant already' },
    detail: { es: 'Desconecte primero la planta actual.', en: 'Detach the present plant first.' },
  },
  plant_unreachable: {
    status: 422,
    title: { es: 'La base no responde', en: 'The database does not answer' },
    detail: {
      es: 'No se pudo conectar, y nada cambió: {reason}. Revise dirección, puerto, cuenta y clave, y que el servidor acepte conexiones desde este equipo.',
      en: 'It could not be reached, and nothing changed: {reason}. Check address, port, account and password, and that the server accepts connections from this machine.',
    },
  },
  plant_not_recognised: {
    status: 422,
    title: { es: 'No es una base de planta', en: 'Not a plant database' },
    detail: {
      es: 'La base responde, pero no tiene {tables}. Nada cambió.',
      en: 'The database answers, but has no {tables}. Nothing changed.',
    },
  },
  plant_unreadable: {
    status: 422,
    title: { es: 'Faltan permisos', en: 'Permissions are missing' },
    detail: {
      es: 'La base responde, pero la cuenta no puede leer {tables}. Nada cambió.',
      en: 'The database answers, but the account may not read {tables}. Nothing changed.',
    },
  },
  plant_in_use: {
    status: 409,
    title: { es: 'Base en uso', en: 'Database in use' },
    detail: {
      es: 'Esa base ya es de otra empresa, o de la plataforma.',
      en: 'That database belongs to another company already, or to the platform.',
    },
  },
  plant_other_database: {
    status: 422,
    title: { es: 'Otra base', en: 'Another database' },
    detail: {
      es: 'Una rotación cambia cuenta y clave, no la base: desconecte y conecte para cambiarla.',
      en: 'A rotation changes account and password, not the database: detach and attach to change it.',
    },
  },
  plant_without_account: {
    status: 409,
    title: { es: 'Sin cuenta que rotar', en: 'No account to rotate' },
    detail: { es: 'La planta es un archivo de este equipo.', en: 'The plant is a file of this machine.' },
  },
  confirmation_mismatch: {
    status: 422,
    title: { es: 'El nombre no coincide', en: 'The name does not match' },
    detail: { es: 'Escriba el nombre exacto de la empresa.', en: 'Type the exact name of the company.' },
  },
})
