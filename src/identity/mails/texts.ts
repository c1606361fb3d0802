/** What each mail says. Marks are filled from the mail's values (`mails.ts`) and `{app}`. */
import { defineMessages, type Text } from '../../platform/i18n/index.ts'
import type { MailTemplate } from './mails.ts'

export type MailText = {
  readonly subject: Text
  readonly body: readonly Text[]
  /** Leads to the mail's `path`. */
  readonly button?: Text
  /** Small print below. */
  readonly notes?: readonly Text[]
}

const notYou: Text = {
  es: 'Si no fue usted, recupere su contraseña desde la página de ingreso y avise a quien administra su empresa.',
  en: 'If this was not you, reset your password from the sign-in page and tell the administrator of your company.',
}
const ignoreIt: Text = { es: 'Si usted no lo pidió, ignore este mensaje.', en: 'If you did not ask for this, ignore this message.' }
const signIn: Text = { es: 'Ingresar', en: 'Sign in' }
const checkSessions: Text = { es: 'Revisar mi cuenta', en: 'Review my account' }

export const mailTexts: Readonly<Record<MailTemplate, MailText>> = {
  verify_email: {
    subject: { es: 'Confirme su correo', en: 'Confirm your e-mail' },
    body: [
      {
        es: 'Para empezar a usar {app}, confirme que esta dirección de correo es suya.',
        en: 'To start using {app}, confirm that this e-mail address is yours.',
      },
    ],
    button: { es: 'Confirmar correo', en: 'Confirm e-mail' },
    notes: [{ es: 'El enlace vale 24 horas y una sola vez.', en: 'The link is valid for 24 hours, once.' }, ignoreIt],
  },
  email_exists_notice: {
    subject: { es: 'Usted ya tiene una cuenta', en: 'You already have an account' },
    body: [
      {
        es: 'Alguien quiso usar este correo para una cuenta de {app}, pero el correo ya tiene una. Si fue usted, ingrese con ella; desde la misma página puede recuperar la contraseña.',
        en: 'Somebody tried to use this e-mail for an account of {app}, but it has one already. If that was you, sign in with it; the same page resets a forgotten password.',
      },
    ],
    button: signIn,
    notes: [{ es: 'Si no fue usted, no hace falta hacer nada.', en: 'If that was not you, there is nothing to do.' }],
  },
  welcome: {
    subject: { es: 'Le damos la bienvenida a {app}', en: 'Welcome to {app}' },
    body: [{ es: 'Su cuenta está lista.', en: 'Your account is ready.' }],
    button: signIn,
  },
  approval_pending: {
    subject: { es: 'Solicitud de acceso a {company}', en: 'Request for access to {company}' },
    body: [
      {
        es: '{name} ({email}) pidió acceso a {company} y espera que alguien lo apruebe.',
        en: '{name} ({email}) asked for access to {company} and awaits approval.',
      },
    ],
    button: { es: 'Revisar la solicitud', en: 'Review the request' },
    notes: [
      {
        es: 'Recibe este mensaje porque puede administrar usuarios.',
        en: 'You receive this message because you may manage users.',
      },
    ],
  },
  ownership_transferred: {
    subject: { es: '{company} tiene otro dueño', en: '{company} has another owner' },
    body: [
      {
        es: 'Desde ahora {owner} es dueño de {company}. Quien lo era antes la administra.',
        en: '{owner} owns {company} from now on. Whoever did before administers it.',
      },
    ],
    button: { es: 'Ver la empresa', en: 'See the company' },
    notes: [notYou],
  },
  approved: {
    subject: { es: 'Su acceso a {company} fue aprobado', en: 'Your access to {company} was approved' },
    body: [{ es: 'Ya puede ingresar a {company}.', en: 'You can sign in to {company} now.' }],
    button: signIn,
  },
  rejected: {
    subject: { es: 'Su solicitud de acceso a {company}', en: 'Your request for access to {company}' },
    body: [
      { es: 'Su solicitud de acceso a {company} no fue aprobada.', en: 'Your request for access to {company} was not approved.' },
      { es: 'Motivo: {reason}', en: 'Reason: {reason}' },
    ],
  },
  invitation: {
    subject: { es: 'Invitación a {company}', en: 'Invitation to {company}' },
    body: [
      {
        es: '{inviter} le invita a trabajar en {company} con el rol {role}.',
        en: '{inviter} invites you to work in {company} with the role {role}.',
      },
    ],
    button: { es: 'Aceptar la invitación', en: 'Accept the invitation' },
    notes: [
      { es: 'La invitación vale hasta el {expiresAt}.', en: 'The invitation is valid until {expiresAt}.' },
      {
        es: 'Si no conoce a quien la envía, ignore este mensaje.',
        en: 'If you do not know who sent it, ignore this message.',
      },
    ],
  },
  password_reset: {
    subject: { es: 'Restablezca su contraseña', en: 'Reset your password' },
    body: [
      {
        es: 'Se pidió restablecer la contraseña de su cuenta. Elija una nueva con este botón.',
        en: 'Somebody asked to reset the password of your account. Choose a new one with this button.',
      },
    ],
    button: { es: 'Elegir contraseña', en: 'Choose a password' },
    notes: [
      { es: 'El enlace vale 60 minutos y una sola vez.', en: 'The link is valid for 60 minutes, once.' },
      {
        es: 'Si usted no lo pidió, ignore este mensaje: su contraseña no cambió.',
        en: 'If you did not ask for this, ignore this message: your password has not changed.',
      },
    ],
  },
  password_changed: {
    subject: { es: 'Su contraseña cambió', en: 'Your password changed' },
    body: [
      {
        es: 'La contraseña de su cuenta se cambió el {at}, desde la dirección {ip}.',
        en: 'The password of your account was changed on {at}, from the address {ip}.',
      },
    ],
    notes: [notYou],
  },
  email_change_confirm: {
    subject: { es: 'Confirme su correo nuevo', en: 'Confirm your new e-mail' },
    body: [
      {
        es: 'Se pidió usar esta dirección para su cuenta de {app}. Hasta que la confirme sigue valiendo la anterior.',
        en: 'Somebody asked to use this address for your account of {app}. Until you confirm it the previous one stays.',
      },
    ],
    button: { es: 'Confirmar correo', en: 'Confirm e-mail' },
    notes: [{ es: 'El enlace vale 24 horas y una sola vez.', en: 'The link is valid for 24 hours, once.' }, ignoreIt],
  },
  email_change_notice: {
    subject: { es: 'Cambio de correo de su cuenta', en: 'Change of the e-mail of your account' },
    body: [
      {
        es: 'Se pidió cambiar el correo de su cuenta a {newEmail}. Vale cuando se confirme desde esa dirección.',
        en: 'Somebody asked to change the e-mail of your account to {newEmail}. It takes effect once confirmed from that address.',
      },
    ],
    notes: [notYou],
  },
  email_changed: {
    subject: { es: 'Cambió el correo de su cuenta', en: 'The e-mail of your account changed' },
    body: [
      {
        es: 'Desde ahora el correo de su cuenta es {newEmail}. A esta dirección ya no le escribiremos.',
        en: 'From now on the e-mail of your account is {newEmail}. We will not write to this address any more.',
      },
    ],
    notes: [
      {
        es: 'Si no fue usted, avise a quien administra su empresa: desde esta dirección ya no se puede recuperar la contraseña.',
        en: 'If this was not you, tell the administrator of your company: from this address the password cannot be reset any more.',
      },
    ],
  },
  account_locked: {
    subject: { es: 'Ingreso bloqueado por un tiempo', en: 'Sign-in blocked for a while' },
    body: [
      {
        es: 'Hubo muchos intentos fallidos de ingresar a su cuenta. Durante {minutes} minutos no se podrá ingresar desde lugares nuevos.',
        en: 'There were many failed attempts to sign in to your account. For {minutes} minutes nobody can sign in from new places.',
      },
      {
        es: 'Si fue usted y olvidó la contraseña, elija una nueva.',
        en: 'If that was you and you forgot the password, choose a new one.',
      },
    ],
    button: { es: 'Restablecer contraseña', en: 'Reset password' },
  },
  refresh_reuse_alert: {
    subject: { es: 'Cerramos una sesión por seguridad', en: 'We ended a session for safety' },
    body: [
      {
        es: 'El {at} alguien presentó, desde {ip}, una credencial de su cuenta que ya se había usado. Puede ser una copia: cerramos esa sesión.',
        en: 'On {at} somebody at {ip} presented a credential of your account that had been used before. It may be a copy: we ended that session.',
      },
    ],
    button: checkSessions,
    notes: [notYou],
  },
  mfa_changed: {
    subject: { es: 'Segundo factor de su cuenta', en: 'Second factor of your account' },
    body: [{ es: 'El {at} {isOn}.', en: 'On {at} {isOn}.' }],
    notes: [notYou],
  },
}

/** Words of the mails that are not sentences. */
export const mailMessages = defineMessages({
  greeting: { es: 'Hola, {name}:', en: 'Hello {name},' },
  by_hand: {
    es: 'Si el botón no funciona, copie esta dirección en su navegador:',
    en: 'If the button does not work, copy this address into your browser:',
  },
  footer: {
    es: 'Mensaje automático de {app}. No hace falta responderlo.',
    en: 'Automatic message from {app}. No reply is needed.',
  },
  'mfa.on': { es: 'se activó el segundo factor', en: 'the second factor was turned on' },
  'mfa.off': { es: 'se desactivó el segundo factor', en: 'the second factor was turned off' },
  'mfa.reset': {
    es: 'la administración quitó el segundo factor',
    en: 'an administrator removed the second factor',
  },
  'mfa.codes': { es: 'se generaron nuevos códigos de recuperación', en: 'new recovery codes were made' },
})
