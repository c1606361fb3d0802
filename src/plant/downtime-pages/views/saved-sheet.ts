/** What the dialog is told when something was saved: it closes, the list is asked for anew, and the words go to a toast. With an undo it stays open. */
import { banner, type Html, html } from '../../../platform/ui/index.ts'
import { sheetWords } from './sheet-messages.ts'
import { type SheetPlace, sheetForm, sheetHead } from './sheet-parts.ts'

/** `text` already in words. */
export const savedSheet = (text: string): Html =>
  html`<div class="sheet__content" data-board-stale data-sheet-saved="${text}"><p role="status">${text}</p></div>`

/** `undo`: path that takes it back. */
export const undoSheet = (place: SheetPlace, text: string, undo: string): Html =>
  html`<div class="sheet__content" data-board-stale>${sheetHead(text)}${banner({ tone: 'success', body: text })}${sheetForm(place, undo, html`<div class="cluster"><button class="btn btn--secondary" type="submit" id="undo"><span>${sheetWords(place.page.language)('undo.save')}</span></button></div>`)}</div>`
