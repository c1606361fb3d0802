/** What signing up and proving an address say. */
import { defineMessages } from '../../platform/i18n/index.ts'

export const signupMessages = defineMessages({
  'api.verify': { es: 'Revise su correo: le enviamos un enlace para confirmarlo.', en: 'Check your e-mail: we sent a link to confirm it.' },
  'api.pending': {
    es: 'La cuenta espera la aprobación de un administrador.',
    en: 'The account awaits the approval of an administrator.',
  },
  'api.ready': { es: 'La cuenta está lista.', en: 'The account is ready.' },
  'api.verified': { es: 'Correo confirmado.', en: 'E-mail confirmed.' },
  'api.resent': {
    es: 'Si esa dirección espera confirmación, le enviamos un enlace nuevo.',
    en: 'If that address awaits confirmation, we sent a new link to it.',
  },
  'register.title': { es: 'Crear cuenta', en: 'Create account' },
  'register.full_name': { es: 'Nombre y apellido', en: 'Full name' },
  'register.email': { es: 'Correo', en: 'E-mail' },
  'register.username': { es: 'Usuario (opcional)', en: 'Username (optional)' },
  'register.username.hint': { es: 'Si lo deja vacío, se toma del correo.', en: 'Left empty, it is made from the e-mail.' },
  'register.password': { es: 'Contraseña', en: 'Password' },
  'register.password.hint': {
    es: 'Al menos 8 caracteres, con mayúscula, minúscula y número.',
    en: 'At least 8 characters, with upper case, lower case and a digit.',
  },
  'register.submit': { es: 'Crear cuenta', en: 'Create account' },
  'register.refused': { es: 'No se pudo crear la cuenta.', en: 'Could not create the account.' },
  'register.to_login': { es: '¿Ya tiene cuenta? Ingrese', en: 'Have an account? Sign in' },
  'closed.title': { es: 'Hace falta una invitación', en: 'An invitation is needed' },
  'closed.detail': {
    es: 'Aquí las cuentas las crea quien administra su empresa. Pídale una invitación; llegará por correo.',
    en: 'Accounts are made by the administrator of your company here. Ask for an invitation; it will come by e-mail.',
  },
  'done.verify.title': { es: 'Revise su correo', en: 'Check your e-mail' },
  'done.verify.detail': {
    es: 'Le enviamos un enlace para confirmar su dirección. Vale 24 horas. Mire también en el correo no deseado.',
    en: 'We sent you a link to confirm your address. It is good for 24 hours. Look in the spam folder too.',
  },
  'done.pending.title': { es: 'Falta la aprobación', en: 'Approval pending' },
  'done.pending.detail': {
    es: 'Un administrador debe aprobar su cuenta. Le avisaremos por correo.',
    en: 'An administrator has to approve your account. We will tell you by e-mail.',
  },
  'done.ready.title': { es: 'Cuenta lista', en: 'Account ready' },
  'done.ready.detail': { es: 'Ya puede ingresar.', en: 'You can sign in now.' },
  'done.changed.title': { es: 'Correo confirmado', en: 'E-mail confirmed' },
  'done.changed.detail': { es: 'Su cuenta usa desde ahora la dirección nueva.', en: 'Your account uses the new address from now on.' },
  'done.sent.title': { es: 'Revise su correo', en: 'Check your e-mail' },
  'done.sent.detail': {
    es: 'Si esa dirección espera confirmación, le enviamos un enlace nuevo. Vale 24 horas.',
    en: 'If that address awaits confirmation, we sent a new link to it. It is good for 24 hours.',
  },
  'done.login': { es: 'Ingresar', en: 'Sign in' },
  'done.home': { es: 'Continuar', en: 'Continue' },
  'verify.title': { es: 'Confirmar correo', en: 'Confirm e-mail' },
  'verify.detail': {
    es: 'Un paso más: confirme que esta dirección es suya.',
    en: 'One more step: confirm that this address is yours.',
  },
  'verify.submit': { es: 'Confirmar', en: 'Confirm' },
  'verify.invalid.title': { es: 'Enlace no válido', en: 'Link not valid' },
  'verify.invalid.detail': {
    es: 'El enlace ya se usó, venció o fue reemplazado por otro más nuevo. Pida uno nuevo:',
    en: 'The link was used already, has expired, or was replaced by a newer one. Ask for a new one:',
  },
  'verify.ask.detail': { es: 'Pida un enlace nuevo para confirmar su dirección:', en: 'Ask for a new link to confirm your address:' },
  'verify.resend': { es: 'Enviar enlace', en: 'Send link' },
  'verify.email.invalid': { es: 'No es un correo válido', en: 'Is not a valid e-mail address' },
})
