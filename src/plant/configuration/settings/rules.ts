/** What a setting may break: the key is the `rule` of the refused field. */
import type { Text } from '../../../platform/i18n/i18n.ts'

export const rules = {
  time_zone: {
    es: 'No es una zona horaria conocida: elija una de la lista, como America/Bogota.',
    en: 'Not a known time zone: choose one of the list, such as America/Bogota.',
  },
  choice: { es: 'No es uno de: {choices}.', en: 'Not one of: {choices}.' },
  unknown_reason: { es: 'El motivo {code} no existe en esta planta.', en: 'Reason {code} does not exist in this plant.' },
  unknown_line: { es: 'La línea {id} no existe en esta planta.', en: 'Line {id} does not exist in this plant.' },
  unknown_shift: { es: 'El turno {id} no existe en esta planta.', en: 'Shift {id} does not exist in this plant.' },
  time: { es: 'Debe ser una hora, como 06:00.', en: 'Must be a time, such as 06:00.' },
  zero_length: { es: 'Empieza y termina a la misma hora: no dura nada.', en: 'It starts and ends at the same time: it lasts nothing.' },
  no_day: { es: 'Elija al menos un día.', en: 'Choose one day at least.' },
  shift_overlap: {
    es: 'Los turnos "{first}" y "{second}" se superponen: una línea no puede trabajar los dos.',
    en: 'Shifts "{first}" and "{second}" overlap: one line cannot work both.',
  },
  date: { es: 'No es una fecha real (AAAA-MM-DD).', en: 'Not a real date (YYYY-MM-DD).' },
  date_range: { es: 'La fecha debe estar entre {from} y {to}.', en: 'The date must be between {from} and {to}.' },
  twice: { es: 'Ya está en la lista.', en: 'It is in the list already.' },
  extra_overlap: {
    es: 'Se superpone con otro turno extra de las mismas líneas.',
    en: 'It overlaps another extra shift of the same lines.',
  },
  too_long: { es: 'No puede superar {limit} caracteres.', en: 'Must not be longer than {limit} characters.' },
  length: { es: 'Debe tener entre 1 y {limit} caracteres.', en: 'Must have 1 to {limit} characters.' },
  name_taken: { es: 'Otra planta ya se llama así.', en: 'Another plant is called so already.' },
  code: {
    es: 'Hasta {limit} letras, números, guiones o puntos, sin espacios.',
    en: 'Up to {limit} letters, digits, hyphens or dots, without spaces.',
  },
  code_taken: { es: 'Otra planta ya tiene este código.', en: 'Another plant has this code already.' },
  line_taken: { es: 'La línea {id} ya está en otra planta.', en: 'Line {id} is in another plant already.' },
  seconds: { es: 'Debe estar entre {from} y {to} segundos.', en: 'Must be {from} to {to} seconds.' },
  breakdown_before_stop: {
    es: 'Una avería debe empezar después de una parada: escriba más segundos.',
    en: 'A breakdown must be longer than a stop: write more seconds.',
  },
} as const satisfies Readonly<Record<string, Text>>
