/** What screens and PINs refuse with. */
import { type ProblemSpec, problemFactory } from '../../platform/http/problem.ts'

export const displayProblems = {
  pairing_invalid: {
    status: 400,
    title: { es: 'Código no válido', en: 'Code not valid' },
    detail: {
      es: 'El código o enlace no es válido, ya fue usado o venció. Pida otro a quien administra las pantallas.',
      en: 'The code or link is not valid, was used already or has expired. Ask whoever manages the displays for another.',
    },
  },
  display_not_found: { status: 404, title: { es: 'Pantalla no encontrada', en: 'Display not found' } },
  member_not_found: { status: 404, title: { es: 'Usuario no encontrado', en: 'User not found' } },
  pin_unusable: {
    status: 422,
    title: { es: 'PIN no válido', en: 'PIN not valid' },
    detail: {
      es: 'Use de 4 a 8 dígitos que no sean todos iguales ni seguidos (1234, 4321).',
      en: 'Use 4 to 8 digits that are neither all the same nor in a row (1234, 4321).',
    },
  },
} as const satisfies Record<string, ProblemSpec>

export const problem = problemFactory(displayProblems)
