/** What signing up and proving an address can be refused with. */
import { type ProblemSpec, problemFactory } from '../../platform/http/problem.ts'

const noAccess = { es: 'Sin acceso', en: 'No access' }

const signupProblems = {
  signup_closed: {
    status: 403,
    title: noAccess,
    detail: {
      es: 'Aquí no se puede crear una cuenta sin invitación: pídala a quien administra su empresa.',
      en: 'An account cannot be made here without an invitation: ask the administrator of your company for one.',
    },
  },
  domain_not_allowed: {
    status: 403,
    title: noAccess,
    detail: {
      es: 'Solo pueden registrarse correos de los dominios admitidos.',
      en: 'Only e-mail addresses of the accepted domains can register.',
    },
  },
  invitation_for_other_account: {
    status: 403,
    title: noAccess,
    detail: { es: 'La invitación es para otro correo.', en: 'The invitation is for another e-mail address.' },
  },
} as const satisfies Record<string, ProblemSpec>

export const signupProblem = problemFactory(signupProblems)
