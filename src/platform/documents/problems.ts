/** Refusals of documents. */
import { type ProblemSpec, problemFactory } from '../http/problem.ts'

export const documentProblems = {
  documents_busy: {
    status: 503,
    title: { es: 'Se están preparando otros documentos', en: 'Other documents are being made' },
    detail: {
      es: 'Hay {waiting} documentos en espera. Intente de nuevo en {seconds} segundos.',
      en: '{waiting} documents are waiting. Try again in {seconds} seconds.',
    },
  },
  document_too_slow: {
    status: 503,
    title: { es: 'El documento no se pudo terminar', en: 'The document could not be finished' },
    detail: {
      es: 'Tardó más de {seconds} segundos o no cupo en la memoria. Elija un período más corto, un intervalo mayor o menos líneas.',
      en: 'It took longer than {seconds} seconds or did not fit in memory. Choose a shorter period, a coarser interval or fewer lines.',
    },
  },
} as const satisfies Record<string, ProblemSpec>

export const problem = problemFactory(documentProblems)
