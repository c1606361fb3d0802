/** What the types of areas are called, on the page and in files for people. */
import { defineMessages, type Language, translator } from '../../platform/i18n/index.ts'

const messages = defineMessages({
  input: { es: 'Entrada', en: 'Input' },
  process: { es: 'Proceso', en: 'Process' },
  output: { es: 'Salida', en: 'Output' },
  scrap: { es: 'Descarte', en: 'Scrap' },
  unknown: { es: 'Desconocida', en: 'Unknown' },
})

/** A word that is none of ours is shown as it is. */
export const areaTypeText = (areaType: string, language: Language): string =>
  Object.hasOwn(messages, areaType) ? translator(messages, language)(areaType as keyof typeof messages) : areaType
