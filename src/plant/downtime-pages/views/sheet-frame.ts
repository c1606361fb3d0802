/** The sheet that a stop opens in: a dialog above the page, filled when it is asked for; without JavaScript its content is a page of its own. */
import { defineMessages, type Language, translator } from '../../../platform/i18n/index.ts'
import { type Html, html, icon } from '../../../platform/ui/index.ts'

const messages = defineMessages({ close: { es: 'Cerrar', en: 'Close' }, label: { es: 'Parada', en: 'Stop' } })

/** Outside `#board`: a live refresh behind it leaves what is typed alone. */
export const sheetDialog = (language: Language): Html => {
  const t = translator(messages, language)
  return html`
  <dialog class="dialog sheet" id="sheet" aria-label="${t('label')}" data-sheet>
    <button class="icon-btn sheet__close" type="button" data-sheet-close aria-label="${t('close')}">${icon('close')}</button>
    <div class="sheet__body" id="sheet-body"></div>
  </dialog>`
}
