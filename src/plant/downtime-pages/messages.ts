/** Words that the downtime page and its API share. */
import { defineMessages, type Language, translator } from '../../platform/i18n/index.ts'
import { textKey, unexplainedKey } from '../downtime/index.ts'

const messages = defineMessages({
  none: { es: 'Sin motivo', en: 'No reason' },
  text: { es: 'Con texto, sin código', en: 'Text, no code' },
})

/** A row of the Pareto in words. */
export const paretoLabel = ({ key, label }: { readonly key: string; readonly label: string | null }, language: Language): string => {
  const t = translator(messages, language)
  return label ?? (key === unexplainedKey ? t('none') : key === textKey ? t('text') : key)
}
