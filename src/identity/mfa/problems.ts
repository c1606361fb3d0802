/** What the second factor refuses with. */
import { Problem, type ProblemOptions, type ProblemSpec, problemFactory } from '../../platform/http/problem.ts'

export const mfaProblems = {
  /** Instead of tokens where the answer can only be tokens or a refusal; carries `mfa_token`. */
  mfa_required: {
    status: 401,
    title: { es: 'Falta el segundo factor', en: 'Second factor required' },
    detail: {
      es: 'Envíe el código de su aplicación en `otp`, o verifíquelo con `mfa_token`.',
      en: "Send your app's code as `otp`, or verify it with `mfa_token`.",
    },
  },
  mfa_invalid: {
    status: 401,
    title: { es: 'Código incorrecto', en: 'Wrong code' },
    detail: {
      es: 'El código no es válido o ya fue usado. Espere el siguiente e intente de nuevo.',
      en: 'The code is not valid or was used already. Wait for the next one and try again.',
    },
  },
  mfa_setup_expired: {
    status: 400,
    title: { es: 'Configuración vencida', en: 'Setup expired' },
    detail: {
      es: 'Pasaron diez minutos sin confirmar: empiece de nuevo.',
      en: 'Ten minutes passed without a code: start again.',
    },
  },
  mfa_already_enabled: {
    status: 409,
    title: { es: 'Segundo factor activo', en: 'Second factor on' },
    detail: { es: 'El segundo factor ya está activo.', en: 'The second factor is on already.' },
  },
  mfa_not_enabled: {
    status: 409,
    title: { es: 'Segundo factor inactivo', en: 'Second factor off' },
    detail: { es: 'La cuenta no tiene segundo factor.', en: 'The account has no second factor.' },
  },
  mfa_unavailable: {
    status: 403,
    title: { es: 'No disponible', en: 'Not available' },
    detail: { es: 'Esta instalación no ofrece segundo factor.', en: 'This installation does not offer a second factor.' },
  },
} as const satisfies Record<string, ProblemSpec>

const make = problemFactory(mfaProblems)

export const problem = (code: keyof typeof mfaProblems, options: ProblemOptions = {}): Problem =>
  make(code, mfaProblems[code].status === 401 ? { ...options, headers: { 'www-authenticate': 'Bearer', ...options.headers } } : options)

/** The same refusal for somebody who is signed in: 400, for the session is not what is wrong. */
export const codeInvalid = (): Problem => new Problem('mfa_invalid', { ...mfaProblems.mfa_invalid, status: 400 })
