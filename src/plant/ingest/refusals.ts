/** Why a row is not written, in words that name the field and what it held. Pure. */
import type { Text } from '../../platform/i18n/index.ts'
import type { RawRow, Refusal, RefusalCode } from './contract.ts'

/** Rows dated further ahead than this are the camera's clock, not production. */
export const toleranceS = 120
/** Further back than this, a row says that a clock was reset. */
export const oldestYears = 10

const texts: Readonly<Record<RefusalCode, Text>> = {
  malformed: { es: 'falta o no tiene el formato pedido', en: 'is missing or not in the format asked for' },
  unknown_line: { es: 'no es el id ni el código de una línea', en: 'is no id or code of a line' },
  unknown_area: { es: 'no es un área de la planta', en: 'is no area of the plant' },
  area_of_other_line: { es: 'es un área de otra línea', en: 'is an area of another line' },
  unknown_product: { es: 'no es un producto de la planta', en: 'is no product of the plant' },
  in_the_future: { es: 'está más de 2 minutos en el futuro', en: 'is more than 2 minutes in the future' },
  too_old: { es: `tiene más de ${oldestYears} años`, en: `is more than ${oldestYears} years old` },
  missing_table: { es: 'la línea no tiene tabla de detecciones', en: 'the line has no detection table' },
  no_write_right: {
    es: 'la cuenta de la base de la planta no puede escribir en la tabla de la línea',
    en: 'the account of the plant database may not write to the table of the line',
  },
  missing_partition: { es: 'la tabla no tiene partición para esa fecha', en: 'the table has no partition for that date' },
  not_confirmed: {
    es: 'la base de la planta dejó de responder: no se sabe si la fila se escribió',
    en: 'the plant database stopped answering: nobody knows whether the row was written',
  },
  refused_by_database: { es: 'la base de la planta no aceptó la fila', en: 'the plant database did not accept the row' },
  not_tried: {
    es: 'la base de la planta rechazó demasiadas filas del lote para probar esta por separado: envíela en otro lote',
    en: 'the plant database refused too many rows of the batch to try this one alone: send it in another batch',
  },
}

/** What the row held in that field, short enough to be shown. */
function shown(row: RawRow, field: string): string {
  const value = field === 'row' ? row : (row as Readonly<Record<string, unknown>> | null)?.[field]
  if (value === undefined) return ''
  const text = typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? '')
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}

export function refusal(index: number, code: RefusalCode, field: string, row: RawRow): Refusal {
  const value = shown(row, field)
  const sentence = (text: string): string => `${field}${value === '' ? '' : ` ${value}`}: ${text}.`
  const { es, en } = texts[code]
  return { index, code, field, detail: { es: sentence(es), en: sentence(en) } }
}
