/** What the administration of companies refuses. */
import { problemFactory } from '../../platform/http/problem.ts'

export const problem = problemFactory({
  validation_failed: {
    status: 422,
    title: { es: 'Datos no válidos', en: 'Invalid data' },
    detail: { es: 'Revise los campos indicados.', en: 'Check the fields named.' },
  },
  company_not_found: { status: 404, title: { es: 'Empresa no encontrada', en: 'Company not found' } },
  company_name_taken: {
    status: 409,
    title: { es: 'Empresa existente', en: 'Company name taken' },
    detail: { es: 'Ya existe una empresa llamada {name}.', en: 'There is a company called {name} already.' },
  },
  slug_taken: {
    status: 409,
    title: { es: 'Dirección en uso', en: 'Slug taken' },
    detail: { es: 'La dirección {slug} ya está en uso.', en: 'The slug {slug} is taken.' },
  },
  tax_id_taken: {
    status: 409,
    title: { es: 'Identificación tributaria en uso', en: 'Tax id taken' },
    detail: { es: 'Otra empresa tiene esa identificación tributaria.', en: 'Another company has that tax id.' },
  },
  tax_id_immutable: {
    status: 409,
    title: { es: 'La identificación tributaria no cambia', en: 'The tax id does not change' },
    detail: { es: 'Una vez cargada no se puede cambiar.', en: 'Once set it cannot be changed.' },
  },
  company_create_closed: {
    status: 403,
    title: { es: 'No se pueden crear empresas', en: 'Companies cannot be created' },
    detail: {
      es: 'En esta instalación las empresas las crea quien la opera.',
      en: 'On this installation companies are created by its operator.',
    },
  },
  email_not_verified: {
    status: 403,
    title: { es: 'Correo sin verificar', en: 'E-mail not verified' },
    detail: { es: 'Confirme primero su correo.', en: 'Confirm your e-mail first.' },
  },
  permission_denied: {
    status: 403,
    title: { es: 'Sin acceso', en: 'No access' },
    detail: { es: 'Su rol no permite esta acción.', en: 'Your role does not allow this.' },
  },
  user_not_found: { status: 404, title: { es: 'Usuario no encontrado', en: 'User not found' } },
  own_role: {
    status: 409,
    title: { es: 'Ya es suya', en: 'Yours already' },
    detail: { es: 'Elija a otra persona.', en: 'Choose another person.' },
  },
  current_password_incorrect: {
    status: 400,
    title: { es: 'Contraseña incorrecta', en: 'Wrong password' },
    detail: { es: 'La contraseña no es correcta.', en: 'The password is not correct.' },
  },
  tenant_inactive: {
    status: 403,
    title: { es: 'Sin acceso', en: 'No access' },
    detail: { es: 'La empresa está desactivada.', en: 'The company is not active.' },
  },
})
