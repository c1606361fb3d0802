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
} as const satisfies Record<string, ProblemSpec>

export const problem = problemFactory(liveProblems)
