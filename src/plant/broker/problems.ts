/** What the data broker refuses. */
import { type ProblemSpec, problemFactory } from '../../platform/http/problem.ts'

const brokerProblems = {
  invalid_source: {
    status: 422,
    title: { es: 'Fuente no válida', en: 'Invalid source' },
    detail: { es: 'Revise los campos indicados.', en: 'Check the fields named.' },
  },
  source_not_found: {
    status: 404,
    title: { es: 'Fuente no encontrada', en: 'Source not found' },
    detail: { es: 'La empresa no tiene la fuente «{id}».', en: 'The company has no source “{id}”.' },
  },
  source_taken: {
    status: 409,
    title: { es: 'El identificador ya existe', en: 'The id is taken' },
    detail: { es: 'Ya hay una fuente «{id}».', en: 'There is a source “{id}” already.' },
  },
  source_edited_meanwhile: {
    status: 409,
    title: { es: 'Otra persona la cambió', en: 'Somebody else changed it' },
    detail: {
      es: 'La fuente cambió después de abrir esta página. Nada se guardó: ábrala de nuevo.',
      en: 'The source changed after this page was opened. Nothing was saved: open it again.',
    },
  },
  source_disabled: {
    status: 400,
    title: { es: 'Fuente apagada', en: 'Source switched off' },
    detail: { es: 'La fuente «{id}» está apagada.', en: 'The source “{id}” is switched off.' },
  },
  too_many_sources: {
    status: 422,
    title: { es: 'Demasiadas fuentes', en: 'Too many sources' },
    detail: { es: 'Una empresa tiene a lo sumo {most} fuentes.', en: 'A company has at most {most} sources.' },
  },
  source_map_unreadable: {
    status: 422,
    title: { es: 'Archivo ilegible', en: 'Unreadable file' },
    detail: {
      es: 'El texto no se pudo leer como mapa de fuentes. Nada cambió.',
      en: 'The text could not be read as a map of sources. Nothing changed.',
    },
  },
} as const satisfies Record<string, ProblemSpec>

export const problem = problemFactory(brokerProblems)
