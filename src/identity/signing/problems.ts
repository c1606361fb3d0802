/** What a signature is refused with. */
import { type ProblemSpec, problemFactory } from '../../platform/http/problem.ts'

const signingProblems = {
  signature_required: {
    status: 422,
    title: { es: 'Falta la firma', en: 'Signature missing' },
    detail: { es: 'Elija su nombre e ingrese su PIN.', en: 'Choose your name and enter your PIN.' },
  },
  signature_used: {
    status: 422,
    title: { es: 'La firma ya se usó', en: 'The signature was used already' },
    detail: { es: 'Esa firma era de otra acción. Firme de nuevo.', en: 'That signature was of another action. Sign again.' },
  },
  pin_wrong: {
    status: 403,
    title: { es: 'PIN incorrecto', en: 'Wrong PIN' },
    detail: { es: 'El PIN no es correcto. Intentos que quedan: {left}.', en: 'The PIN is not right. Tries left: {left}.' },
  },
  pin_locked: {
    status: 429,
    title: { es: 'PIN en pausa', en: 'PIN paused' },
    detail: {
      es: 'Demasiados PIN incorrectos en esta pantalla. Espere {minutes} min, o pida un PIN nuevo a quien dirige.',
      en: 'Too many wrong PINs on this screen. Wait {minutes} min, or ask whoever leads for a new PIN.',
    },
  },
} as const satisfies Record<string, ProblemSpec>

export const problem = problemFactory(signingProblems)
