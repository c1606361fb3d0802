import { type ProblemSpec, problemFactory } from '../../platform/http/problem.ts'

const liveProblems = {
  too_many_streams: {
    status: 429,
    title: { es: 'Demasiadas vistas en vivo', en: 'Too many live views' },
    detail: {
      es: 'Ya hay {count} vistas en vivo abiertas. Cierre alguna pestaña.',
      en: '{count} live views are open already. Close a tab.',
    },
  },
  live_full: {
    status: 503,
    title: { es: 'No hay lugar para otra vista en vivo', en: 'No room for another live view' },
    detail: {
      es: 'El servidor ya atiende {count} vistas en vivo. Mientras tanto, los datos se actualizan cada pocos segundos.',
      en: 'The server holds {count} live views already. Meanwhile the data is refreshed every few seconds.',
    },
  },
  origin_refused: {
    status: 403,
    title: { es: 'Origen no admitido', en: 'Origin not accepted' },
    detail: {
      es: 'La conexión viene de un sitio que no está en ALLOWED_ORIGINS.',
      en: 'The connection comes from a site that is not among ALLOWED_ORIGINS.',
    },
  },
} as const satisfies Record<string, ProblemSpec>

export const problem = problemFactory(liveProblems)
