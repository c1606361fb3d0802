/** Signing on a shared screen: fields for a form by itself, and the pad of digits that the script opens instead. */
import { type Html, html, type PageContext } from '../../platform/ui/index.ts'
import { words } from './live-view.ts'
import type { Signer } from './view.ts'

/** The script takes them out: it asks with `pinDialog` once a reason is chosen. */
export function signingFields(page: PageContext, signers: readonly Signer[] | null, id: string): Html {
  if (!signers || signers.length === 0) return html``
  const t = words(page.language)
  return html`
  <div class="op-row" data-op-plain-signature>
    <label class="op-field" for="signer-${id}"><span>${t('sign.who')}</span><select class="op-input" id="signer-${id}" name="signer">${signers.map(({ userId, name }) => html`<option value="${userId}">${name}</option>`)}</select></label>
    <label class="op-field" for="pin-${id}"><span>${t('sign.pin')}</span><input class="op-input" id="pin-${id}" type="password" name="pin" inputmode="numeric" pattern="[0-9]{4,8}" maxlength="8" autocomplete="off"></label>
  </div>`
}

const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '', '0'] as const

export function pinDialog(page: PageContext, signers: readonly Signer[]): Html {
  const t = words(page.language)
  return html`
  <dialog class="op-sign" id="op-sign" aria-labelledby="op-sign-title">
    <form method="dialog" data-op-sign>
      <h2 class="op-card__title" id="op-sign-title">${t('sign.title')}</h2>
      <p class="op-sign__what" data-op-sign-what></p>
      <fieldset class="op-sign__who"><legend>${t('sign.who')}</legend>${signers.map(({ userId, name }) => html`<label class="op-person"><input type="radio" name="signer" value="${userId}" required><span>${name}</span></label>`)}</fieldset>
      <label class="op-field"><span>${t('sign.pin')}</span><input class="op-input op-sign__pin" type="password" name="pin" inputmode="none" maxlength="8" autocomplete="off" data-op-pin></label>
      <p class="op-sign__fault" role="alert" data-op-sign-fault hidden></p>
      <div class="op-keys">${digits.map((digit) => (digit === '' ? html`<button class="op-key" type="button" data-op-clear>${t('sign.clear')}</button>` : html`<button class="op-key" type="button" data-op-digit="${digit}">${digit}</button>`))}<button class="op-key op-key--send" type="submit" value="send" data-op-sign-send>${t('sign.send')}</button></div>
      <button class="op-btn op-btn--wide" type="button" data-op-cancel>${t('sign.cancel')}</button>
    </form>
  </dialog>`
}
