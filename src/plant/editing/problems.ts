import { problemFactory } from '../../platform/http/problem.ts'

export const problem = problemFactory({
  validation_failed: {
    status: 422,
    title: { es: 'Datos no válidos', en: 'Invalid data' },
    detail: { es: 'Revise los campos señalados.', en: 'Check the fields listed.' },
  },
  record_not_found: {
    status: 404,
    title: { es: 'No encontrado', en: 'Not found' },
    detail: { es: 'La planta no tiene ese registro ({entity} {id}).', en: 'The plant has no such record ({entity} {id}).' },
  },
  edit_not_found: {
    status: 404,
    title: { es: 'Cambio no encontrado', en: 'Edit not found' },
  },
  edit_conflict: {
    status: 409,
    title: { es: 'Otra persona lo cambió mientras tanto', en: 'Somebody else changed it meanwhile' },
    detail: {
      es: 'Lo cambió {by} ({at}). Nada se guardó: revise los valores actuales y vuelva a intentar.',
      en: 'Changed by {by} ({at}). Nothing was saved: look at the present values and try again.',
    },
  },
  code_taken: {
    status: 409,
    title: { es: 'El código ya existe', en: 'The code is taken' },
    detail: { es: 'Otro registro de la planta tiene ese código.', en: 'Another record of the plant has that code.' },
  },
  nothing_to_revert: {
    status: 409,
    title: { es: 'No hay nada que revertir', en: 'Nothing to revert' },
    detail: {
      es: 'El registro no tiene un valor en la base de datos del cliente al que volver.',
      en: 'The record has no value in the customer’s database to go back to.',
    },
  },
  line_limit: {
    status: 409,
    title: { es: 'Se alcanzó el límite de líneas', en: 'The limit of lines is reached' },
    detail: { es: 'La empresa puede tener {maximum} líneas activas.', en: 'The company may have {maximum} active lines.' },
  },
  record_limit: {
    status: 409,
    title: { es: 'La planta ya tiene demasiados', en: 'The plant has too many already' },
    detail: {
      es: 'Una planta puede tener hasta {maximum} registros de este tipo: quite los que no use.',
      en: 'A plant may have up to {maximum} records of this kind: remove those that are not used.',
    },
  },
  plant_not_writable: {
    status: 409,
    title: { es: 'La base de datos de la planta no admite el cambio', en: 'The plant database refuses the change' },
    detail: {
      es: 'La cuenta con la que se conecta Andon no puede escribir ahí.',
      en: 'The account that Andon connects with may not write there.',
    },
  },
  plant_constraint: {
    status: 409,
    title: { es: 'La base de datos de la planta no admite el cambio', en: 'The plant database refuses the change' },
    detail: {
      es: 'Una regla de sus propias tablas lo impide: {reason}. Nada se guardó.',
      en: 'A rule of its own tables forbids it: {reason}. Nothing was saved.',
    },
  },
})

/** The same refusal when nobody changed it in Andon. */
export const foreignEdit = problemFactory({
  edit_conflict: {
    status: 409,
    title: { es: 'Cambió mientras tanto', en: 'It changed meanwhile' },
    detail: {
      es: 'Cambió en la base de datos de la planta. Nada se guardó: revise los valores actuales y vuelva a intentar.',
      en: 'It changed in the plant database. Nothing was saved: look at the present values and try again.',
    },
  },
})
