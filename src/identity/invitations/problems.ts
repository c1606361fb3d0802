/** What invitations refuse. */
import { problemFactory } from '../../platform/http/problem.ts'

const denied = { es: 'Sin acceso', en: 'No access' }

export const problem = problemFactory({
  validation_failed: {
    status: 422,
    title: { es: 'Datos no válidos', en: 'Invalid data' },
    detail: { es: 'Revise los campos indicados.', en: 'Check the fields named.' },
  },
  already_member: {
    status: 409,
    title: { es: 'Ya es de la empresa', en: 'A member already' },
    detail: { es: 'Esa persona ya pertenece a la empresa.', en: 'That person belongs to the company already.' },
  },
  invitation_pending: {
    status: 409,
    title: { es: 'Invitación en espera', en: 'Invitation pending' },
    detail: {
      es: 'Esa dirección ya tiene una invitación en espera: reenvíela o anúlela.',
      en: 'That address has an invitation waiting already: send it again or revoke it.',
    },
  },
  invitation_not_found: { status: 404, title: { es: 'Invitación no encontrada', en: 'Invitation not found' } },
  invitation_over: {
    status: 409,
    title: { es: 'Invitación terminada', en: 'Invitation over' },
    detail: { es: 'Ya fue aceptada o anulada.', en: 'It was accepted or revoked already.' },
  },
  token_invalid_or_expired: {
    status: 400,
    title: { es: 'Invitación no válida', en: 'Invitation not valid' },
    detail: {
      es: 'El enlace no es válido, venció o ya fue usado. Pida otra invitación.',
      en: 'The link is not valid, has expired or was used already. Ask for another invitation.',
    },
  },
  login_required: {
    status: 409,
    title: { es: 'Ya tiene una cuenta', en: 'You have an account already' },
    detail: { es: 'Ingrese con su cuenta y acepte la invitación.', en: 'Sign in to your account and accept the invitation.' },
  },
  register_required: {
    status: 409,
    title: { es: 'Falta crear la cuenta', en: 'An account is needed' },
    detail: {
      es: 'Este enlace sirve a varias personas: cree su cuenta con él, o ingrese con la que tiene.',
      en: 'This link is for several people: create your account with it, or sign in to the one you have.',
    },
  },
  username_taken: {
    status: 409,
    title: { es: 'Usuario en uso', en: 'Username taken' },
    detail: { es: 'El usuario {username} ya existe.', en: 'The username {username} is taken.' },
  },
  invitation_for_other_account: {
    status: 403,
    title: denied,
    detail: { es: 'La invitación es para otra cuenta.', en: 'The invitation is for another account.' },
  },
  role_above_own: {
    status: 403,
    title: denied,
    detail: { es: 'No puede dar un rol por encima del suyo.', en: 'You cannot give a role above your own.' },
  },
  permission_not_held: {
    status: 403,
    title: denied,
    detail: { es: 'Solo puede dar permisos que usted tiene.', en: 'You can only give permissions that you hold.' },
  },
})
