/** Something that is shown once and taken along: a link, a key. Selected by a click; with the script, copied by a button. */
import type { Language } from '../../i18n/i18n.ts'
import { translator } from '../../i18n/i18n.ts'
import { type Html, html } from '../html.ts'
import { icon } from '../icons.ts'
import { uiMessages } from '../messages.ts'

export function copyField({
  id,
  label,
  value,
  hint,
  language,
}: {
  id: string
  label: string
  value: string
  hint?: string
  language: Language
}): Html {
  const t = translator(uiMessages, language)
  return html`
  <div class="field">
    <label class="field__label" for="${id}">${label}</label>
    <div class="copy"><input class="input" id="${id}" type="text" value="${value}" readonly autocomplete="off" spellcheck="false"${hint ? html` aria-describedby="${id}-hint"` : ''}>
      <button class="btn btn--secondary js-only" type="button" data-copy="${id}" data-copied="${t('copy.done')}">${icon('content_copy')}<span>${t('copy')}</span></button></div>
    ${hint ? html`<p class="field__hint" id="${id}-hint">${hint}</p>` : ''}
  </div>`
}
