import { problemFactory } from '../../platform/http/problem.ts'

export const problem = problemFactory({
  validation_failed: {
    status: 422,
    title: { es: 'Datos no válidos', en: 'Invalid data' },
    detail: { es: 'Revise los campos indicados.', en: 'Check the fields named.' },
  },
  company_taken: {
    status: 409,
    title: { es: 'La empresa ya existe', en: 'The company exists already' },
    detail: {
      es: 'La empresa "{company}" ya está registrada y "{username}" no pertenece a ella.',
      en: 'The company "{company}" is registered already, and "{username}" does not belong to it.',
    },
  },
  password_missing: {
    status: 422,
    title: { es: 'Falta la clave', en: 'The password is missing' },
    detail: { es: 'Una empresa nueva necesita la clave de su administrador.', en: "A new company needs its administrator's password." },
  },
  plant_not_managed: {
    status: 403,
    title: { es: 'La planta es del cliente', en: "The plant is the customer's" },
    detail: {
      es: 'Esta planta se conectó para leerla: vuelva a registrarla con --manage-plant para que Andon pueda escribir en ella.',
      en: 'This plant was attached to be read: register it again with --manage-plant to let Andon write to it.',
    },
  },
})
