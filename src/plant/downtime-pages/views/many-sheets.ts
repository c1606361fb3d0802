/** Sheets about a stop that is not there yet, and about several at once. */
import type { Problem } from '../../../platform/http/index.ts'
import { formatDuration, formatLocalDateTime } from '../../../platform/i18n/index.ts'
import { banner, type Html, html, icon } from '../../../platform/ui/index.ts'
import type { Stop } from '../../facts/index.ts'
import type { Line } from '../../model/index.ts'
import type { ReasonTree } from '../../stops/index.ts'
import { reasonText } from './reason-text.ts'
import { sheetWords } from './sheet-messages.ts'
import { reasonButtons, reasonSelect, refusalBanner, type SheetPlace, sheetForm, sheetHead, textField, timeField } from './sheet-parts.ts'

export type NewTyped = {
  readonly lineId: number | null
  readonly start: string
  readonly end: string
  readonly code: number | null
  readonly text: string
}

export type NewSheet = SheetPlace & {
  readonly action: string
  readonly lines: readonly Line[]
  readonly tree: ReasonTree
  readonly timeZone: string
  readonly typed: NewTyped
  readonly mayForce: boolean
  readonly problem: Problem | null
}

export function newSheet(sheet: NewSheet): Html {
  const { page, lines, typed, problem, tree, timeZone } = sheet
  const t = sheetWords(page.language)
  return html`
  <div class="sheet__content">
    ${sheetHead(t('new.title'), html`<p class="muted">${t('new.hint', { zone: timeZone })}</p>`)}
    ${problem ? refusalBanner(problem, page.language) : ''}
    ${sheetForm(
      sheet,
      sheet.action,
      html`
      <div class="field"><label class="field__label" for="sheet-line">${t('new.line')}</label><div class="field__box field__box--select"><select class="input" id="sheet-line" name="line_id">${lines.map(({ lineId, lineName }) => html`<option value="${lineId}"${lineId === typed.lineId ? html` selected` : ''}>${lineName}</option>`)}</select>${icon('expand_more', 16)}</div></div>
      <div class="form-grid">${timeField('start', t('times.start'), typed.start)}${timeField('end', t('times.end'), typed.end)}</div>
      ${reasonSelect(tree, typed.code, t('new.reason'), t('reason.choose'))}
      ${textField(page.language, typed.text)}
      <div class="cluster"><button class="btn btn--primary" type="submit" id="save-new"><span>${t('new.save')}</span></button>${problem?.code === 'stop_overlaps' && sheet.mayForce ? html`<button class="btn btn--danger" type="submit" name="force" value="1" id="force-new"><span>${t('times.force')}</span></button>` : ''}</div>`,
    )}
  </div>`
}

export type ChosenStop = { readonly stop: Stop; readonly tick: string; readonly lineName: string; readonly problem?: Problem | undefined }

export type ManySheet = SheetPlace & {
  readonly action: string
  readonly chosen: readonly ChosenStop[]
  readonly tree: ReasonTree
  readonly typed: { readonly code: number | null; readonly text: string }
  /** Words above: how many were saved while these were refused. */
  readonly saved: number
  readonly problem: Problem | null
}

const chosenList = ({ page, chosen }: ManySheet): Html => {
  const { language } = page
  const t = sheetWords(language)
  return html`<ul class="chosen" aria-label="${t('bulk.list')}">${chosen.map(
    ({ stop, lineName, problem }) =>
      html`<li><strong>${formatLocalDateTime(stop.startLocalS, language, true)}</strong> <span>${formatDuration(stop.durationS)}</span> <span>${lineName}</span> <span class="muted">${reasonText(stop, language)}</span>${problem ? html`<p class="field__error">${icon('error', 16)}<span>${problem.detail(language)}</span></p>` : ''}</li>`,
  )}</ul>`
}

const ticks = ({ chosen }: ManySheet): Html[] => chosen.map(({ tick }) => html`<input type="hidden" name="stop" value="${tick}">`)

export function bulkSheet(sheet: ManySheet): Html {
  const { page, chosen, tree, typed, saved, problem } = sheet
  const t = sheetWords(page.language)
  if (chosen.length === 0)
    return html`<div class="sheet__content">${sheetHead(t('bulk.title', { count: 0 }))}${banner({ tone: 'info', body: t('bulk.none') })}</div>`
  const title = chosen.length === 1 ? t('bulk.title.one') : t('bulk.title', { count: chosen.length })
  return html`
  <div class="sheet__content"${saved > 0 ? html` data-board-stale` : ''}>
    ${sheetHead(title)}
    ${problem ? refusalBanner(problem, page.language) : ''}
    ${chosen.some((one) => one.problem) ? banner({ tone: 'warning', body: t('bulk.failed', { done: saved }) }) : ''}
    ${chosenList(sheet)}
    ${sheetForm(sheet, sheet.action, html`${ticks(sheet)}${reasonButtons(tree, typed.code, page.language)}${textField(page.language, typed.text)}<div class="cluster"><button class="btn btn--secondary" type="submit" name="code" value="${typed.code ?? ''}" id="save-text"><span>${t('reason.save')}</span></button></div>`)}
  </div>`
}

export function mergeSheet(sheet: ManySheet): Html {
  const { page, chosen, tree, typed, problem } = sheet
  const t = sheetWords(page.language)
  if (chosen.length < 2)
    return html`<div class="sheet__content">${sheetHead(t('merge.title', { count: chosen.length }))}${banner({ tone: 'info', body: t('merge.few') })}</div>`
  return html`
  <div class="sheet__content">
    ${sheetHead(t('merge.title', { count: chosen.length }), html`<p class="muted">${t('merge.detail')}</p>`)}
    ${problem ? refusalBanner(problem, page.language) : ''}
    ${chosenList(sheet)}
    ${sheetForm(sheet, sheet.action, html`${ticks(sheet)}${reasonSelect(tree, typed.code, t('new.reason'), t('merge.keep'))}${textField(page.language, typed.text)}<div class="cluster"><button class="btn btn--primary" type="submit" id="save-merge"><span>${t('merge.save')}</span></button></div>`)}
  </div>`
}
