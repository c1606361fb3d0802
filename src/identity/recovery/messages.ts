/** What recovering an account says. */
import { defineMessages } from '../../platform/i18n/index.ts'

export const recoveryMessages = defineMessages({
  'api.forgot': {
    es: 'Si esa dirección tiene una cuenta, le enviamos un enlace para elegir otra contraseña.',
    en: 'If that address has an account, we sent a link to it to choose another password.',
  },
  'api.reset': { es: 'Contraseña cambiada. Ingrese con la nueva.', en: 'Password changed. Sign in with the new one.' },
  'forgot.title': { es: 'Recuperar contraseña', en: 'Forgotten password' },
  'forgot.detail': {
    es: 'Escriba su correo y le enviaremos un enlace para elegir otra contraseña.',
    en: 'Type your e-mail and we will send a link to choose another password.',
  },
  'forgot.email': { es: 'Correo', en: 'E-mail' },
  'forgot.submit': { es: 'Enviar enlace', en: 'Send link' },
  'forgot.sent.title': { es: 'Revise su correo', en: 'Check your e-mail' },
  'forgot.sent.detail': {
    es: 'Si esa dirección tiene una cuenta, recibirá un enlace que vale 60 minutos. Mire también en el correo no deseado.',
    en: 'If that address has an account, a link will arrive that is good for 60 minutes. Look in the spam folder too.',
  },
  'reset.title': { es: 'Elegir contraseña', en: 'Choose a password' },
  'reset.new': { es: 'Contraseña nueva', en: 'New password' },
  'reset.confirm': { es: 'Repita la contraseña', en: 'Repeat the password' },
  'reset.hint': {
    es: 'Al menos 8 caracteres, con mayúscula, minúscula y número. Se cerrarán todas las sesiones.',
    en: 'At least 8 characters, with upper case, lower case and a digit. All sessions will end.',
  },
  'reset.submit': { es: 'Guardar contraseña', en: 'Save password' },
  'reset.done.title': { es: 'Contraseña cambiada', en: 'Password changed' },
  'reset.done.detail': {
    es: 'Todas las sesiones se cerraron. Ingrese con la contraseña nueva.',
    en: 'All sessions have ended. Sign in with the new password.',
  },
  'reset.invalid.title': { es: 'Enlace no válido', en: 'Link not valid' },
  'reset.invalid.detail': {
    es: 'El enlace ya se usó, venció o fue reemplazado por otro más nuevo.',
    en: 'The link was used already, has expired, or was replaced by a newer one.',
  },
  'reset.again': { es: 'Pedir otro enlace', en: 'Ask for another link' },
  to_login: { es: 'Ingresar', en: 'Sign in' },
  back_to_login: { es: 'Volver al ingreso', en: 'Back to sign-in' },
})
