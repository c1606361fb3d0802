/** What the administration of keys and screens refuses with. */
import { type ProblemSpec, problemFactory } from '../../platform/http/problem.ts'

export const deviceProblems = {
  api_key_not_found: { status: 404, title: { es: 'Clave no encontrada', en: 'Key not found' } },
  scope_above_own: {
    status: 403,
    title: { es: 'Permiso que no tiene', en: 'Permission you do not have' },
    detail: {
      es: 'No puede dar a una clave permisos que usted no tiene: {scopes}.',
      en: 'You cannot give a key permissions that you do not have: {scopes}.',
    },
  },
  api_key_limit: {
    status: 409,
    title: { es: 'Demasiadas claves', en: 'Too many keys' },
    detail: {
      es: 'La empresa ya tiene {limit} claves: revoque las que no use.',
      en: 'The company has {limit} keys: revoke those not in use.',
    },
  },
  display_limit: {
    status: 409,
    title: { es: 'Demasiadas pantallas', en: 'Too many displays' },
    detail: {
      es: 'La empresa ya tiene {limit} pantallas: revoque las que no use.',
      en: 'The company has {limit} displays: revoke those not in use.',
    },
  },
  role_above_own: {
    status: 403,
    title: { es: 'Rol superior al suyo', en: 'Role above your own' },
    detail: { es: 'No puede cambiar a alguien de rol superior al suyo.', en: 'You cannot change somebody whose role is above yours.' },
  },
  validation_failed: {
    status: 422,
    title: { es: 'Datos no válidos', en: 'Invalid data' },
    detail: { es: 'Revise los campos indicados.', en: 'Check the fields named.' },
  },
} as const satisfies Record<string, ProblemSpec>

export const problem = problemFactory(deviceProblems)
