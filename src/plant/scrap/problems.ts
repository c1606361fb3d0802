/** What noting scrap is refused with. */
import { type ProblemSpec, problemFactory } from '../../platform/http/problem.ts'

const scrapProblems = {
  invalid_scrap: {
    status: 422,
    title: { es: 'Descarte no válido', en: 'Invalid scrap' },
    detail: { es: 'Revise los campos indicados.', en: 'Check the fields named.' },
  },
  scrap_note_not_found: {
    status: 404,
    title: { es: 'Anotación no encontrada', en: 'Note not found' },
    detail: { es: 'Esa anotación no existe o ya fue anulada.', en: 'There is no such note, or it was withdrawn.' },
  },
} as const satisfies Record<string, ProblemSpec>

export const problem = problemFactory(scrapProblems)
