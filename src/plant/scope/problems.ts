import { type ProblemField, problemFactory } from '../../platform/http/problem.ts'
import type { Text } from '../../platform/i18n/i18n.ts'

export const scopeProblem = problemFactory({
  invalid_filters: {
    status: 422,
    title: { es: 'Filtros no válidos', en: 'Invalid filters' },
    detail: { es: 'Revise los filtros indicados.', en: 'Check the filters named in `fields`.' },
  },
})

/** What can be wrong with a filter; the key is the `rule` of the refused field. */
const rules = {
  type: { es: 'El valor no tiene el formato esperado.', en: 'The value does not have the expected form.' },
  unknown_line: { es: 'La línea {id} no existe o está inactiva.', en: 'Line {id} is unknown or inactive.' },
  unknown_group: { es: 'El grupo {id} no existe o no tiene líneas activas.', en: 'Group {id} is unknown or has no active line.' },
  unknown_plant: { es: 'La planta {id} no existe.', en: 'Plant {id} is unknown.' },
  no_line_of_plant: {
    es: 'Ninguna de las líneas elegidas está en esas plantas.',
    en: 'None of the chosen lines is in these plants.',
  },
  no_active_line: { es: 'La planta no tiene líneas activas.', en: 'The plant has no active line.' },
  not_a_date: { es: 'No es una fecha u hora real.', en: 'Not a real date or time.' },
  start_after_end: { es: 'El comienzo es posterior al final.', en: 'The start is after the end.' },
  year_out_of_range: { es: 'El año debe estar entre {first} y {last}.', en: 'The year must be between {first} and {last}.' },
  range_too_long: { es: 'El rango no puede superar {limit} años.', en: 'The range is limited to {limit} years.' },
  unknown_shift: { es: 'El turno {id} no existe o está inactivo.', en: 'Shift {id} is unknown or inactive.' },
  foreign_area: { es: 'El área {id} no es de las líneas elegidas.', en: 'Area {id} is not of the chosen lines.' },
  unknown_product: { es: 'El producto {id} no existe.', en: 'Product {id} is unknown.' },
  unknown_interval: { es: 'El intervalo no es uno de: {choices}.', en: 'The interval is not one of: {choices}.' },
  too_many_buckets: {
    es: 'El rango tiene más de {limit} intervalos: elija uno más grueso, por ejemplo {hint}.',
    en: 'The range has more than {limit} buckets: choose a coarser interval, such as {hint}.',
  },
  threshold_out_of_range: {
    es: 'El umbral va de 1 a 86 400 segundos; vacío o 0 es el de cada línea.',
    en: 'The threshold is 1 to 86 400 seconds; empty or 0 means each line’s own.',
  },
  unknown_choice: { es: 'El valor no es uno de: {choices}.', en: 'The value is not one of: {choices}.' },
  too_long: { es: 'El texto supera {limit} caracteres.', en: 'The text is longer than {limit} characters.' },
} as const satisfies Readonly<Record<string, Text>>

export const refusal = (path: string, rule: keyof typeof rules, parameters?: ProblemField['parameters']): ProblemField =>
  parameters ? { path, rule, message: rules[rule], parameters } : { path, rule, message: rules[rule] }
