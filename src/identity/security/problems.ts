/** What guarding one's account refuses with. */
import { type ProblemSpec, problemFactory } from '../../platform/http/problem.ts'

export const securityProblems = {
  session_not_found: { status: 404, title: { es: 'Sesión no encontrada', en: 'Session not found' } },
} as const satisfies Record<string, ProblemSpec>

export const problem = problemFactory(securityProblems)
