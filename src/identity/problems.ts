/** Every refusal that identity can answer with. */
import { type ProblemOptions, type ProblemSpec, problemFactory } from '../platform/http/problem.ts'

const unauthenticated = (es: string, en: string): ProblemSpec => ({
  status: 401,
  title: { es: 'Hace falta ingresar', en: 'Sign-in required' },
  detail: { es, en },
})
const forbidden = (es: string, en: string): ProblemSpec => ({
  status: 403,
  title: { es: 'Sin acceso', en: 'No access' },
  detail: { es, en },
})

export const identityProblems = {
  not_authenticated: unauthenticated('Ingrese para continuar.', 'Not authenticated: sign in to continue.'),
  token_expired: unauthenticated('El token venció.', 'The token has expired.'),
  token_invalid: unauthenticated('El token no es válido.', 'The token is not valid.'),
  session_ended: unauthenticated('La sesión terminó: ingrese de nuevo.', 'The session has ended: sign in again.'),
  invalid_credentials: unauthenticated('Usuario o contraseña incorrectos.', 'Wrong username or password.'),
  refresh_token_required: unauthenticated('Falta el token de renovación.', 'A refresh token is required.'),
  refresh_invalid: unauthenticated('El token de renovación no es válido.', 'The refresh token is not valid.'),
  refresh_revoked_or_expired: unauthenticated(
    'El token de renovación venció o fue revocado.',
    'The refresh token was revoked or has expired.',
  ),
  refresh_already_rotated: unauthenticated('El token de renovación ya fue usado.', 'The refresh token was used already.'),
  logout_invalid_refresh: unauthenticated('El token no es válido.', 'The token is not valid.'),
  logout_missing_token: {
    status: 400,
    title: { es: 'Falta el token', en: 'Token missing' },
    detail: { es: 'Envíe el token de acceso o el de renovación.', en: 'Send the access token or the refresh token.' },
  },
  permission_denied: forbidden('Su rol no permite esta acción.', 'Your role does not allow this.'),
  no_company_access: forbidden('No tiene acceso a esa empresa.', 'You have no access to that company.'),
  tenant_mismatch: forbidden('La empresa pedida no es la del token.', "The company asked for is not the token's."),
  tenant_inactive: forbidden('La empresa está desactivada.', 'The company is not active.'),
  not_approved: forbidden('La cuenta espera aprobación.', 'The account awaits approval.'),
  email_not_verified: forbidden(
    'Falta confirmar el correo: siga el enlace que le enviamos.',
    'The e-mail address is not confirmed yet: follow the link that we sent.',
  ),
  password_change_required: forbidden(
    'Antes de seguir hay que cambiar la contraseña.',
    'The password must be changed before anything else.',
  ),
  account_disabled: forbidden('La cuenta está desactivada.', 'The account is disabled.'),
  csrf_failed: forbidden(
    'La página venció o la petición vino de otro sitio: vuelva a cargarla e intente de nuevo.',
    'The page has expired or the request came from another site: reload it and try again.',
  ),
  company_not_found: { status: 404, title: { es: 'Página no encontrada', en: 'Page not found' } },
  company_required: {
    status: 400,
    title: { es: 'Falta elegir la empresa', en: 'Company required' },
    detail: { es: 'Indique la empresa con el encabezado X-Company-ID.', en: 'Name the company with the header X-Company-ID.' },
  },
  invalid_company_id: {
    status: 400,
    title: { es: 'Empresa mal indicada', en: 'Invalid company id' },
    detail: { es: 'Se espera un UUID o un número entero.', en: 'A UUID or an integer is expected.' },
  },
  unsupported_grant_type: {
    status: 400,
    title: { es: 'Tipo de concesión no admitido', en: 'Unsupported grant type' },
    detail: { es: 'Solo se admite `password`.', en: 'Only `password` is supported.' },
  },
  current_password_incorrect: {
    status: 400,
    title: { es: 'Contraseña incorrecta', en: 'Wrong password' },
    detail: { es: 'La contraseña actual no es correcta.', en: 'The current password is not correct.' },
  },
  password_unchanged: {
    status: 400,
    title: { es: 'Misma contraseña', en: 'Same password' },
    detail: { es: 'La contraseña nueva debe ser distinta de la actual.', en: 'The new password must differ from the current one.' },
  },
  email_malformed: {
    status: 400,
    title: { es: 'Correo no válido', en: 'E-mail not valid' },
    detail: { es: 'No es un correo válido.', en: 'Is not a valid e-mail address.' },
  },
  /** Of a link that was mailed. */
  token_invalid_or_expired: {
    status: 400,
    title: { es: 'Enlace no válido', en: 'Link not valid' },
    detail: {
      es: 'El enlace ya se usó, venció o fue reemplazado por otro.',
      en: 'The link was used already, has expired, or was replaced.',
    },
  },
  validation_failed: {
    status: 422,
    title: { es: 'Datos no válidos', en: 'Invalid data' },
    detail: { es: 'Revise los campos indicados.', en: 'Check the fields named.' },
  },
  username_taken: {
    status: 409,
    title: { es: 'Usuario en uso', en: 'Username taken' },
    detail: { es: 'El usuario {username} ya existe.', en: 'The username {username} is taken.' },
  },
  email_taken: {
    status: 409,
    title: { es: 'Correo en uso', en: 'E-mail taken' },
    detail: { es: 'El correo {email} ya tiene una cuenta.', en: 'The e-mail {email} has an account already.' },
  },
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
  tenant_user_limit: {
    status: 409,
    title: { es: 'Límite de usuarios', en: 'User limit' },
    detail: { es: 'La empresa ya tiene {limit} usuarios.', en: 'The company has {limit} users already.' },
  },
  session_limit: {
    status: 409,
    title: { es: 'Demasiadas sesiones', en: 'Too many sessions' },
    detail: {
      es: 'Ya tiene {limit} sesiones abiertas: cierre una para ingresar aquí.',
      en: 'You have {limit} open sessions already: end one to sign in here.',
    },
  },
  person_required: forbidden('Esto solo puede hacerlo una persona con su sesión.', 'Only a person with a session may do this.'),
  address_not_allowed: forbidden('La clave no admite esta dirección de red.', 'The key does not accept this network address.'),
  api_key_invalid: unauthenticated('La clave de API no es válida.', 'The API key is not valid.'),
  mfa_required_role: forbidden(
    'Su rol exige un segundo factor: configúrelo en su cuenta para continuar.',
    'Your role requires a second factor: set it up in your account to go on.',
  ),
  user_not_found: { status: 404, title: { es: 'Usuario no encontrado', en: 'User not found' } },
  rate_limited: {
    status: 429,
    title: { es: 'Demasiados intentos', en: 'Too many attempts' },
    detail: { es: 'Espere {seconds} s e intente de nuevo.', en: 'Wait {seconds} s and try again.' },
  },
  too_busy: {
    status: 503,
    title: { es: 'Servicio ocupado', en: 'Service busy' },
    detail: { es: 'Intente de nuevo en unos segundos.', en: 'Try again in a few seconds.' },
  },
} as const satisfies Record<string, ProblemSpec>

const make = problemFactory(identityProblems)

/** Each 401 says how to authenticate (RFC 9110, 15.5.2). */
export const problem = (code: keyof typeof identityProblems, options: ProblemOptions = {}) =>
  make(
    code,
    identityProblems[code].status === 401 ? { ...options, headers: { 'www-authenticate': 'Bearer', ...options.headers } } : options,
  )
