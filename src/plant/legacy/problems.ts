import { problemFactory } from '../../platform/http/problem.ts'

export const problem = problemFactory({
  not_a_legacy_database: {
    status: 422,
    title: { es: 'No es una base de datos anterior', en: 'Not an earlier database' },
    detail: { es: 'Faltan las tablas: {tables}.', en: 'Tables are missing: {tables}.' },
  },
})
