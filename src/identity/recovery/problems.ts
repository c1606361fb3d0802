/** What recovering an account can be refused with. */
import { type ProblemSpec, problemFactory } from '../../platform/http/problem.ts'

const recoveryProblems = {
  token_invalid_or_expired: {
    status: 400,
    title: { es: 'Enlace no válido', en: 'Link not valid' },
    detail: {
      es: 'El enlace ya se usó, venció o fue reemplazado por otro.',
      en: 'The link was used already, has expired, or was replaced.',
    },
  },
} as const satisfies Record<string, ProblemSpec>

export const recoveryProblem = problemFactory(recoveryProblems)
